// Who is in a large room: page by page, for whoever looks, and beside everything that has to be.

import assert from "node:assert/strict";
import test from "node:test";

import { error, Harness, joined, MINUTE, SECOND, settled } from "../support/scripted_server.js";

const roster = (ids, more = false) => ({
  type: "roster",
  members: ids.map((id) => ({ id, alias: `sealed ${id}` })),
  online: 4,
  more,
});
const asks = ({ asked }) => asked.flatMap((frame) => ("roster" in frame ? [frame.roster] : []));

/** A member that has asked who is here, and what it is told. */
async function looking() {
  const harness = await Harness.entered();
  const met = [];
  harness.listener.presence = async ({ joined, left, online }) => met.push([joined.map(({ id }) => id), left, online]);
  harness.connection.fetches.roster();
  return { harness, met };
}

test("whoever asks who is here is told page by page, and asks no more than that", async () => {
  const { harness, met } = await looking();
  assert.deepEqual(harness.asked.at(-1).roster, "");
  await harness.tell(roster(["a", "b"], true));
  await harness.tell(roster(["c", "d"]));
  await harness.clock.pass(MINUTE);
  assert.deepEqual(asks(harness), ["", "b"]);
  assert.deepEqual(met, [
    [["a", "b"], [], 4],
    [["c", "d"], [], 4],
  ]);
});

test("the late answer to a try is not taken for the next page", async () => {
  const { harness, met } = await looking();
  harness.clock.pass(5 * SECOND);
  await harness.tell(roster(["a", "b"], true));
  await harness.tell(roster(["a", "b"], true));
  await harness.tell(roster(["c"]));
  assert.deepEqual(asks(harness), ["", "b"]);
  assert.deepEqual(
    met.map(([ids]) => ids),
    [["a", "b"], ["c"]],
  );
});

test("a server that knows no rosters tells whom it can", async () => {
  const { harness, met } = await looking();
  await harness.tell(joined({ members: [{ id: "a", alias: "sealed a" }], online: 4 }));
  await harness.clock.pass(MINUTE);
  assert.deepEqual(met, [[["a"], [], 4]]);
  assert.deepEqual(asks(harness), [""]);
});

test("a message that waits goes before the next page", async () => {
  const { harness } = await looking();
  harness.next = () => ({ client: "client-a", text: "sealed a" });
  await harness.tell(roster(["a"], true));
  assert.equal(harness.asked.at(-1).client, "client-a");
  harness.next = () => undefined;
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.asked.at(-1).roster, "a");
});

test("over the limit of pages it waits as long as it is told, and goes on where it was", async () => {
  const { harness } = await looking();
  await harness.tell(roster(["a"], true));
  await harness.tell(error("rate_limited", { retryAfter: 30 }));
  await harness.clock.pass(29 * SECOND);
  assert.deepEqual(asks(harness), ["", "a"]);
  await harness.clock.pass(4 * SECOND);
  assert.deepEqual(asks(harness), ["", "a", "a"]);
});

test("a server that fails is not asked for it again and again", async () => {
  const { harness } = await looking();
  await harness.tell(error("server_error", { message: "It failed." }));
  await harness.clock.pass(MINUTE);
  assert.deepEqual(asks(harness), [""]);
  assert.equal(harness.asked.length, 2);
});

test("a server that has lost this member gets it back, and then tells who is here", async () => {
  const { harness } = await looking();
  await harness.tell(error("not_joined", { message: "Please join this room first." }));
  assert.ok(!("roster" in harness.asked.at(-1)));
  await harness.tell(joined());
  assert.deepEqual(asks(harness), ["", ""]);
});
