import assert from "node:assert/strict";
import test from "node:test";

import {
  BEGINNING,
  cursor,
  error,
  Harness,
  HOUR,
  id,
  joined,
  MINUTE,
  message,
  NEWER,
  page,
  presence,
  SECOND,
} from "../support/scripted_server.js";

test("a connection resumes a little before the last message, since ids come from many clocks", async () => {
  const harness = await Harness.entered({ history: [message(10 * SECOND)] });
  await harness.tell(message(30 * SECOND), message(20 * SECOND));
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, cursor(15 * SECOND)]);
  await harness.tell(joined({ history: [message(40 * SECOND)] }));
  await harness.reconnect();
  assert.equal(harness.sinces[2], cursor(25 * SECOND));
});

test("the overlap is the one that the server names", async () => {
  const { limits } = joined();
  const harness = await Harness.entered({ history: [message(0)], limits: { ...limits, overlapSeconds: 60 } });
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, cursor(-60 * SECOND)]);
});

test("a room in which nothing was said is resumed from its beginning", async () => {
  const harness = await Harness.entered();
  await harness.reconnect();
  assert.deepEqual(harness.sinces, [undefined, BEGINNING]);
  await harness.tell(joined({ gap: true, history: [message(1)] }));
  assert.deepEqual(harness.news().slice(1), [["joined", "resume", id(1)], ["ready", true], ["free"]]);
});

test("behind its first page a resume asks for pages, which are messages and no more", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(joined({ history: [message(1)], more: true }));
  const { online, ...said } = message(2);
  await harness.tell(page({ history: [said], more: true }));
  await harness.tell(page({ history: [message(3)] }));
  assert.deepEqual(harness.news(), [
    ["ready", false],
    ["joined", "resume", id(1)],
    ["joined", "resume", id(2)],
    ["joined", "resume", id(3)],
    ["ready", true],
    ["free"],
  ]);
  assert.deepEqual(harness.sinces, [undefined, cursor(-15 * SECOND), id(1), id(2)]);
  assert.deepEqual(harness.pages, [false, false, true, true]);
});

test("who has lost its seat amid the pages joins anew, from where it is, and says nothing of it", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(joined({ history: [message(30 * SECOND)], more: true }), error("not_joined"));
  assert.deepEqual(harness.sinces, [undefined, cursor(-15 * SECOND), id(30 * SECOND), cursor(15 * SECOND)]);
  assert.deepEqual(harness.pages, [false, false, true, false]);
  await harness.tell(joined());
  assert.deepEqual(harness.news().slice(1), [
    ["joined", "resume", id(30 * SECOND)],
    ["joined", "resume"],
    ["ready", true],
    ["free"],
  ]);
});

test("a page that is late is no answer to a join", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(page({ history: [message(1)] }));
  assert.equal(harness.free, false);
  await harness.tell(joined());
  assert.deepEqual(harness.news(), [["ready", false], ["joined", "resume"], ["ready", true], ["free"]]);
});

test("resuming goes on while there is more, and only then is the room ready", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(joined({ history: [message(1), message(2)], more: true }));
  assert.equal(await harness.send("client-a"), false);
  await harness.tell(joined({ history: [message(3)], more: true }));
  await harness.tell(joined({ history: [message(4)] }));
  assert.deepEqual(harness.news(), [
    ["ready", false],
    ["joined", "resume", id(1), id(2)],
    ["joined", "resume", id(3)],
    ["joined", "resume", id(4)],
    ["ready", true],
    ["free"],
  ]);
  assert.deepEqual(harness.sinces, [undefined, cursor(-15 * SECOND), id(2), id(3)]);
});

test("a cut between two pages loses nothing, though newer messages came in live", async () => {
  const harness = await Harness.entered({ history: [message(20 * SECOND)] });
  await harness.reconnect();
  await harness.tell(message(80 * SECOND));
  await harness.tell(joined({ history: [message(30 * SECOND)], more: true }));
  await harness.tell(message(90 * SECOND));
  await harness.reconnect();
  assert.deepEqual(harness.sinces.slice(1), [cursor(5 * SECOND), id(30 * SECOND), cursor(15 * SECOND)]);
  await harness.tell(joined({ history: [message(90 * SECOND)] }));
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(75 * SECOND));
});

test("a page that promises more and brings nothing newer is the last one", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(joined({ history: [message(1)], more: true }));
  await harness.tell(joined({ history: [message(1)], more: true }));
  assert.equal(harness.free, true);
  await harness.reconnect();
  await harness.tell(joined({ more: true }));
  assert.equal(harness.free, true);
});

test("a page over the rate limit is asked again when the time has come", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(joined({ history: [message(1)], more: true }));
  await harness.tell(error("rate_limited", { retryAfter: 20 }));
  await harness.clock.pass(21 * SECOND);
  assert.deepEqual(harness.sinces.slice(2), [id(1), id(1)]);
  assert.equal(harness.sockets.length, 2);
  await harness.tell(joined({ history: [message(2)] }));
  assert.equal(harness.free, true);
});

test("a copy in the history settles what is sent again", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  await harness.reconnect();
  harness.listener.joined = async ({ history }) => {
    for (const { client } of history) harness.connection.settle(client);
  };
  harness.news();
  await harness.tell(joined({ history: [message(1, { client: "client-a" })] }));
  assert.deepEqual(harness.news(), [["ready", true], ["free"]]);
});

test("a gap is told where it is, before what comes after it, and only after a long absence", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect(); // the cursor may be old, but this was in the room a moment ago
  await harness.tell(joined({ gap: true }));
  assert.ok(!harness.news().some(([kind]) => kind === "gap"));

  await harness.busy(5 * MINUTE);
  await harness.tell(presence);
  await harness.cut();
  harness.clock.sleep(10 * MINUTE - 5 * SECOND);
  await harness.clock.pass(4 * SECOND);
  await harness.open();
  await harness.tell(joined({ gap: true }));
  assert.ok(!harness.news().some(([kind]) => kind === "gap"));

  await harness.cut();
  harness.clock.sleep(10 * MINUTE);
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  await harness.tell(message(30 * MINUTE), joined({ gap: true, history: [message(20 * MINUTE)] }));
  assert.deepEqual(harness.news(), [
    ["ready", false],
    ["message", id(30 * MINUTE)],
    ["gap", id(0)],
    ["joined", "resume", id(20 * MINUTE)],
    ["ready", true],
    ["free"],
  ]);
});

test("what lies in the machine while it sleeps does not hide that messages are missing after it", async () => {
  for (const [before, after] of [
    [[], [presence]],
    [[presence], []],
    [[], [joined(), presence]],
  ]) {
    const harness = await Harness.entered({ history: [message(0)] });
    await harness.clock.pass(MINUTE);
    harness.connection.fetches.refresh(); // is not answered before the sleep
    harness.clock.sleep(HOUR);
    await harness.tell(...before);
    await harness.clock.pass(1); // the timers have woken
    await harness.tell(...after);
    await harness.reconnect();
    await harness.tell(joined({ gap: true }));
    assert.ok(harness.news().some(([kind]) => kind === "gap"));
  }
});

test("a long absence without a gap is not called one", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.cut();
  harness.clock.sleep(HOUR);
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  await harness.tell(joined({ gap: false }));
  assert.ok(!harness.news().some(([kind]) => kind === "gap"));
});

test("who was forgotten by the server may have missed something, though the socket was alive", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  for (let minute = 0; minute < 11; minute++) {
    await harness.clock.pass(MINUTE);
    await harness.tell(NEWER);
  }
  await harness.send("client-a");
  await harness.tell(error("not_joined", { client: "client-a" }));
  await harness.tell(joined({ gap: true }));
  assert.deepEqual(harness.news()[1], ["gap", id(0)]);
});

test("a member who cannot come back hears why, and tries again with back-off", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  await harness.tell(error("room_full"));
  assert.deepEqual(harness.news(), [
    ["ready", false],
    ["said", "room_full"],
  ]);
  await harness.clock.pass(4 * SECOND);
  await harness.open();
  assert.equal(harness.sockets.length, 3);
  assert.equal(harness.sinces.length, 3);
});
