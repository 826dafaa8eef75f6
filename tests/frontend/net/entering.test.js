import assert from "node:assert/strict";
import test from "node:test";

import { BROWSER } from "../../../frontend/net/socket.js";
import {
  cursor,
  error,
  Harness,
  HOUR,
  id,
  joined,
  message,
  NEWER,
  NOW,
  presence,
  promise,
  SECOND,
  settled,
  UNTYPED,
} from "../support/scripted_server.js";

// --- entering ---

test("a room is entered without a cursor, and then messages may be sent", async () => {
  const harness = new Harness();
  assert.equal(harness.socket.url, "wss://chat");
  assert.deepEqual(harness.asked, []);
  await harness.open();
  assert.deepEqual(harness.asked, [{ action: "join", room: "tea", alias: "sealed Ada", accepts: ["missed", "batch"] }]);
  assert.equal(harness.free, false);
  assert.equal(await harness.send("client-a"), false);
  await harness.tell(joined({ history: [message(1), message(2)] }));
  assert.deepEqual(harness.news(), [["joined", "enter", id(1), id(2)], ["ready", true], ["free"]]);
  assert.equal(harness.free, true);
  assert.equal(harness.asked.length, 1);
});

test("a message that comes before its `joined` is kept for it, and is not missed later", async () => {
  const harness = new Harness();
  await harness.open();
  await harness.tell(message(20 * SECOND), joined({ history: [message(1)] }));
  assert.deepEqual(harness.news(), [["joined", "enter", id(1), id(20 * SECOND)], ["ready", true], ["free"]]);
  harness.connection.fetches.refresh();
  await harness.tell(joined());
  assert.deepEqual(harness.news()[0], ["joined", "refresh"]);
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, cursor(5 * SECOND), cursor(5 * SECOND)]);
});

test("a socket lost before the room was entered is followed by another first entry, as if nothing had been", async () => {
  const harness = new Harness();
  await harness.open();
  await harness.tell(message(20 * SECOND));
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, undefined]);
  await harness.tell(joined());
  assert.deepEqual(harness.news(), [["joined", "enter"], ["ready", true], ["free"]]);
});

test("who is refused at the first entry is told why, and the connection is closed", async () => {
  for (const code of ["room_full", "bad_request", "too_long"]) {
    const harness = new Harness();
    await harness.open();
    await harness.tell(error(code));
    assert.deepEqual(harness.news(), [["denied", code]]);
    assert.equal(harness.socket.closed, true);
    await harness.clock.pass(HOUR);
    harness.connection.check();
    assert.equal(harness.sockets.length, 1);
  }
});

test("a first entry over the rate limit waits a little longer than it is told, says so, and asks again", async () => {
  const harness = new Harness();
  await harness.open();
  await harness.tell(error("rate_limited", { retryAfter: 42 }));
  assert.deepEqual(harness.news(), [["waiting", 43]]); // the minute of the limit ends for many at once
  await harness.clock.pass(43 * SECOND - 1);
  assert.equal(harness.asked.length, 1);
  await harness.clock.pass(1);
  assert.deepEqual(harness.sinces, [undefined, undefined]);
  assert.equal(harness.sockets.length, 1);
  await harness.tell(joined());
  assert.equal(harness.free, true);
});

test("a refusal that comes at the last moment is not taken for silence", async () => {
  const harness = new Harness();
  const { kept, keep } = promise();
  harness.listener.presence = () => kept;
  await harness.open();
  await harness.clock.pass(9 * SECOND);
  await harness.tell(presence, error("rate_limited", { retryAfter: 42 }));
  await harness.clock.pass(2 * SECOND); // the time for an answer ends while the people are being decrypted
  keep();
  await settled();
  await harness.clock.pass(42 * SECOND);
  assert.equal(harness.sockets.length, 1);
  await harness.clock.pass(SECOND);
  assert.equal(harness.asked.length, 2);
});

test("a first entry that the server wants on a new socket is tried again there", async () => {
  const harness = new Harness();
  await harness.open();
  await harness.tell(error("not_joined"));
  assert.deepEqual(harness.news(), [["said", "not_joined"]]);
  await harness.clock.pass(2 * SECOND);
  assert.equal(harness.sockets.length, 2);
});

test("a first entry that was not taken is tried again on its socket, later each time, and says so", async () => {
  for (const [frame, news] of [
    [error("server_error"), [["said", "server_error"]]],
    [UNTYPED, [["waiting", 3]]],
  ]) {
    const harness = new Harness();
    await harness.open();
    await harness.tell(frame);
    assert.deepEqual(harness.news(), news);
    for (const [tries, pause] of [3, 6, 12, 22.5, 22.5].entries()) {
      await harness.clock.pass(pause * SECOND - 1);
      assert.equal(harness.asked.length, 1 + tries);
      await harness.clock.pass(1);
      assert.equal(harness.asked.length, 2 + tries);
      await harness.tell(frame);
    }
    await harness.clock.pass(22.5 * SECOND);
    await harness.tell(joined());
    assert.equal(harness.free, true);
    assert.equal(harness.sockets.length, 1);
  }
});

test("a socket that does not open within 10 seconds is given up", async () => {
  const harness = new Harness();
  await harness.clock.pass(10 * SECOND - 1);
  assert.equal(harness.socket.closed, false);
  await harness.clock.pass(1);
  assert.equal(harness.sockets[0].closed, true);
  await harness.clock.pass(2 * SECOND);
  assert.equal(harness.sockets.length, 2);
});

test("a join without an answer is asked again on its socket, and on a new one when nothing is heard for 20 seconds", async () => {
  const harness = new Harness();
  await harness.open();
  await harness.clock.pass(12 * SECOND);
  assert.equal(harness.asked.length, 1);
  await harness.clock.pass(SECOND); // 10 for the answer, and 3
  assert.equal(harness.asked.length, 2);
  await harness.tell(NEWER);
  await harness.clock.pass((10 + 6 + 9) * SECOND);
  assert.equal(harness.asked.length, 3);
  assert.equal(harness.sockets.length, 1);
  await harness.clock.pass(SECOND);
  assert.equal(harness.sockets[0].closed, true);
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  assert.equal(harness.asked.length, 4);
});

// --- leaving ---

test("after it is closed a connection tells nothing, asks nothing and leaves no timer", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  harness.listener.message = async (frame) => {
    if (frame.id === id(1)) await kept;
    else harness.told.push(["message", frame.id]);
  };
  await harness.send("client-a");
  await harness.tell(message(1), message(2), presence);
  harness.connection.close();
  assert.equal(harness.free, false);
  keep();
  await settled();
  for (const call of ["check", "close"]) harness.connection[call]();
  for (const call of ["refresh", "roster", "earlier"]) harness.connection.fetches[call]();
  harness.connection.rename("sealed Eve");
  harness.connection.settle("client-a");
  assert.equal(await harness.send("client-b"), false);
  await harness.clock.pass(3 * HOUR);
  assert.deepEqual(harness.news(), []);
  assert.equal(harness.asked.length, 2);
  assert.equal(harness.sockets.length, 1);
  assert.equal(harness.socket.closed, true);
  assert.equal(harness.clock.pending, 0);
});

test("a room may be left while its snapshot is being decrypted", async () => {
  const harness = new Harness();
  const { kept, keep } = promise();
  harness.listener.joined = () => kept;
  await harness.open();
  await harness.tell(joined());
  harness.connection.close();
  keep();
  await settled();
  assert.deepEqual(harness.news(), []);
  assert.equal(harness.clock.pending, 0);
});

test("a browser's own clock and timers are used as they are at the time", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: NOW });
  const ran = [];
  BROWSER.setTimeout(() => ran.push("kept"), 10);
  BROWSER.clearTimeout(BROWSER.setTimeout(() => ran.push("cleared"), 10));
  t.mock.timers.tick(10);
  assert.deepEqual(ran, ["kept"]);
  assert.ok(Math.abs(BROWSER.now() - NOW) < 60 * SECOND);
  assert.ok(BROWSER.random() < 1);
});
