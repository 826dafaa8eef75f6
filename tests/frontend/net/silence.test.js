// A network can die without a word. Whoever only listens finds that out by asking for something that is answered.

import assert from "node:assert/strict";
import test from "node:test";

import { steadyClock } from "../../../frontend/net/socket.js";
import {
  BEGINNING,
  cursor,
  error,
  Harness,
  HOUR,
  joined,
  MINUTE,
  message,
  NEWER,
  presence,
  SECOND,
} from "../support/scripted_server.js";

/** Somebody in a room whose server holds messages for so many seconds. */
function listener(historySeconds, random = 0) {
  const { limits } = joined();
  return Harness.entered({ history: [message(0)], limits: { ...limits, historySeconds } }, random);
}

/** How long it takes until so much was asked, or until so many sockets were opened. */
async function until(harness, done) {
  const begin = harness.clock.time;
  while (!done()) await harness.clock.pass(SECOND);
  return harness.clock.time - begin;
}

test("a silent death is found before half of what history holds has gone by", async () => {
  for (const historySeconds of [180, 600, 1200, 3600, 86_400]) {
    for (const random of [0, 0.999]) {
      const harness = await listener(historySeconds, random);
      const ms = await until(harness, () => harness.sockets.length > 1);
      assert.ok(ms < (historySeconds * SECOND) / 2, `${historySeconds} s of history: ${ms} ms`);
      await harness.open();
      assert.equal(harness.sinces.at(-1), cursor(-15 * SECOND), "it resumes");
      assert.deepEqual(harness.news()[0], ["ready", false]);
    }
  }
});

test("nothing is asked more often than once a minute, nor more seldom than a silent socket lives", async () => {
  for (const [historySeconds, least, most] of [
    [0, 7.4, 8.7],
    [1, 0.8, 1.2],
    [60, 0.8, 1.2],
    [600, 2.9, 3.6],
    [86_400, 7.4, 8.7],
  ]) {
    for (const random of [0, 0.999]) {
      const harness = await listener(historySeconds, random);
      const minutes = (await until(harness, () => harness.sinces.length > 1)) / MINUTE;
      assert.ok(least <= minutes && minutes <= most, `${historySeconds} s of history: ${minutes} minutes`);
    }
  }
});

test("a quiet room whose server answers goes on, and is asked again and again", async () => {
  const harness = await listener(600);
  for (let answers = 0; answers < 17; answers++) {
    await until(harness, () => harness.sinces.length > 1 + answers);
    await harness.tell(joined());
  }
  assert.equal(Math.round((harness.clock.time - 1_800_000_000_000) / HOUR), 1);
  assert.equal(harness.sockets.length, 1);
  assert.ok(harness.news().every(([kind, purpose]) => kind === "free" || purpose === "refresh"));
});

test("where others talk nothing is asked, and where nobody looks neither", async () => {
  const harness = await listener(600);
  await harness.busy(HOUR);
  assert.equal(harness.asked.length, 1);
  harness.inUse = false;
  await harness.clock.pass(HOUR);
  assert.equal(harness.asked.length, 1);
  assert.equal(harness.sockets.length, 1);
});

test("a hundred pages that heard the same last message do not ask at once", async () => {
  const times = [];
  for (let page = 0; page < 100; page += 5) {
    const harness = await listener(600, page / 100);
    times.push(await until(harness, () => harness.sinces.length > 1));
  }
  assert.ok(Math.max(...times) - Math.min(...times) >= 20 * SECOND);
});

test("a server that refuses what was asked in silence is there, and is asked again when it wants to be", async () => {
  const harness = await listener(600);
  await until(harness, () => harness.sinces.length > 1);
  await harness.tell(error("rate_limited", { retryAfter: 20 }));
  await harness.clock.pass(19 * SECOND);
  assert.equal(harness.sinces.length, 2);
  await harness.clock.pass(4 * SECOND);
  assert.equal(harness.sinces.length, 3);
  assert.equal(harness.sockets.length, 1);
});

// --- in doubt ---

test("after another network came, it is asked at once, and doubted until something is heard", async () => {
  const harness = await listener(600);
  await harness.tell(presence);
  harness.news();
  harness.connection.check(true);
  assert.deepEqual(harness.news(), [["doubtful", true]]);
  assert.equal(harness.sinces.length, 2);
  await harness.clock.pass(9 * SECOND);
  await harness.tell(NEWER);
  assert.deepEqual(harness.news(), [["doubtful", false]]);
  await harness.tell(joined());
  assert.equal(harness.sockets.length, 1);
});

test("a doubt ends with the socket", async () => {
  const harness = await listener(600);
  harness.connection.check(true);
  await harness.clock.pass(10 * SECOND);
  assert.equal(harness.sockets[0].closed, true);
  assert.deepEqual(harness.news(), [
    ["doubtful", true],
    ["doubtful", false],
    ["ready", false],
  ]);
});

test("a network that comes and goes makes it ask every five seconds at most", async () => {
  const harness = await listener(600);
  for (let changes = 0; changes < 100; changes++) {
    harness.connection.check(true);
    await harness.tell(joined());
    await harness.clock.pass(SECOND / 5);
  }
  assert.equal(harness.sinces.length, 1 + 5);
});

test("what waits for an answer already tells, too", async () => {
  const harness = await listener(600);
  await harness.send("client-a");
  harness.connection.check(true);
  assert.deepEqual(harness.news().at(-1), ["doubtful", true]);
  assert.equal(harness.asked.length, 2);
  await harness.clock.pass(10 * SECOND);
  assert.equal(harness.sockets[0].closed, true);
});

test("a machine that has slept doubts its socket as soon as it wakes", async () => {
  const harness = await listener(600);
  await harness.clock.pass(SECOND);
  harness.clock.sleep(2 * MINUTE);
  await harness.clock.pass(SECOND);
  assert.deepEqual(harness.news(), [["doubtful", true]]);
  assert.equal(harness.sinces.length, 2);
});

test("timers that are a minute late, as those of hidden pages are, are no sleep", async () => {
  const harness = await listener(600);
  await harness.clock.pass(SECOND);
  harness.clock.sleep(MINUTE);
  await harness.clock.pass(10 * SECOND);
  assert.deepEqual(harness.news(), []);
});

test("while the room is entered there is nothing to doubt", async () => {
  const harness = new Harness();
  harness.connection.check(true);
  await harness.open();
  harness.connection.check(true);
  assert.deepEqual(harness.sinces, [undefined]);
  assert.deepEqual(harness.news(), []);
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, undefined]);
  await harness.tell(joined());
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), BEGINNING);
});

// --- the clock ---

test("a clock that is set back stands still for nobody", () => {
  let [wall, run] = [1000, 0];
  const now = steadyClock(
    () => wall,
    () => run,
  );
  [wall, run] = [wall + 5000, run + 5000];
  assert.equal(now(), 6000);
  [wall, run] = [wall - HOUR, run + 1000];
  assert.equal(now(), 7000);
  [wall, run] = [wall + 1000, run + 1000];
  assert.equal(now(), 8000);
});

test("a sleep counts, though what runs has stood still", () => {
  let [wall, run] = [1000, 0];
  const now = steadyClock(
    () => wall,
    () => run,
  );
  [wall, run] = [wall + HOUR + 500, run + 500];
  assert.equal(now(), 1500 + HOUR);
  for (let step = 0; step < 1000; step++) {
    [wall, run] = [wall + 1, run + 0.5]; // rounded otherwise
    now();
  }
  assert.equal(now(), 2000 + HOUR);
});
