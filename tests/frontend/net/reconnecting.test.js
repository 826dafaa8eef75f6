import assert from "node:assert/strict";
import test from "node:test";

import {
  cursor,
  error,
  Harness,
  HOUR,
  id,
  joined,
  MINUTE,
  message,
  presence,
  SECOND,
  settled,
} from "../support/scripted_server.js";

// --- coming back ---

test("tries to come back are further and further apart, up to half a minute, and random", async () => {
  const harness = await Harness.entered();
  for (const longest of [4000, 8000, 16_000, 30_000, 30_000]) {
    await harness.cut();
    const before = harness.sockets.length;
    await harness.clock.pass(longest / 2 - 1);
    assert.equal(harness.sockets.length, before);
    await harness.clock.pass(1);
    assert.equal(harness.sockets.length, before + 1);
  }
  harness.random = 0.1;
  await harness.cut();
  const before = harness.sockets.length;
  await harness.clock.pass(3000);
  assert.equal(harness.sockets.length, before + 1);
});

test("a hundred pages that lose their sockets in the same second come back over four", async () => {
  const times = [];
  for (let page = 0; page < 100; page++) {
    const harness = await Harness.entered();
    harness.random = page / 100;
    await harness.cut();
    const begin = harness.clock.time;
    while (harness.sockets.length === 1) await harness.clock.pass(SECOND / 10);
    times.push(harness.clock.time - begin);
  }
  for (const second of [0, 1, 2, 3]) {
    const came = times.filter((ms) => Math.ceil(ms / SECOND) - 1 === second);
    assert.ok(came.length <= 26, `${came.length} within a second`);
  }
});

test("a connection that held for 30 seconds ends the back-off, and a shorter one does not", async () => {
  for (const [heldMs, pauseMs] of [
    [30 * SECOND, 8000],
    [30 * SECOND + 1, 2000],
  ]) {
    const harness = await Harness.entered();
    await harness.reconnect();
    await harness.cut();
    await harness.clock.pass(4000);
    await harness.open();
    await harness.clock.pass(5 * SECOND); // only open: not held yet
    await harness.tell(joined());
    await harness.clock.pass(heldMs - SECOND);
    harness.connection.fetches.refresh();
    await harness.tell(joined());
    await harness.clock.pass(SECOND);
    await harness.cut();
    await harness.clock.pass(pauseMs - 1);
    assert.equal(harness.sockets.length, 3);
    await harness.clock.pass(1);
    assert.equal(harness.sockets.length, 4);
  }
});

test("whoever looks at the page does not wait, and the back-off starts anew", async () => {
  const harness = await Harness.entered();
  for (let losses = 0; losses < 4; losses++) await harness.reconnect();
  await harness.cut();
  harness.connection.check();
  assert.equal(harness.sockets.length, 6);
  harness.connection.check(); // it is on its way
  await harness.clock.pass(9 * SECOND);
  assert.equal(harness.sockets.length, 6);
  await harness.cut();
  await harness.clock.pass(2000);
  assert.equal(harness.sockets.length, 7);
});

test("a page that nobody looks at stays lost until somebody does", async () => {
  const harness = await Harness.entered();
  harness.inUse = false;
  await harness.send("client-a");
  await harness.cut();
  harness.connection.fetches.refresh();
  harness.connection.fetches.earlier();
  await harness.clock.pass(2 * SECOND);
  assert.equal(harness.clock.pending, 0);
  await harness.clock.pass(HOUR);
  assert.equal(harness.sockets.length, 1);
  harness.inUse = true;
  harness.connection.check();
  assert.equal(harness.sockets.length, 2);
});

test("coming back to a page has a socket checked that was silent for a minute", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.clock.pass(MINUTE);
  harness.connection.check();
  assert.equal(harness.asked.length, 1);
  await harness.clock.pass(1);
  harness.connection.check();
  assert.equal(harness.sinces[1], cursor(-15 * SECOND));
  await harness.tell(joined({ history: [message(0)] }));
  assert.deepEqual(harness.news(), [["doubtful", true], ["doubtful", false], ["joined", "refresh", id(0)], ["free"]]);
  harness.connection.check();
  assert.equal(harness.asked.length, 2);
});

test("after another network came, no socket is trusted, however lately it was heard", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.check(true);
  assert.equal(harness.sinces[1], cursor(-15 * SECOND));
  await harness.tell(joined({ history: [message(0)] }));
  await harness.cut();
  harness.connection.check();
  harness.connection.check(true); // one was on its way, but on the network before
  assert.equal(harness.sockets.length, 3);
  assert.equal(harness.sockets[1].closed, true);
});

test("after another network came, a socket that does not answer is replaced, however lately it was heard", async () => {
  const harness = await Harness.entered();
  await harness.tell(presence);
  harness.connection.check(true);
  await harness.clock.pass(10 * SECOND);
  assert.equal(harness.sockets[0].closed, true);
});

test("a socket that answers when it is checked was alive all along, so there is no gap", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.inUse = false;
  await harness.clock.pass(HOUR);
  harness.connection.check();
  await harness.tell(joined({ gap: true }));
  assert.deepEqual(harness.news(), [["doubtful", true], ["doubtful", false], ["joined", "refresh"], ["free"]]);
});

test("a socket that does not answer when it is checked is replaced", async () => {
  const harness = await Harness.entered();
  await harness.clock.pass(2 * MINUTE);
  harness.connection.check();
  await harness.clock.pass(10 * SECOND);
  assert.equal(harness.sockets[0].closed, true);
  await harness.clock.pass(2 * SECOND);
  assert.equal(harness.sockets.length, 2);
});

test("a silent socket is not checked while it owes an answer anyway", async () => {
  const harness = await Harness.entered();
  await harness.clock.pass(2 * MINUTE);
  await harness.send("client-a");
  harness.connection.check();
  assert.equal(harness.asked.length, 2);
});

test("a check that finds messages to catch up with is not ready meanwhile", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.clock.pass(2 * MINUTE);
  harness.connection.check();
  await harness.tell(message(90 * SECOND)); // the join has brought it back to the server's mind
  await harness.tell(joined({ history: [message(10 * SECOND)], more: true }));
  assert.deepEqual(harness.news().at(-1), ["ready", false]);
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(-5 * SECOND));
});

test("a live message does not move the cursor past what a check may still bring", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.clock.pass(2 * MINUTE);
  harness.connection.check();
  await harness.tell(message(90 * SECOND));
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(-15 * SECOND));
});

test("after the machine has slept longer than a socket may idle, there is a new one", async () => {
  const harness = await Harness.entered();
  await harness.clock.pass(MINUTE);
  harness.clock.sleep(10 * MINUTE);
  await harness.clock.pass(2 * SECOND);
  assert.equal(harness.asked.length, 1);
  assert.equal(harness.sockets[0].closed, true);
  assert.equal(harness.sockets.length, 2);
});

test("trouble is told once, however often it strikes", async () => {
  const harness = await Harness.entered();
  await harness.cut();
  for (let losses = 0; losses < 5; losses++) await harness.reconnect();
  assert.deepEqual(harness.news(), [["ready", false]]);
});

// --- the two-hour limit ---

/** Somebody who has been in the room for 1 h 54 min. */
async function almostOld() {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.busy(114 * MINUTE);
  harness.news();
  return harness;
}

test("an old socket is replaced in time, at once, and without a gap even in a quiet room", async () => {
  const harness = await almostOld();
  assert.equal(harness.asked.length, 1);
  await harness.clock.pass(MINUTE);
  assert.equal(harness.asked.length, 2);
  await harness.tell(joined({ gap: true }));
  assert.equal(harness.sockets[0].closed, true);
  assert.equal(harness.sockets.length, 2);
  await harness.open();
  await harness.tell(joined({ gap: true }));
  assert.deepEqual(harness.news(), [
    ["joined", "refresh"],
    ["ready", false],
    ["joined", "resume"],
    ["ready", true],
    ["free"],
  ]);
  await harness.busy(114 * MINUTE);
  assert.equal(harness.sockets.length, 2);
});

test("a new socket that fails in an old one's place does not wait longer for troubles long past", async () => {
  const harness = await Harness.entered();
  for (let losses = 0; losses < 5; losses++) await harness.reconnect();
  await harness.tell(joined());
  await harness.busy(115 * MINUTE);
  await harness.tell(joined());
  const before = harness.sockets.length;
  await harness.cut();
  await harness.clock.pass(2000);
  assert.equal(harness.sockets.length, before + 1);
});

test("an old socket is not replaced while a message is in flight", async () => {
  const harness = await almostOld();
  await harness.clock.pass(55 * SECOND);
  await harness.send("client-a");
  await harness.clock.pass(6 * SECOND);
  assert.equal(harness.asked.length, 2);
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.asked.length, 3);
  await harness.tell(joined());
  assert.equal(harness.sockets.length, 2);
});

test("an old socket of a page that nobody looks at is replaced when somebody does", async () => {
  const harness = await almostOld();
  harness.inUse = false;
  await harness.clock.pass(3 * MINUTE);
  await harness.tell(presence);
  assert.equal(harness.asked.length, 1);
  harness.inUse = true;
  harness.connection.check();
  await harness.tell(joined());
  assert.equal(harness.sockets.length, 2);
});

test("an old socket whose last question is refused is not asked again at once", async () => {
  const harness = await almostOld();
  await harness.clock.pass(MINUTE);
  await harness.tell(error("server_error"));
  assert.equal(harness.asked.length, 2);
  await harness.clock.pass(5 * SECOND);
  assert.equal(harness.asked.length, 3);
  await harness.tell(joined());
  assert.equal(harness.sockets.length, 2);
});
