import assert from "node:assert/strict";
import test from "node:test";

import {
  cursor,
  error,
  Harness,
  id,
  joined,
  MINUTE,
  message,
  NEWER,
  presence,
  promise,
  SECOND,
  settled,
  UNTYPED,
} from "../support/scripted_server.js";

test("one message is in flight at a time, and the next has its turn when the echo is found genuine", async () => {
  const harness = await Harness.entered();
  assert.equal(await harness.send("client-a", "sealed a"), true);
  assert.equal(harness.free, false);
  assert.equal(await harness.send("client-b", "sealed b"), false);
  await harness.tell(message(1, { client: "client-a" }));
  assert.deepEqual(harness.news(), [["message", id(1)]]);
  harness.connection.settle("client-a");
  await settled();
  assert.deepEqual(harness.news(), [["free"]]);
  assert.equal(await harness.send("client-b", "sealed b"), true);
  assert.deepEqual(harness.asked.slice(1), [
    { action: "send", room: "tea", text: "sealed a", client: "client-a" },
    { action: "send", room: "tea", text: "sealed b", client: "client-b" },
  ]);
});

test("an echo that nobody vouches for acknowledges nothing", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  await harness.clock.pass(1);
  await harness.tell(message(1, { client: "client-a" }));
  await harness.clock.pass(10 * SECOND);
  assert.deepEqual(harness.asked[2], harness.asked[1]);
});

test("what is settled within a handler has its consequences when the handler is done", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  harness.listener.message = async ({ client }) => {
    harness.connection.settle(client);
    await kept;
    harness.told.push(["handled"]);
  };
  await harness.send("client-a");
  await harness.tell(message(1, { client: "client-a" }));
  assert.deepEqual(harness.news(), []);
  keep();
  await settled();
  assert.deepEqual(harness.news(), [["handled"], ["free"]]);
});

test("settling what is not in flight changes nothing", async () => {
  const harness = await Harness.entered();
  harness.connection.settle("client-x");
  await harness.send("client-a");
  for (let tries = 1; tries <= 5; tries++) {
    assert.deepEqual(harness.news(), []);
    assert.equal(harness.free, false);
    await harness.unanswered();
    harness.connection.settle("client-x");
    await settled();
  }
  assert.deepEqual(harness.news(), [["unconfirmed", "client-a"], ["free"]]);
});

test("a message over the rate limit is the caller's again when the time has come", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  harness.listener.refused = ({ client, retryAfter }) =>
    harness.told.push(["refused", client, retryAfter, harness.free]);
  await harness.tell(error("rate_limited", { client: "client-a", retryAfter: 7 }));
  assert.deepEqual(harness.news(), [["refused", "client-a", 7, false]]);
  await harness.clock.pass(7 * SECOND - 1);
  assert.equal(await harness.send("client-a"), false);
  await harness.clock.pass(1);
  assert.deepEqual(harness.news(), [["free"]]);
  assert.equal(await harness.send("client-a"), true);
});

test("the pause that the rate limit asks for outlives the socket", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  await harness.tell(error("rate_limited", { client: "client-a", retryAfter: 30 }));
  await harness.reconnect();
  await harness.tell(joined());
  assert.equal(harness.free, false);
  assert.ok(!harness.news().some(([kind]) => kind === "free"));
  await harness.clock.pass(30 * SECOND);
  assert.deepEqual(harness.news(), [["free"]]);
});

test("a message that is refused for what it is makes way at once", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  await harness.tell(error("too_long", { client: "client-a" }));
  assert.deepEqual(harness.news(), [["refused", "client-a", "too_long"], ["free"]]);
  await harness.clock.pass(MINUTE);
  assert.equal(harness.asked.length, 2);
});

test("a refusal of another message than the one in flight is of the past", async () => {
  const harness = await Harness.entered();
  await harness.tell(error("bad_request", { client: "client-x" }));
  await harness.send("client-a");
  await harness.tell(error("rate_limited", { client: "client-x", retryAfter: 9 }));
  assert.deepEqual(harness.news(), []);
  harness.connection.settle("client-a");
  assert.equal(harness.free, true);
});

test("what the server says to nobody's request is said to the person", async () => {
  const harness = await Harness.entered();
  await harness.tell(error("bad_request"));
  await harness.send("client-a");
  await harness.tell(error("unknown_action"));
  assert.deepEqual(harness.news(), [
    ["said", "bad_request"],
    ["said", "unknown_action"],
  ]);
  assert.equal(harness.free, false);
});

test("what is not acknowledged goes out 5 times, and then the caller decides", async () => {
  for (const noAnswer of [NEWER, presence]) {
    const harness = await Harness.entered();
    await harness.send("client-a");
    for (let tries = 1; tries <= 5; tries++) {
      assert.equal(harness.asked.length, 1 + tries);
      await harness.clock.pass(5 * SECOND);
      await harness.tell(noAnswer);
      await harness.clock.pass(5 * SECOND);
    }
    assert.deepEqual(harness.news().slice(-2), [["unconfirmed", "client-a"], ["free"]]);
    assert.equal(harness.asked.length, 6);
    assert.ok(harness.asked.slice(1).every((frame) => frame.client === "client-a" && frame.text === "sealed words"));
    assert.equal(harness.sockets.length, 1);
  }
});

test("what was not taken is sent again after pauses that grow, 5 times in all", async () => {
  for (const notTaken of [UNTYPED, error("server_error", { client: "client-a" })]) {
    const harness = await Harness.entered();
    await harness.send("client-a");
    harness.news();
    for (const [tries, pause] of [3, 6, 12, 22.5].entries()) {
      await harness.tell(notTaken);
      await harness.clock.pass(pause * SECOND - 1);
      assert.equal(harness.asked.length, 2 + tries);
      await harness.clock.pass(1);
      assert.equal(harness.asked.length, 3 + tries);
    }
    await harness.tell(notTaken);
    assert.deepEqual(harness.news(), [["unconfirmed", "client-a"], ["free"]]);
    await harness.send("client-b");
    await harness.tell(UNTYPED);
    await harness.clock.pass(3 * SECOND); // an answer, or whatever ends a request, ends the growing
    assert.equal(harness.asked.length, 8);
  }
});

test("pauses before what was not taken differ from page to page", async () => {
  const pauses = [];
  for (const random of [0, 0.99]) {
    const harness = await Harness.entered();
    harness.random = random;
    await harness.send("client-a");
    await harness.tell(UNTYPED);
    const begin = harness.clock.time;
    while (harness.asked.length === 2) await harness.clock.pass(SECOND / 10);
    pauses.push(Math.round((harness.clock.time - begin) / SECOND));
  }
  assert.deepEqual(pauses, [4, 2]);
});

test("an echo that comes after all, while the next try is waited for, settles the message", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  await harness.tell(UNTYPED);
  harness.connection.settle("client-a");
  await harness.clock.pass(MINUTE);
  assert.equal(harness.asked.length, 2);
});

test("API Gateway's own words that answer no request are said to nobody", async () => {
  const harness = await Harness.entered();
  await harness.tell(UNTYPED);
  await harness.clock.pass(MINUTE);
  assert.deepEqual(harness.news(), []);
  assert.equal(harness.asked.length, 1);
});

test("a message that is sent once more after all has all its tries again", async () => {
  const harness = await Harness.entered();
  for (let rounds = 0; rounds < 2; rounds++) {
    await harness.send("client-a");
    for (let tries = 1; tries <= 5; tries++) {
      assert.deepEqual(harness.news(), []);
      await harness.unanswered();
    }
    assert.deepEqual(harness.news(), [["unconfirmed", "client-a"], ["free"]]);
  }
  assert.equal(harness.asked.length, 11);

  await harness.send("client-a");
  for (let tries = 1; tries <= 4; tries++) await harness.unanswered();
  await harness.tell(error("bad_request", { client: "client-a" }));
  assert.deepEqual(harness.news(), [["refused", "client-a", "bad_request"], ["free"]]);
  await harness.send("client-a");
  for (let tries = 1; tries <= 4; tries++) await harness.unanswered();
  assert.deepEqual(harness.news(), []);
});

test("when nothing at all was heard for 10 seconds the socket is dead, and the caller may send the message again", async () => {
  const harness = await Harness.entered();
  await harness.clock.pass(MINUTE);
  await harness.tell(presence); // before it was sent: no sign of life
  await harness.send("client-a");
  harness.news();
  await harness.clock.pass(10 * SECOND);
  assert.equal(harness.sockets[0].closed, true);
  assert.deepEqual(harness.news(), [["ready", false]]);
  assert.equal(await harness.send("client-a"), false);
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  await harness.tell(joined());
  assert.deepEqual(harness.news(), [["joined", "resume"], ["ready", true], ["free"]]);
  assert.equal(await harness.send("client-a"), true);
});

test("tries are counted over several sockets, and a dead socket is not the message's fault", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  for (let tries = 1; tries <= 3; tries++) await harness.unanswered();
  for (let deaths = 1; deaths <= 6; deaths++) {
    await harness.reconnect();
    await harness.tell(joined());
    await harness.send("client-a");
  }
  harness.news();
  await harness.unanswered();
  assert.deepEqual(harness.news(), []);
  await harness.unanswered();
  assert.deepEqual(harness.news(), [["unconfirmed", "client-a"], ["free"]]);
});

test("an echo that came in time counts, however late its turn", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  await harness.send("client-a");
  await harness.clock.pass(9 * SECOND);
  harness.listener.message = async ({ client }) => {
    await kept;
    harness.connection.settle(client);
  };
  await harness.tell(message(1), message(2, { client: "client-a" }));
  await harness.clock.pass(20 * SECOND);
  keep();
  await settled();
  assert.equal(harness.asked.length, 2);
  assert.equal(harness.sockets.length, 1);
  assert.deepEqual(harness.news(), [["free"]]);
});

test("a member whom the server has forgotten joins again, and the message stays the caller's", async () => {
  const harness = await Harness.entered({ history: [message(20 * SECOND)] });
  await harness.send("client-a");
  await harness.tell(error("not_joined", { client: "client-a" }));
  assert.deepEqual(harness.news(), [["ready", false]]);
  assert.deepEqual(harness.sinces, [undefined, cursor(5 * SECOND)]);
  await harness.tell(joined());
  assert.deepEqual(harness.news(), [["joined", "resume"], ["ready", true], ["free"]]);
  assert.equal(await harness.send("client-a"), true);
  assert.equal(harness.sockets.length, 1);
});

test("a message that the server takes for a stranger's again and again is refused in the end", async () => {
  const harness = await Harness.entered();
  for (let tries = 1; tries <= 5; tries++) {
    await harness.send("client-a");
    await harness.tell(error("not_joined", { client: "client-a" }));
    await harness.tell(joined());
  }
  assert.deepEqual(harness.news().slice(-2), [["refused", "client-a", "not_joined"], ["free"]]);
  assert.equal(harness.sinces.length, 5);
});

test("messages that get through do not use up each other's tries", async () => {
  const harness = await Harness.entered();
  for (let round = 0; round < 10; round++) {
    await harness.send("client-a");
    await harness.tell(error("not_joined", { client: "client-a" }));
    await harness.tell(joined());
    await harness.send("client-a");
    harness.connection.settle("client-a");
    await settled();
  }
  assert.ok(!harness.news().some(([kind]) => kind === "refused"));
});
