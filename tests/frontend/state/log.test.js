import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ANN,
  BOB,
  EVE,
  echo,
  history,
  idAt,
  joined,
  MINUTE,
  message,
  NOON,
  person,
  play,
  playOn,
  received,
  texts,
  written,
} from "../support/room_events.js";
import "../support/english.js";

const ann = (text, second, more) => message({ signer: ANN, text, at: NOON + second * 1000, ...more });
const bob = (text, second, more) => message({ signer: BOB, text, at: NOON + second * 1000, ...more });

// --- the order of things ---

test("messages stand in the order of their ids, however they come", () => {
  const [first, second, third] = [ann("1", 1), bob("2", 2), ann("3", 3)];
  assert.deepEqual(texts(play(received(third), received(first), received(second))), ["1", "2", "3"]);
  assert.deepEqual(texts(play(received(second, third, first))), ["1", "2", "3"]);
});

test("a message that comes again by the overlap of a resume is shown once", () => {
  const one = ann("1", 1);
  assert.deepEqual(texts(play(received(one), received(one, ann("2", 2)))), ["1", "2"]);
});

test("what was shown before stays the same object", () => {
  const before = play(received(ann("1", 1), ann("3", 3)));
  const after = playOn(before, received(ann("2", 2)));
  assert.equal(after.entries[0], before.entries[0]);
  assert.equal(after.entries[2], before.entries[1]);
});

test("the same words under the same number are one message, at the smallest of the ids", () => {
  const early = ann("Hello", 1, { client: "the-number", written: NOON });
  const late = ann("Hello", 9, { client: "the-number", written: NOON });
  const between = bob("Hi", 5);
  for (const order of [
    [early, between, late],
    [late, between, early],
    [between, late, early],
  ]) {
    const state = play(...order.map((one) => received(one)));
    assert.deepEqual(texts(state), ["Hello", "Hi"]);
    assert.equal(state.entries[0].id, early.frame.id);
    assert.equal(state.entries[0].at, early.frame.at);
    assert.equal(state.entries[0].frame.id, early.frame.id);
  }
});

test("all readers end with the same log, whatever order the copies came in", () => {
  const said = Array.from({ length: 12 }, (_, n) => {
    const [client, first] = [`number-${n}`, ann(`${n}`, n, { client: `number-${n}`, written: NOON })];
    return [first, ann(`${n}`, n + 4.5, { client, written: NOON }), ann(`${n}`, n + 20.3, { client, written: NOON })];
  }).flat();
  const expected = texts(play(received(...said)));
  assert.equal(expected.length, 12);
  for (let seed = 1; seed <= 50; seed++) {
    const shuffled = said.toSorted((a, b) => scatter(a.frame.id, seed) - scatter(b.frame.id, seed));
    const half = seed % said.length;
    const state = play(received(...shuffled.slice(0, half)), history(...shuffled.slice(half)));
    assert.deepEqual(texts(state), expected);
  }
});

function scatter(text, seed) {
  return Array.from(text).reduce((sum, character) => (sum * 31 + character.charCodeAt(0) * seed) % 10_007, seed);
}

test("two people may use the same number", () => {
  assert.deepEqual(texts(play(received(ann("1", 1, { client: "number" }), bob("2", 2, { client: "number" })))), [
    "1",
    "2",
  ]);
});

test("a problem that comes again by the overlap of a resume is shown once", () => {
  const one = ann("", 1, { verdict: "forged" });
  assert.equal(play(received(one), received(one)).entries.length, 1);
});

// --- what is not to be trusted ---

test("other words under a known number are a conflict, and the known ones stay", () => {
  for (const other of [{ text: "No" }, { alias: "Anna" }, { action: true }, { written: NOON + 1 }]) {
    const state = play(
      received(ann("Yes", 1, { client: "n", written: NOON }), ann("Yes", 2, { client: "n", written: NOON, ...other })),
    );
    const [message, problem] = state.entries;
    assert.equal(message.text, "Yes");
    assert.deepEqual(
      [problem.kind, problem.problem, problem.signer, problem.carrier],
      ["problem", "conflict", ANN, ANN],
    );
    assert.equal(problem.text, other.text ?? "Yes");
  }
});

test("genuine words that somebody else sends are a replay, known or not", () => {
  const original = ann("Meet at six", 1, { client: "n", written: NOON });
  const replay = ann("Meet at six", 60, { client: "n", carrier: EVE, written: NOON });
  for (const before of [[original], []]) {
    const state = play(received(...before, replay));
    const problem = state.entries.at(-1);
    assert.equal(state.entries.length, before.length + 1);
    assert.deepEqual([problem.problem, problem.signer, problem.carrier], ["replayed", ANN, EVE]);
    assert.deepEqual([problem.alias, problem.text, problem.written], ["ann", "Meet at six", NOON]);
    assert.equal(problem.key, replay.frame.id);
  }
});

test("a replay that came first does not keep the original out", () => {
  const replay = ann("Meet at six", 1, { client: "n", carrier: EVE, written: NOON });
  const original = ann("Meet at six", 2, { client: "n", written: NOON });
  const state = play(received(replay, original));
  assert.deepEqual(
    state.entries.map(({ kind }) => kind),
    ["problem", "message"],
  );
});

test("words from a carrier whose own name cannot be checked are a replay by nobody known", () => {
  const [problem] = play(received(ann("Hello", 1, { carrier: null }))).entries;
  assert.deepEqual([problem.problem, problem.carrier], ["replayed", ""]);
});

test("what cannot be opened and what is forged is shown as that", () => {
  const [first, second] = play(
    received(ann("", 1, { verdict: "undecryptable", carrier: EVE }), ann("", 2, { verdict: "forged", carrier: null })),
  ).entries;
  assert.deepEqual([first.problem, first.signer, first.text, first.carrier], ["undecryptable", "", "", EVE]);
  assert.deepEqual([second.problem, second.signer, second.text, second.carrier], ["forged", "", "", ""]);
  assert.notEqual(first.key, second.key);
});

test("what is not to be trusted teaches no name and brings nobody into the room", () => {
  const state = play(
    joined([person(ANN)], 5),
    received(ann("Hello", 1, { carrier: EVE, alias: "Zoe" }), ann("", 2, { verdict: "forged", member: "stranger" })),
  );
  assert.deepEqual([...state.people.keys()], [`${ANN}-member`]);
  assert.ok(!state.names.has("zoe"));
});

test("names and texts that would harm a reader's screen are cleaned as they come in", () => {
  const [name, hostile] = ["\u202EAda\n\u200B", `a\u202E\0${"\u0301".repeat(999)}b`];
  const harmless = `a${"\u0301".repeat(8)}b`;
  const eve = { ...person(EVE), alias: name };
  const state = play(
    received(ann(hostile, 1, { alias: name }), bob(hostile, 2, { alias: "\u200B", carrier: EVE })),
    written("n", { text: hostile, alias: name }),
    joined([eve, { id: "x", alias: null, signer: null }]),
  );
  const shown = [...state.entries, ...state.pending].map(({ alias, text }) => [alias, text]);
  assert.deepEqual(shown, [
    ["Ada", harmless],
    ["(no name)", harmless],
    ["Ada", harmless],
  ]);
  assert.deepEqual(
    [...state.people.values()].map(({ alias }) => alias),
    ["Ada", null],
  );
  const more = playOn(state, { type: "presence", joined: [{ ...eve, id: "y" }], left: [], online: 3 });
  assert.equal(more.people.get("y").alias, "Ada");
  assert.equal(playOn(state, received(echo("n", { text: hostile, alias: name }))).pending.length, 0);
});

test("words stamped long after or before they were written are late", () => {
  const late = (written) => play(received(ann("Hello", 0, { written }))).entries[0].late;
  assert.equal(late(NOON - 11 * MINUTE), true);
  assert.equal(late(NOON + 11 * MINUTE), true);
  assert.equal(late(NOON - 10 * MINUTE), false);
  assert.equal(late(NOON + 10 * MINUTE), false);
});

// --- lines that are no messages ---

test("a gap stands behind its message and before the next, once", () => {
  const gap = { type: "gap", after: idAt(NOON + 1000), at: NOON };
  const state = play(received(ann("1", 1), ann("3", 3)), gap, gap, received(ann("2", 2)));
  assert.deepEqual(texts(state), ["1", "gap", "2", "3"]);
});

test("each gap has its own line, also beside a note", () => {
  const gap = (second) => ({ type: "gap", after: idAt(NOON + second * 1000), at: NOON });
  const said = received(ann("1", 1), ann("2", 2));
  const state = play(said, { type: "noted", said: "note", at: NOON }, gap(2), gap(1));
  assert.deepEqual(texts(state), ["1", "gap", "2", "note", "gap"]);
});

test("a gap at the beginning stands before everything", () => {
  assert.deepEqual(texts(play(received(ann("1", 1)), { type: "gap", after: "", at: NOON })), ["gap", "1"]);
  assert.deepEqual(texts(play(received(ann("1", 1)), { type: "gap", after: "0000000000000", at: NOON })), ["gap", "1"]);
});

test("notes stand where they were made, in their order, each under its own key", () => {
  const note = (text) => ({ type: "noted", said: text, at: NOON });
  const state = play(note("a"), received(ann("1", 1)), note("b"), note("c"), received(ann("2", 2)), note("d"));
  assert.deepEqual(texts(state), ["a", "1", "b", "c", "2", "d"]);
  assert.equal(new Set(state.entries.map(({ key }) => key)).size, 6);
  assert.deepEqual(state.entries[0], {
    kind: "note",
    key: state.entries[0].id,
    id: state.entries[0].id,
    at: NOON,
    said: "a",
  });
});
