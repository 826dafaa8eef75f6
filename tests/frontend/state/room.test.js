import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, next } from "../../../frontend/state/room.js";
import {
  ANN,
  attended,
  BOB,
  EVE,
  echo,
  history,
  idAt,
  joined,
  LIMITS,
  ME,
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

const sealed = (client) => ({ type: "sealed", client, sealed: `sealed ${client}` });
const held = () => ({ type: "held" });
const failed = (client) => ({ type: "failed", client, problem: "Too long." });
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

// --- one's own messages ---

test("what was written is shown at once, and its echo takes its place under the same key", () => {
  const before = play(written("n", { at: NOON }), sealed("n"));
  const [pending] = before.pending;
  assert.deepEqual(
    [pending.state, pending.mine, pending.id, pending.at, pending.sealed],
    ["sending", true, "", NOON, "sealed n"],
  );
  assert.deepEqual([pending.kind, pending.late, pending.frame], ["message", false, null]);

  const frame = echo("n", { at: NOON + 300 });
  const { pending: waiting, entries } = playOn(before, received(frame));
  assert.deepEqual(waiting, []);
  assert.equal(entries[0].key, pending.key);
  assert.deepEqual([entries[0].state, entries[0].mine, entries[0].at], ["sent", true, NOON + 300]);
  assert.equal(entries[0].frame.id, frame.frame.id);
});

test("an echo with other words, or from somebody else, leaves the message waiting", () => {
  for (const wrong of [echo("n", { text: "Other" }), echo("n", { carrier: EVE })]) {
    const state = play(written("n"), received(wrong));
    assert.equal(state.pending.length, 1);
    assert.equal(state.entries[0].kind, "problem");
    const after = playOn(state, received(echo("n", { at: NOON + 1000 })));
    assert.deepEqual([after.pending.length, after.entries.at(-1).state], [0, "sent"]);
  }
});

test("a late echo settles a message that had failed, and one that was deleted is shown again", () => {
  const settled = play(written("n"), failed("n"), received(echo("n")));
  assert.deepEqual([settled.pending.length, settled.entries[0].state, settled.entries[0].problem], [0, "sent", ""]);
  const back = play(written("n"), { type: "discarded", client: "n" }, received(echo("n")));
  assert.deepEqual([back.pending.length, back.entries[0].mine], [0, true]);
});

test("a second echo is no second message", () => {
  assert.deepEqual(texts(play(written("n"), received(echo("n")), received(echo("n", { at: NOON + 9000 })))), ["Hello"]);
});

test("a message from this browser's other tab is one's own", () => {
  assert.equal(play(received(echo("n"))).entries[0].mine, true);
});

test("messages go out in the order they were written, once they are sealed", () => {
  const both = play(written("1"), written("2"));
  assert.equal(next(both), undefined);
  assert.equal(next(playOn(both, sealed("2"))), undefined);
  const ready = playOn(both, sealed("2"), sealed("1"));
  assert.equal(next(ready).client, "1");
  assert.equal(next(playOn(ready, held("1"))), undefined);
  assert.equal(next(playOn(ready, held("1"), { type: "released" })).client, "1");
  assert.equal(next(playOn(ready, failed("1"))).client, "2");
  assert.equal(next(playOn(ready, received(echo("1")))).client, "2");
  assert.equal(next(play()), undefined);
});

test("release lets waiting messages go and no others", () => {
  const { pending } = play(written("1"), written("2"), written("3"), held("1"), failed("2"), { type: "released" });
  assert.deepEqual(
    pending.map(({ state }) => state),
    ["sending", "failed", "sending"],
  );
});

test("a failed message says why; tried again it goes to the end of the queue", () => {
  const state = play(written("1"), sealed("1"), written("2"), failed("1"));
  assert.deepEqual([state.pending[0].state, state.pending[0].problem], ["failed", "Too long."]);
  const again = playOn(state, { type: "retried", client: "1" }).pending;
  assert.deepEqual(
    again.map(({ client }) => client),
    ["2", "1"],
  );
  assert.deepEqual([again[1].state, again[1].problem, again[1].sealed], ["sending", "", "sealed 1"]);
  assert.equal(again[0], state.pending[1]);
});

test("a discarded message is gone", () => {
  assert.deepEqual(
    play(written("1"), written("2"), { type: "discarded", client: "1" }).pending.map(({ client }) => client),
    ["2"],
  );
});

test("what an earlier visit left goes first; what is old waits for the person; what has arrived is left out", () => {
  const item = (client, ago) => ({
    client,
    sealed: `sealed ${client}`,
    alias: "me",
    text: "Hello",
    action: false,
    written: NOON - ago,
  });
  const unsent = [item("old", 61 * MINUTE), item("young", 59 * MINUTE), item("arrived", MINUTE), item("here", 0)];
  const state = play(received(echo("arrived")), written("here"), {
    type: "restored",
    names: [["zoe", EVE]],
    muted: [EVE],
    unsent,
    now: NOON,
  });
  assert.deepEqual(
    state.pending.map(({ client, state }) => [client, state]),
    [
      ["old", "failed"],
      ["young", "sending"],
      ["here", "sending"],
    ],
  );
  assert.deepEqual(
    [state.pending[1].sealed, state.pending[1].mine, state.pending[1].at],
    ["sealed young", true, NOON - 59 * MINUTE],
  );
  assert.ok(state.pending[0].problem && !state.pending[1].problem);
  assert.deepEqual([state.names.get("zoe"), state.muted.has(EVE)], [EVE, true]);
});

// --- names ---

const lender = (state) => state.entries.at(-1).borrowedFrom;

test("a name belongs to whoever was first to use it", () => {
  const state = play(
    received(ann("1", 1, { alias: "Alice" }), bob("2", 2, { alias: "Alice" }), ann("3", 3, { alias: "Alice" })),
  );
  assert.deepEqual(
    state.entries.map(({ borrowedFrom }) => borrowedFrom),
    ["", ANN, ""],
  );
});

test("one's own name is one's own from the beginning", () => {
  assert.equal(lender(playOn(initial(ME, "Otter"), received(ann("1", 1, { alias: "otter" })))), ME);
  assert.equal(lender(play(written("n", { alias: "Heron" }), received(ann("1", 1, { alias: "Heron" })))), ME);
});

test("names are learnt from people too, but not from those who cannot be checked", () => {
  const zoe = { id: "x", alias: "Zoe", signer: EVE };
  const nobody = { id: "y", alias: null, signer: null };
  const asZoe = received(ann("1", 1, { alias: "Zoe" }));
  assert.equal(lender(play(joined([nobody, zoe]), asZoe)), EVE);
  assert.equal(lender(play({ type: "presence", joined: [nobody, zoe], left: [], online: 2 }, asZoe)), EVE);
});

test("whoever had a name in an earlier visit had it first, even before this browser's own", () => {
  const state = play({ type: "restored", names: [["me", ANN]], muted: [], unsent: [], now: NOON });
  assert.equal(playOn(state, written("n")).pending[0].borrowedFrom, ANN);
  assert.equal(lender(playOn(state, received(ann("1", 1, { alias: "Me" })))), "");
});

test("a flood of names does not fill the memory and takes nobody's name away", () => {
  const flood = Array.from({ length: 2100 }, (_, n) => message({ signer: EVE, alias: `e${n}x`, at: NOON + n }));
  const state = play(
    received(ann("1", -1, { alias: "Alice" })),
    received(...flood),
    received(bob("2", 9, { alias: "Alice" })),
  );
  assert.equal(state.names.size, 2000);
  assert.equal(lender(state), ANN);
});

// --- unread ---

const away = attended(false);
const back = attended(true);
const unread = ({ unread, unreadFrom }) => [unread, unreadFrom];

test("what comes while somebody looks away is counted, and the line stands before the first of it", () => {
  const state = play(received(ann("seen", 1)), away, received(ann("1", 2)), received(bob("2", 3), bob("3", 4)));
  assert.deepEqual(unread(state), [3, idAt(NOON + 2000)]);
});

test("what comes under somebody's eyes is not unread", () => {
  assert.deepEqual(unread(play(received(ann("1", 1)))), [0, ""]);
});

test("history is not unread", () => {
  assert.deepEqual(unread(play(away, history(ann("1", 1), bob("2", 2)))), [0, ""]);
});

test("only messages of others whom one wants to hear are unread", () => {
  const state = play(
    { type: "muted", signer: BOB, muted: true },
    away,
    received(
      bob("1", 1),
      echo("other-tab", { at: NOON + 2000 }),
      ann("", 3, { verdict: "forged" }),
      ann("", 4, { carrier: EVE }),
    ),
  );
  assert.deepEqual(unread(state), [0, ""]);
  assert.deepEqual(unread(playOn(state, { type: "noted", text: "Note", at: NOON })), [0, ""]);
});

test("copies are not unread", () => {
  const one = (second) => ann("1", second, { client: "n", written: NOON });
  assert.deepEqual(unread(play(received(one(5)), away, received(one(6), one(4)))), [0, ""]);
});

test("the line stays when attention comes back, and moves with what is missed next", () => {
  const seen = play(away, received(ann("1", 1)), back);
  assert.deepEqual(unread(seen), [0, idAt(NOON + 1000)]);
  assert.deepEqual(unread(playOn(seen, received(ann("2", 2)))), [0, idAt(NOON + 1000)]);
  assert.deepEqual(unread(playOn(seen, away, received(ann("2", 2)))), [1, idAt(NOON + 2000)]);
});

test("writing takes the line away", () => {
  assert.deepEqual(unread(play(away, received(ann("1", 1)), written("n"))), [0, ""]);
});

test("a missed message that slides in before the line takes the line with it", () => {
  const missed = play(away, received(ann("2", 2)));
  assert.deepEqual(unread(playOn(missed, received(ann("3", 3), ann("1", 1)))), [3, idAt(NOON + 1000)]);
  assert.deepEqual(unread(playOn(missed, received(ann("3", 3)))), [2, idAt(NOON + 2000)]);
});

test("the line goes along when its message moves to an earlier copy", () => {
  const one = (second) => ann("1", second, { client: "n", written: NOON });
  const missed = play(received(ann("0", 0)), away, received(one(5)));
  assert.deepEqual(unread(playOn(missed, received(one(3)))), [1, idAt(NOON + 3000)]);
  assert.deepEqual(unread(playOn(missed, received(one(7)))), [1, idAt(NOON + 5000)]);
  const seenCopy = play(received(one(5)), away, received(ann("9", 9)), received(one(3)));
  assert.deepEqual(unread(seenCopy), [1, idAt(NOON + 9000)]);
});

test("muting somebody takes their messages out of the count", () => {
  const state = play(received(ann("0", 0)), away, received(ann("1", 1), bob("2", 2), bob("3", 3)));
  const muted = playOn(state, { type: "muted", signer: BOB, muted: true });
  assert.equal(muted.unread, 1);
  assert.deepEqual([...muted.muted], [BOB]);
  const heard = playOn(muted, { type: "muted", signer: BOB, muted: false });
  assert.deepEqual([heard.muted.size, heard.unread], [0, 1]);
});

// --- people ---

test("the people of a snapshot replace those known before, and limits come with them", () => {
  const state = play(joined([person(ANN), person(BOB)]), joined([person(EVE)], 7));
  assert.deepEqual([...state.people.values()], [person(EVE)]);
  assert.deepEqual([state.online, state.limits], [7, LIMITS]);
});

test("people come, change their name and go", () => {
  const anna = { ...person(ANN), alias: "Anna" };
  const state = play(joined([person(ANN), person(BOB)]), {
    type: "presence",
    joined: [anna, person(EVE)],
    left: [person(BOB)],
    online: 3,
  });
  assert.deepEqual([...state.people.values()], [anna, person(EVE)]);
  assert.equal(state.online, 3);
});

test("a presence without names only changes the number", () => {
  const state = play(joined([person(ANN)]), { type: "presence", joined: [], left: [], online: 30 });
  assert.deepEqual([state.people.size, state.online], [1, 30]);
});

test("the number of people rides on every message", () => {
  assert.equal(play(joined([person(ANN)]), received(ann("1", 1, { online: 9 }))).online, 9);
});

test("whoever speaks in a large room is here, as far as the number allows", () => {
  const room = play(joined([person(ANN)], 2));
  const state = playOn(room, received(bob("1", 1)), received(message({ signer: EVE, at: NOON + 2000 })));
  assert.deepEqual([...state.people.values()], [person(ANN), person(BOB)]);
  assert.equal(playOn(room, history(bob("1", 1))).people.size, 1);
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
  const state = play(said, { type: "noted", text: "note", at: NOON }, gap(2), gap(1));
  assert.deepEqual(texts(state), ["1", "gap", "2", "note", "gap"]);
});

test("a gap at the beginning stands before everything", () => {
  assert.deepEqual(texts(play(received(ann("1", 1)), { type: "gap", after: "", at: NOON })), ["gap", "1"]);
  assert.deepEqual(texts(play(received(ann("1", 1)), { type: "gap", after: "0000000000000", at: NOON })), ["gap", "1"]);
});

test("notes stand where they were made, in their order, each under its own key", () => {
  const note = (text) => ({ type: "noted", text, at: NOON });
  const state = play(note("a"), received(ann("1", 1)), note("b"), note("c"), received(ann("2", 2)), note("d"));
  assert.deepEqual(texts(state), ["a", "1", "b", "c", "2", "d"]);
  assert.equal(new Set(state.entries.map(({ key }) => key)).size, 6);
  assert.deepEqual(state.entries[0], {
    kind: "note",
    key: state.entries[0].id,
    id: state.entries[0].id,
    at: NOON,
    text: "a",
  });
});

test("what had failed before a reload does not go out by itself after it", () => {
  const item = { client: "n", sealed: "sealed", alias: "me", text: "n", action: false, written: NOON };
  const unsent = [{ ...item, problem: "It was refused." }];
  const state = play({ type: "restored", names: [], muted: [], unsent, now: NOON });
  assert.deepEqual([state.pending[0].state, state.pending[0].problem], ["failed", "It was refused."]);
  assert.equal(next(state), undefined);
});
