// Which rooms may leave something on a device, and what is done about all others.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fragment, newKeyLink } from "../../../frontend/crypto/link.js";
import { roomKey } from "../../../frontend/crypto/roomkey.js";
import { install } from "../support/fake_storage.js";

const { localStorage, sessionStorage } = install(); // before the page's files look for them
globalThis.addEventListener ??= () => {};
const { forgetRoom, rememberAlias, rememberRoom } = await import("../../../frontend/device/device.js");
const { Memory, UnsentMessages } = await import("../../../frontend/device/memory.js");
const { forget, isUnderWay, Places, settle, sweep } = await import("../../../frontend/device/places.js");

const room = (fragment, id) => ({ fragment, title: fragment, at: 1, id });
const kept = () => [...localStorage.items.keys()].sort();
const tab = () => [...sessionStorage.items.keys()].sort();

beforeEach(() => {
  for (const storage of [localStorage, sessionStorage]) Object.assign(storage, { full: false, items: new Map() });
  rememberAlias("Ada");
});

/** Everything that a visit can leave. */
async function visit(key, listed) {
  const { places, me } = await settle(key, listed);
  const memory = new Memory(key, places);
  memory.keepNames(new Map([["ada", { signer: me.signer, id: "" }]]));
  memory.keepMuted("somebody", true);
  memory.keepDraft("half a thought");
  memory.save();
  new UnsentMessages(key.id, places.lasting).put("client-1", "sealed");
  await Promise.all([memory.names(), memory.draft()]);
  while (!(await memory.muted()).length); // it is read before it is written
  return { places, me, memory };
}

test("a visit to a room off the list keeps all it has in its tab, which brings the same person back", async () => {
  const key = await roomKey(newKeyLink());
  assert.equal(isUnderWay(key.id), false);
  const { me } = await visit(key, "");
  assert.deepEqual(kept(), ["anonchat.alias"]);
  const items = ["draft", "muted", "names", "outbox.client-1", "signer"];
  assert.deepEqual(
    tab(),
    items.map((item) => `anonchat.${key.id}.${item}`),
  );
  assert.doesNotMatch([...sessionStorage.items.values()].join(), /half|somebody|"d"/);
  assert.equal(isUnderWay(key.id), true);
  const again = await settle(key, "");
  assert.equal(again.me.signer, me.signer);
  assert.equal(again.me.privateKey.extractable, false);
  sessionStorage.setItem(`anonchat.${key.id}.signer`, "junk");
  assert.notEqual((await settle(key, "")).me.signer, me.signer);
  await sweep(() => key.id);
  assert.ok(isUnderWay(key.id));
  await sweep(() => "");
  assert.deepEqual([kept(), tab()], [["anonchat.alias"], []]);
});

test("what is on its way when nothing is to be kept any more comes too late", async () => {
  const key = await roomKey(newKeyLink());
  rememberRoom(room("a", key.id));
  const { places } = await settle(key, "a");
  const memory = new Memory(key, places);
  memory.keepNames(new Map([["ada", { signer: "x", id: "" }]]));
  memory.keepDraft("half a thought");
  memory.save();
  const forgotten = forget(key.id);
  assert.equal(new UnsentMessages(key.id, places.lasting).put("client-1", "sealed"), false);
  memory.close();
  await Promise.all([forgotten, memory.names(), memory.draft()]);
  assert.deepEqual([kept(), tab()], [["anonchat.alias"], []]);
});

test("a room is left with its draft, unless nothing is to be kept", async () => {
  for (const listed of ["a", ""]) {
    const key = await roomKey(newKeyLink());
    rememberRoom(room("a", key.id));
    const memory = new Memory(key, new Places(listed));
    memory.keepDraft("half a thought");
    memory.leave();
    await memory.draft();
    assert.equal(
      tab().some((item) => item.endsWith(".draft") && item.includes(key.id)),
      Boolean(listed),
    );
  }
});

test("what was typed while the last draft was being opened is not overwritten by it", async () => {
  const key = await roomKey(newKeyLink());
  const places = new Places("");
  const before = new Memory(key, places);
  before.keepDraft("old");
  before.save();
  await before.draft();
  assert.equal(await new Memory(key, places).draft(), "old");
  for (const typed of ["new", ""]) {
    const memory = new Memory(key, places);
    const opened = memory.draft();
    memory.keepDraft(typed);
    assert.equal(await opened, typed);
    memory.close();
  }
});

test("rooms off the list are swept away, those on it stay, also those of an older version's list", async () => {
  const links = Array.from({ length: 3 }, newKeyLink);
  const [listed, old, gone] = await Promise.all(links.map(roomKey));
  rememberRoom({ fragment: fragment(links[1]), title: "old", at: 1 });
  rememberRoom(room("listed", listed.id));
  for (const { id } of [listed, old, gone]) {
    localStorage.setItem(`anonchat.${id}.names`, "x");
    localStorage.setItem(`anonchat.${id}.outbox.client`, "x");
    sessionStorage.setItem(`anonchat.${id}.draft`, "x");
  }
  await sweep(() => "");
  const items = [...kept(), ...tab()].join();
  assert.ok(items.includes(listed.id) && items.includes(old.id));
  assert.ok(!items.includes(gone.id));
});

test("a tab is told by another tab that its room was forgotten, and not by a browser that has emptied the storage", () => {
  const list = (...names) => JSON.stringify(names.map(room));
  const [alias, recent] = ["anonchat.alias", "anonchat.recent"];
  const places = new Places("a");
  const told = (key, oldValue, newValue) => places.forgottenBy({ key, oldValue, newValue });
  localStorage.clear();
  for (const [key, value] of [
    ["anonchat.settings", "{}"],
    [alias, "Ada"],
    [recent, list("b")],
  ]) {
    localStorage.setItem(key, value);
    assert.equal(told(key, null, value), false, key);
  }
  assert.equal(told(alias, "Ada", "Grace"), false);
  assert.equal(told(recent, list("b"), list("c", "b")), false);
  assert.equal(told(recent, list("a", "b"), list("b")), true);
  localStorage.clear();
  assert.equal(told(alias, "Ada", null), true);
  assert.equal(told(null, null, null), true);
});

test("a tab learns that its room was forgotten, and not that others pushed it off the list", () => {
  const off = new Places("");
  rememberRoom(room("a"));
  const places = new Places("a");
  assert.deepEqual([places.forgotten, off.forgotten], [false, false]);
  forgetRoom("a");
  assert.deepEqual([places.forgotten, off.forgotten], [true, false]);
  for (let n = 0; n < 20; n++) rememberRoom(room(`r${n}`));
  assert.equal(places.forgotten, false);
  assert.throws(() => places.lasting.setItem("x", "y"));
  localStorage.removeItem("anonchat.alias"); // everything is forgotten
  assert.deepEqual([places.forgotten, off.forgotten], [true, true]);
});
