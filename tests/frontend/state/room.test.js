import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, reduce } from "../../../frontend/state/room.js";
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
  message,
  NOON,
  person,
  play,
  playOn,
  received,
  written,
} from "../support/room_events.js";

const ann = (text, second, more) => message({ signer: ANN, text, at: NOON + second * 1000, ...more });
const bob = (text, second, more) => message({ signer: BOB, text, at: NOON + second * 1000, ...more });

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

test("an earlier message makes its writer the owner, and the marks of what is shown already follow", () => {
  const shown = play(
    received(
      bob("false", 5, { alias: "Alice" }),
      ann("real", 6, { alias: "Alice" }),
      bob("other", 7, { alias: "Bob" }),
    ),
  );
  const marks = (state) => state.entries.map(({ text, borrowedFrom }) => [text, borrowedFrom]);
  assert.deepEqual(marks(shown), [
    ["false", ""],
    ["real", BOB],
    ["other", ""],
  ]);
  const earlier = playOn(shown, history(ann("earlier", 1, { alias: "Alice" })));
  assert.deepEqual(marks(earlier), [
    ["earlier", ""],
    ["false", ANN],
    ["real", ""],
    ["other", ""],
  ]);
  assert.equal(earlier.entries[3], shown.entries[2]); // what has not changed stays the same object
  const batch = play(history(bob("false", 5, { alias: "Alice" }), ann("earlier", 1, { alias: "Alice" })));
  assert.deepEqual(marks(batch), [
    ["earlier", ""],
    ["false", ANN],
  ]);
});

test("what was written under a name that somebody had before is marked before it is sent, too", () => {
  const state = play(written("n", { alias: "Heron" }), history(ann("earlier", -9, { alias: "Heron" })));
  assert.deepEqual(
    state.pending.map(({ borrowedFrom }) => borrowedFrom),
    [""],
  ); // nothing was known then: it counts as before
  const later = play(
    received(bob("hello", 5)),
    written("n", { alias: "Heron" }),
    history(ann("earlier", 1, { alias: "Heron" })),
  );
  assert.deepEqual(
    later.pending.map(({ borrowedFrom }) => borrowedFrom),
    [ANN],
  );
});

test("what only a newer page knows is a problem of its own, teaches no name and is no news", () => {
  const step = reduce(play(attended(false)), received(message({ signer: EVE, verdict: "newer" })));
  assert.deepEqual(
    step.state.entries.map(({ kind, problem, carrier }) => [kind, problem, carrier]),
    [["problem", "newer", EVE]],
  );
  assert.deepEqual([step.news, step.state.unread], [[], 0]);
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

test("what comes while nobody looks is news, but for one's own and muted people's", () => {
  const news = (state, ...messages) => reduce(state, received(...messages)).news.map(({ text }) => text);
  const some = [ann("1", 2), bob("2", 3), echo("n"), ann("", 4, { verdict: "forged" })];
  assert.deepEqual(news(play(away), ...some), ["1", "2"]);
  assert.deepEqual(news(play(away, { type: "muted", signer: BOB, muted: true }), ...some), ["1"]);
  assert.deepEqual(news(play(), ...some), []);
  assert.deepEqual(reduce(play(away), history(...some)).news, []);
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
