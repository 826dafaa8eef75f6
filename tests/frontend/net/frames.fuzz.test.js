// Whatever a server sends: `read` gives frames that docs/protocol.md promises, or none. And what nobody can see in a name
// makes no other name of it. Seeded, so that what fails once fails again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { read } from "../../../frontend/net/frames.js";
import { fold } from "../../../frontend/state/names.js";
import { randomNumbers } from "../support/random_numbers.js";
import { message as genuine, joined, page, presence } from "../support/scripted_server.js";

const SEED = 20_261_128;
const CASES = 2000;

const roll = randomNumbers(SEED);
const pick = (list) => list[Math.floor(roll() * list.length)];

const STRANGE = [
  ...["null", "true", "0", "-1", "-0", "1.5", "1e400", "9007199254740993", "10000000000000", '""', '"\\ud800"'],
  ...[
    '"__proto__"',
    '"constructor"',
    "[]",
    "{}",
    "[[]]",
    '{"__proto__":{"id":"x","alias":"x"}}',
    '{"length":1,"0":{}}',
  ],
  `${"[".repeat(2000)}${"]".repeat(2000)}`,
  `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}`,
];
const KEYS = ["__proto__", "constructor", "toString", "type", "id", "from", "online", "more", "history", "members"];
const FRAMES = [
  genuine(1),
  joined({ history: [genuine(1)] }),
  page({ history: [genuine(1)] }),
  batch(genuine(1), genuine(2)),
  presence,
  { type: "error", code: "rate_limited", message: "Please wait.", client: "client-1", retryAfter: 3 },
  { message: "Internal server error", connectionId: "x", requestId: "y" },
];
// JSON.parse reads these; JSON.stringify has too little of a stack for the deep ones.
const BESIDE = {
  deep: `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
  "deep and named": `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`,
  large: JSON.stringify("x".repeat(1_000_000)),
};

function batch(...messages) {
  return { type: "messages", messages: messages.map(({ online, ...said }) => said), online: 3, missed: true };
}

/** Puts another name or another value somewhere into a text of JSON. */
function changed(text) {
  const names = [...text.matchAll(/"(\w+)":/g)];
  const values = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"|-?\d+|true|false|\[\]|\{\})(?=[,\]}])/g)];
  const place = pick(roll() < 0.3 ? names : values);
  if (!place) return garbled(text);
  const put = place[0].endsWith(":") ? `"${pick(KEYS)}":` : pick(STRANGE);
  return text.slice(0, place.index) + put + text.slice(place.index + place[0].length);
}

function garbled(text) {
  const at = Math.floor(roll() * text.length);
  return pick([
    () => text.slice(0, at),
    () => text.slice(0, at) + pick(['"', "{", "]", ",", "\u0000", "\ud83d", "9"]) + text.slice(at),
    () => `${text.slice(0, -1)},"__proto__":${pick(STRANGE)}}`,
    () => `${text.slice(0, -1)},"x":${pick(STRANGE)}}`,
    () => pick(STRANGE),
  ])();
}

const natural = (value) => Number.isSafeInteger(value) && value >= 0;
const own = (value, ...names) => names.every((name) => Object.hasOwn(value, name));
const people = (list) =>
  Array.isArray(list) && list.every((each) => own(each, "id", "alias") && isText(each.id, each.alias));
const isText = (...values) => values.every((value) => typeof value === "string");
const sound = {
  said: (frame) =>
    own(frame, "id", "client", "from", "text", "at") &&
    isText(frame.id, frame.client, frame.text) &&
    people([frame.from]) &&
    /^\d{13}-/.test(frame.id) &&
    natural(frame.at) &&
    (frame.online === undefined || natural(frame.online)),
  message: (frame) => sound.said(frame) && natural(frame.online),
  page: (frame) =>
    frame.history.every(sound.said) && [frame.more, frame.gap].every((flag) => typeof flag === "boolean"),
  joined: (frame) =>
    people(frame.members) && natural(frame.online) && sound.page(frame) && Object.values(frame.limits).length >= 5,
  presence: (frame) => natural(frame.online) && people(frame.joined) && people(frame.left),
  error: (frame) => isText(frame.code, frame.message) && (frame.retryAfter === undefined || natural(frame.retryAfter)),
};

test("any frame of a server is one that the protocol has, or silence", () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  let taken = 0;
  for (let number = 0; number < CASES; number++) {
    let text = JSON.stringify(pick(FRAMES));
    for (let times = Math.ceil(roll() * 3); times > 0; times--) text = roll() < 0.7 ? changed(text) : garbled(text);
    const frames = read(text);
    if (frames.length) taken++;
    for (const frame of frames) {
      assert.ok(Object.hasOwn(sound, frame.type), text);
      assert.ok(sound[frame.type](frame), text.slice(0, 500));
    }
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
  assert.ok(taken > CASES / 10 && taken < CASES * 0.9, `${taken} of ${CASES} were taken`);
});

test("several messages in one frame are read as each by itself, with what the frame says of all", () => {
  const each = [genuine(1), genuine(2)].map((frame) => ({ ...frame, online: 3, missed: true }));
  const sorted = (frames) => frames.map((frame) => Object.entries(frame).sort());
  assert.deepEqual(sorted(read(JSON.stringify(batch(genuine(1), genuine(2))))), sorted(each));
  assert.deepEqual(read(JSON.stringify({ ...batch(genuine(1)), messages: [{}] })), []);
});

test("a field that the page does not know goes no further, wherever in a frame it stands, however deep and large", () => {
  for (const known of [...FRAMES, joined({ members: [{ id: "other", alias: "sealed" }] })]) {
    const text = JSON.stringify(known);
    for (const [what, value] of Object.entries(BESIDE))
      for (const { index } of text.matchAll(/\{(?=")/g)) {
        const beside = `${text.slice(0, index)}{"beside":${value},${text.slice(index + 1)}`;
        assert.equal(JSON.stringify(read(beside)), JSON.stringify(read(text)), `${what}, at ${index} of ${text}`);
      }
  }
});

test("nesting as deep as a frame allows is read or silence", () => {
  for (const depth of [1000, 16_000, 60_000]) {
    const deep = `${"[".repeat(depth)}${"]".repeat(depth)}`;
    assert.deepEqual(read(deep), []);
    read(`${JSON.stringify(presence).slice(0, -1)},"x":${deep}}`);
    assert.deepEqual(read(JSON.stringify(genuine(1)).replace('"sealed"', deep)), []);
  }
});

test("what nobody sees in a name, and another form of the same letters, makes no other name", () => {
  const unseen = [
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufe0f",
    "\u2060",
    "\u0301",
    "\u{e0101}",
    " ",
    "\u3000",
    "\u202e",
    ".",
  ];
  const forms = ["NFC", "NFD", "NFKC", "NFKD"];
  for (const name of ["Ada", "Łukasz", "Żółć", "André", "한국", "さくら", "Zoë", "ﬁn", "Åse", "Ωmega"]) {
    for (let times = 0; times < 40; times++) {
      const letters = Array.from(name.normalize(pick(forms)));
      letters.splice(Math.floor(roll() * (letters.length + 1)), 0, pick(unseen));
      const other = letters.join("").normalize(pick(forms));
      assert.equal(fold(other), fold(name), JSON.stringify(other));
      assert.equal(fold(fold(other)), fold(other), JSON.stringify(other));
    }
  }
});
