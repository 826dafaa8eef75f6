import assert from "node:assert/strict";
import { test } from "node:test";
import { reduce } from "../../../frontend/state/room.js";
import { next } from "../../../frontend/state/unsent.js";
import { EVE, echo, MINUTE, message, NOON, play, playOn, received, texts, written } from "../support/room_events.js";

const sealed = (client) => ({ type: "sealed", client, sealed: `sealed ${client}` });
const held = () => ({ type: "held" });
const failed = (client) => ({ type: "failed", client, problem: "Too long." });

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
  assert.deepEqual([state.names.get("zoe").signer, state.muted.has(EVE)], [EVE, true]);
});

test("what had failed before a reload does not go out by itself after it", () => {
  const item = { client: "n", sealed: "sealed", alias: "me", text: "n", action: false, written: NOON };
  const unsent = [{ ...item, problem: "It was refused." }];
  const state = play({ type: "restored", names: [], muted: [], unsent, now: NOON });
  assert.deepEqual([state.pending[0].state, state.pending[0].problem], ["failed", "It was refused."]);
  assert.equal(next(state), undefined);
});

test("every genuine echo is told, and no fake, nor one that has other words", () => {
  const echoed = (state, ...messages) => reduce(state, received(...messages)).echoed;
  const before = play(written("n"), written("m"));
  assert.deepEqual(echoed(before, message({ client: "n" }), echo("n", { text: "Other" })), []);
  assert.deepEqual(echoed(before, echo("n"), echo("from another tab", { at: NOON + 1 })), ["n", "from another tab"]);
  assert.deepEqual(reduce(before, { type: "held" }).echoed, []);
});
