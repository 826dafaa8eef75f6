import assert from "node:assert/strict";
import { test } from "node:test";
import { rows } from "../../../frontend/state/log.js";
import {
  ANN,
  attended,
  BOB,
  EVE,
  echo,
  ME,
  MINUTE,
  message,
  NOON,
  play,
  received,
  written,
} from "../support/room_events.js";

const DAY = 24 * 60 * MINUTE;
const ann = (text, minute, more) => message({ signer: ANN, text, at: NOON + minute * MINUTE, ...more });
const bob = (text, minute, more) => message({ signer: BOB, text, at: NOON + minute * MINUTE, ...more });
const note = (text, at) => ({ type: "noted", text, at });
const mute = (signer) => ({ type: "muted", signer, muted: true });

const shown = (...actions) =>
  rows(play(...actions)).map((row) => (row.type === "entry" ? row.entry.text || row.entry.kind : row.type));

/** Whether the last row stands under the heading before it. */
const grouped = (...actions) => rows(play(...actions)).at(-1).grouped;

test("an empty room shows nothing", () => {
  assert.deepEqual(shown(), []);
});

test("a day begins with a line that says which", () => {
  const state = play(
    received(ann("1", 0), ann("2", 60)),
    received(message({ text: "3", at: NOON + DAY })),
    received(message({ text: "4", at: NOON + 3 * DAY })),
  );
  const days = rows(state).filter(({ type }) => type === "day");
  assert.deepEqual(shown(received(ann("1", 0), ann("2", 60))), ["day", "1", "2"]);
  assert.deepEqual(
    days.map(({ at }) => new Date(at).getDate()),
    [17, 18, 20],
  );
  assert.ok(days.every(({ at }) => new Date(at).getHours() === 0));
});

test("days change at midnight of this place", () => {
  const midnight = new Date(2024, 4, 18).getTime();
  assert.deepEqual(shown(received(message({ text: "1", at: midnight - 1 }), message({ text: "2", at: midnight }))), [
    "day",
    "1",
    "day",
    "2",
  ]);
});

test("a day's line stays the same row when an earlier message of that day slides in", () => {
  const [line] = rows(play(received(ann("2", 2))));
  assert.deepEqual(rows(play(received(ann("2", 2)), received(ann("1", 1))))[0], line);
});

test("what waits to be sent stands at the end, on its own day", () => {
  assert.deepEqual(shown(written("n", { text: "mine", at: NOON + DAY }), received(ann("1", 0))), [
    "day",
    "1",
    "day",
    "mine",
  ]);
  assert.deepEqual(shown(written("n", { text: "mine" }), received(ann("1", 0))), ["day", "1", "mine"]);
});

test("no day comes twice or goes back, whatever the clocks say", () => {
  assert.deepEqual(shown(received(ann("1", 0)), written("n", { text: "mine", at: NOON - 9 * DAY })), [
    "day",
    "1",
    "mine",
  ]);
  assert.deepEqual(shown(received(ann("1", 0)), note("note", NOON + 99 * DAY), received(ann("2", 1))), [
    "day",
    "1",
    "note",
    "2",
  ]);
  assert.deepEqual(shown({ type: "gap", after: "", at: NOON - DAY }, received(ann("1", 0))), ["gap", "day", "1"]);
});

test("the unread line stands before the first missed message, behind the line of its day", () => {
  const missed = [received(ann("1", 0)), attended(false), received(message({ text: "2", at: NOON + DAY }))];
  assert.deepEqual(shown(...missed), ["day", "1", "day", "unread", "2"]);
});

test("the unread line stands before a message one wants to hear, or nowhere", () => {
  const missed = [received(ann("1", 0)), attended(false), received(bob("2", 1), ann("3", 2))];
  assert.deepEqual(shown(...missed), ["day", "1", "unread", "2", "3"]);
  assert.deepEqual(shown(...missed, mute(BOB)), ["day", "1", "unread", "3"]);
  assert.deepEqual(shown(...missed, mute(BOB), mute(ANN)), []);
  const answered = [...missed, received(echo("other-tab", { text: "4", at: NOON + 3 * MINUTE }))];
  assert.deepEqual(shown(...answered, mute(ANN)), ["day", "unread", "2", "4"]);
  assert.deepEqual(shown(...answered, mute(ANN), mute(BOB)), ["day", "4"]);
});

test("muted people are not heard: neither their words nor the problems they make", () => {
  const replay = ann("Ann's words", 2, { carrier: EVE });
  const broken = ann("", 3, { verdict: "undecryptable", carrier: EVE });
  const unknown = ann("", 4, { verdict: "undecryptable", carrier: null });
  const said = received(bob("1", 1), replay, broken, unknown);
  assert.deepEqual(shown(said), ["day", "1", "Ann's words", "problem", "problem"]);
  assert.deepEqual(shown(said, mute(EVE)), ["day", "1", "problem"]);
  assert.deepEqual(shown(said, mute(ANN)), ["day", "1", "problem", "problem"]);
  assert.deepEqual(shown(said, mute(BOB)), ["day", "Ann's words", "problem", "problem"]);
});

test("one cannot mute oneself", () => {
  assert.deepEqual(shown(received(echo("n", { text: "mine" })), mute(ME)), ["day", "mine"]);
});

test("messages of one person within five minutes share a heading", () => {
  assert.equal(grouped(received(ann("1", 0))), false);
  assert.equal(grouped(received(ann("1", 0), ann("2", 4.9))), true);
  assert.equal(grouped(received(ann("1", 0), ann("2", 5))), false);
  assert.equal(grouped(received(ann("1", 0), bob("2", 1))), false);
  assert.equal(grouped(received(ann("1", 0), bob("2", 1), ann("3", 2))), false);
  assert.equal(grouped(received(ann("1", 0)), note("note", NOON), received(ann("2", 1))), false);
  assert.equal(grouped(received(ann("1", 0), ann("", 1, { verdict: "forged" }))), false);
  assert.equal(grouped(received(ann("", 0, { verdict: "forged" }), ann("1", 1))), false);
});

test("a new name, an action, a late and a borrowed one each need their own heading", () => {
  for (const other of [{ alias: "Anna" }, { action: true }, { written: 0 }]) {
    assert.equal(grouped(received(ann("1", 0, other), ann("2", 1))), false);
    assert.equal(grouped(received(ann("1", 0), ann("2", 1, other))), false);
  }
  const asBob = { alias: "bob" };
  assert.equal(grouped(received(bob("0", 0), ann("1", 1, asBob), ann("2", 2, asBob))), false);
});

test("what waits to be sent shares a heading with what one said before", () => {
  assert.equal(grouped(received(echo("1")), written("2", { at: NOON + MINUTE })), true);
  assert.equal(grouped(received(echo("1")), written("2", { at: NOON - MINUTE })), true, "by a clock that is behind");
});

test("a muted person's message between two of another's does not part them", () => {
  assert.equal(grouped(received(ann("1", 0), bob("2", 1), ann("3", 2)), mute(BOB)), true);
});

test("a line between two messages parts them", () => {
  assert.equal(grouped(received(ann("1", 0)), attended(false), received(ann("2", 1))), false);
});

test("keys are unique, and a message keeps its own when its echo comes", () => {
  const everything = [
    received(ann("1", 0), bob("", 1, { verdict: "forged" })),
    note("note", NOON),
    note("note", NOON),
    { type: "gap", after: "", at: NOON },
    attended(false),
    received(message({ at: NOON + DAY })),
    written("n", { at: NOON + 2 * DAY }),
  ];
  const keys = (state) => rows(state).map(({ key }) => key);
  const before = keys(play(...everything));
  assert.equal(new Set(before).size, before.length);
  const after = keys(play(...everything, received(echo("n", { at: NOON + 2 * DAY, written: NOON + 2 * DAY }))));
  assert.equal(after.at(-1), before.at(-1));
});

test("a cleared screen shows what comes after, and all of it on demand", () => {
  const before = [received(ann("before", 0)), { type: "cleared", yes: true }];
  const texts = (...actions) => rows(play(...actions)).flatMap(({ entry }) => (entry ? [entry.text] : []));
  assert.deepEqual(texts(...before), []);
  assert.deepEqual(texts(...before, written("mine")), ["Hello"], "what is under way is seen");
  const after = [...before, received(bob("after", 1))];
  assert.deepEqual(texts(...after), ["after"]);
  assert.deepEqual(texts(...after, received(ann("before", 0))), ["after"], "also when it is told once more");
  assert.deepEqual(texts(...after, { type: "cleared", yes: false }), ["before", "after"]);
});
