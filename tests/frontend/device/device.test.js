import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { install } from "../support/fake_storage.js";

const { localStorage, sessionStorage } = install(); // before the page's files look for them
const { change, clearAll, forgetRoom, recentRooms, rememberAlias, rememberedAlias, rememberRoom, settings } =
  await import("../../../frontend/device/device.js");
const { fold } = await import("../../../frontend/state/names.js");
const { randomAlias } = await import("../../../frontend/words/random.js");
const { cleanAlias } = await import("../../../frontend/words/text.js");

const USUAL = { theme: "system", sound: false, notifications: false, words: false, quick: false };
const room = (fragment, at = 1) => ({ fragment, title: `Room ${fragment}`, at });
const fragments = () => recentRooms().map(({ fragment }) => fragment);

beforeEach(() => {
  for (const storage of [localStorage, sessionStorage]) Object.assign(storage, { full: false, items: new Map() });
});

// --- rooms ---

test("a browser that was nowhere remembers no room", () => {
  assert.deepEqual(recentRooms(), []);
});

test("the latest room comes first, each once, with its latest visit", () => {
  for (const [fragment, at] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
  ])
    rememberRoom(room(fragment, at));
  assert.deepEqual(recentRooms(), [room("a", 3), room("b", 2)]);
});

test("twenty rooms are remembered", () => {
  for (let n = 0; n < 25; n++) rememberRoom(room(`r${n}`));
  assert.deepEqual(
    fragments(),
    Array.from({ length: 20 }, (_, n) => `r${24 - n}`),
  );
});

test("a room can be forgotten, and with the last one the list is", () => {
  rememberRoom(room("a"));
  rememberRoom(room("b"));
  forgetRoom("a");
  forgetRoom("never known");
  assert.deepEqual(fragments(), ["b"]);
  forgetRoom("b");
  assert.equal(localStorage.length, 0);
});

test("what is stored wrongly is left out", () => {
  for (const text of ["{", "null", "1", '"x"', '{"fragment":"a"}', "[]"]) {
    localStorage.setItem("anonchat.recent", text);
    assert.deepEqual(recentRooms(), [], text);
  }
  localStorage.setItem(
    "anonchat.recent",
    JSON.stringify([
      null,
      1,
      { fragment: 1, title: "x", at: 1 },
      { fragment: "a", at: 1 },
      { fragment: "a", title: "x" },
      room("b"),
    ]),
  );
  assert.deepEqual(fragments(), ["b"]);
});

test("forgetting everything forgets all of this page and nothing of another", () => {
  rememberRoom(room("a"));
  rememberAlias("Ada");
  change({ theme: "dark" });
  localStorage.setItem("anonchat.AAAA.outbox", "x");
  sessionStorage.setItem("anonchat.AAAA.draft", "x");
  for (const storage of [localStorage, sessionStorage]) storage.setItem("other", "stays");
  clearAll();
  for (const storage of [localStorage, sessionStorage]) assert.deepEqual([...storage.items], [["other", "stays"]]);
  assert.deepEqual([recentRooms(), rememberedAlias(), settings()], [[], "", USUAL]);
});

test("in a full storage a new room lives as long as the page, and harms nothing", () => {
  rememberRoom(room("a"));
  localStorage.full = true;
  rememberRoom(room("b"));
  rememberRoom(room("c"));
  forgetRoom("c");
  assert.deepEqual(fragments(), ["b", "a"]);
  assert.deepEqual(JSON.parse(localStorage.getItem("anonchat.recent")), [room("a")]);
  localStorage.full = false;
  rememberRoom(room("d"));
  assert.deepEqual(JSON.parse(localStorage.getItem("anonchat.recent")), [room("d"), room("b"), room("a")]);
});

test("what could not be stored is forgotten with everything", () => {
  localStorage.full = true;
  rememberRoom(room("b"));
  rememberAlias("Ada");
  change({ theme: "dark" });
  clearAll();
  assert.deepEqual([recentRooms(), rememberedAlias(), settings()], [[], "", USUAL]);
});

// --- the name ---

test("a name is remembered", () => {
  assert.equal(rememberedAlias(), "");
  assert.equal(rememberAlias("Ada"), "Ada");
  assert.deepEqual([rememberedAlias(), localStorage.getItem("anonchat.alias")], ["Ada", "Ada"]);
});

test("in a full storage the name lives as long as the page", () => {
  rememberAlias("Ada");
  localStorage.full = true;
  rememberAlias("Bob");
  assert.equal(rememberedAlias(), "Bob");
  localStorage.full = false;
  rememberAlias("Cleo");
  assert.equal(rememberedAlias(), "Cleo");
});

test("random names fit, are as many as possible and are not mistaken for each other", (context) => {
  let count = 0;
  context.mock.method(crypto, "getRandomValues", (bytes) => {
    bytes.set([count >> 6, count & 63]);
    count++;
    return bytes;
  });
  const names = Array.from({ length: 64 * 64 }, randomAlias);
  assert.equal(new Set(names.map(fold)).size, 64 * 64);
  for (const name of names) assert.equal(cleanAlias(name), name);
});

test("all random names are equally frequent", (context) => {
  let manner = 0;
  context.mock.method(crypto, "getRandomValues", (bytes) => {
    bytes.set([manner++, 0]);
    return bytes;
  });
  const seen = new Map();
  for (const name of Array.from({ length: 256 }, randomAlias)) seen.set(name, (seen.get(name) ?? 0) + 1);
  assert.deepEqual([seen.size, new Set(seen.values())], [64, new Set([4])]);
});

// --- settings ---

test("settings are usual until they are changed, one by one", () => {
  assert.deepEqual(settings(), USUAL);
  assert.deepEqual(change({ sound: true }), { ...USUAL, sound: true });
  assert.deepEqual(change({ theme: "dark" }), { ...USUAL, sound: true, theme: "dark" });
  assert.deepEqual(settings(), { ...USUAL, sound: true, theme: "dark" });
});

test("settings that make no sense are not believed", () => {
  for (const text of [
    "{",
    "null",
    "[1]",
    '"x"',
    '{"theme":"pink","sound":"yes","notifications":1,"words":"on","quick":1,"more":true}',
  ]) {
    localStorage.setItem("anonchat.settings", text);
    assert.deepEqual(settings(), USUAL, text);
  }
  localStorage.setItem("anonchat.settings", '{"theme":"light","sound":1,"notifications":true}');
  assert.deepEqual(settings(), { ...USUAL, theme: "light", notifications: true });
});

test("in a full storage settings live as long as the page", () => {
  localStorage.full = true;
  change({ sound: true });
  assert.deepEqual(change({ theme: "dark" }), { ...USUAL, sound: true, theme: "dark" });
  assert.equal(settings().theme, "dark");
  localStorage.full = false;
  change({ theme: "light" });
  assert.deepEqual(JSON.parse(localStorage.getItem("anonchat.settings")), { ...USUAL, sound: true, theme: "light" });
});
