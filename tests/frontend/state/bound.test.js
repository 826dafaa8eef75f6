// The log is bounded, however much is said, and what was pushed off its beginning can come back.

import assert from "node:assert/strict";
import test from "node:test";

import { beginning, bounded, hasRoom, isCutOff } from "../../../frontend/state/bound.js";
import { keyOf, rows } from "../../../frontend/state/log.js";
import { initial, reduce } from "../../../frontend/state/room.js";
import { message as genuine, idAt, NOON } from "../support/room_events.js";

const AT_END = 1200;
const READING = 4200;

/** The state after these messages, by their numbers. */
function after(state, numbers, fresh = true) {
  const messages = numbers.map((number) => genuine({ at: NOON + number, client: `client-${number}` }));
  return bounded(reduce(state, { type: "received", messages, fresh }).state);
}

const numbers = (from, to) => Array.from({ length: to - from }, (_, number) => from + number);
const clients = ({ entries }) => entries.map(({ client }) => Number(client?.slice("client-".length)));

const [TEMPLATE] = after(initial("me"), [0]).entries;

/** The entry of a message, as the state has it: made by hand, since there are thousands of them. */
function entry(number) {
  const client = `client-${number}`;
  const [key, id] = [keyOf(TEMPLATE.signer, client), idAt(NOON + number)];
  return { ...TEMPLATE, client, key, id, at: NOON + number };
}

/** Somebody who has heard so many messages, a hundred at a time. */
function heard(count, state = initial("me")) {
  for (let from = 0; from < count; from += 100)
    state = bounded({ ...state, entries: [...state.entries, ...numbers(from, from + 100).map(entry)] });
  return state;
}

test("20,000 messages in one visit leave a log of a thousand, and as many rows", () => {
  const state = heard(20_000);
  assert.ok(state.entries.length <= AT_END, String(state.entries.length));
  assert.ok(rows(state).length <= AT_END + 2);
  assert.equal(clients(state).at(-1), 19_999);
  assert.deepEqual(clients(state), numbers(20_000 - state.entries.length, 20_000));
});

test("what is remembered of dropped messages is bounded, too", () => {
  const { dropped } = heard(40_000);
  const known = dropped.reduce((count, batch) => count + batch.size, 0);
  assert.ok(known > 15_000 && known <= 31_000, String(known));
});

test("nothing is taken away from who reads further up, until there is far too much", () => {
  const reading = { ...initial("me"), attentive: false };
  assert.equal(clients(heard(4200, reading))[0], 0);
  const far = heard(20_000, reading);
  assert.ok(far.entries.length <= READING);
  const { state } = reduce(far, { type: "attended", attentive: true });
  assert.ok(bounded(state).entries.length <= AT_END, "back at the end");
});

test("what was dropped comes back in its place, once, and is no news", () => {
  const state = { ...heard(2000), attentive: false };
  const [first] = clients(state);
  assert.ok(isCutOff(state));
  const back = after(state, numbers(first - 100, first + 10), false);
  assert.deepEqual(clients(back), numbers(first - 100, 2000));
  assert.equal(back.unread, 0);
  assert.ok(isCutOff(back));
  assert.ok(!isCutOff(after(back, numbers(0, first), false)), "all of it");
});

test("another copy of a dropped message is known to be one", () => {
  const state = heard(2000);
  for (const at of [NOON - 1, NOON + 5000]) {
    const copy = genuine({ at, client: "client-7", written: TEMPLATE.written });
    const step = reduce({ ...state, attentive: false }, { type: "received", messages: [copy], fresh: true });
    assert.deepEqual(step.news, []);
    assert.deepEqual(clients(step.state), clients(state));
  }
});

test("other words under the number of a dropped message are no copy of it: they are shown as what they are", () => {
  const state = heard(2000);
  const copy = { at: NOON + 5000, client: "client-7", written: TEMPLATE.written };
  const others = [{ text: "Hello!" }, { alias: "Ann" }, { action: true }, { written: copy.written + 1 }];
  for (const other of others.map((words) => genuine({ ...copy, ...words }))) {
    const step = reduce(state, { type: "received", messages: [other], fresh: true });
    assert.deepEqual(
      [step.state.entries.at(-1).problem, step.state.entries.length],
      ["conflict", 1 + state.entries.length],
    );
  }
});

test("the log begins at its first message, not at a line of this page, and says how busy it was there", () => {
  const state = heard(500);
  const { state: noted } = reduce(state, { type: "noted", said: "a line", at: 0, after: "" });
  assert.equal(noted.entries[0].kind, "note");
  assert.deepEqual(beginning(noted), { known: state.entries[0].id, spanMs: 99 * 2.5 });
  assert.deepEqual(beginning(initial("me")), { known: "", spanMs: 0 });
});

test("more is brought only as long as there is room", () => {
  assert.ok(hasRoom(heard(3000, { ...initial("me"), attentive: false })) === false);
  assert.ok(hasRoom(heard(2900, { ...initial("me"), attentive: false })));
});
