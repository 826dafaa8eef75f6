// An overloaded server: it says which members it has not reached, and what they ask for then must not add to its trouble.

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
  NOW,
  presence,
  SECOND,
  settled,
} from "../support/scripted_server.js";

const missed = { ...presence, online: 2, missed: true };

/** Until it has asked for so many joins. Returns how long that took, in ms. */
async function untilJoins(harness, count) {
  const begin = harness.clock.time;
  while (harness.sinces.length < count) await harness.clock.pass(SECOND / 20);
  return harness.clock.time - begin;
}

for (const [kind, frame] of [
  ["message", message(5 * MINUTE, { missed: true })],
  ["presence", missed],
])
  test(`after a ${kind} that says missed, what is missing is fetched from before it, and nothing else shows`, async () => {
    const harness = await Harness.entered({ history: [message(0)] });
    await harness.tell(frame);
    harness.news();
    await untilJoins(harness, 2);
    assert.equal(harness.sinces[1], cursor(-15 * SECOND));
    await harness.tell(joined({ history: [message(SECOND)] }));
    assert.deepEqual(harness.news(), [["joined", "refresh", id(SECOND)], ["free"]]);
    await harness.busy(HOUR);
    assert.equal(harness.sinces.length, 2);
    assert.equal(harness.sockets.length, 1);
  });

test("only what says missed by true is taken for it", async () => {
  const harness = await Harness.entered();
  await harness.tell(
    presence,
    { ...presence, missed: false },
    message(1, { missed: "true" }),
    message(2, { missed: 1 }),
  );
  await harness.clock.pass(MINUTE);
  assert.equal(harness.sinces.length, 1);
});

test("the members of a room resume over a tenth of a second for each of them, and ten at most", async () => {
  for (const [online, seconds] of [
    [2, 0.2],
    [50, 5],
    [500, 10],
  ])
    for (const random of [0, 0.5, 0.999]) {
      const harness = await Harness.entered();
      harness.random = random;
      await harness.tell({ ...missed, online });
      const took = await untilJoins(harness, 2);
      assert.ok(Math.abs(took - random * seconds * SECOND) <= SECOND / 10, `${online} members: ${took} ms`);
    }
});

test("however many frames say missed, one resume follows", async () => {
  const harness = await Harness.entered();
  for (let frames = 0; frames < 5; frames++) await harness.tell(missed);
  await harness.clock.pass(SECOND);
  await harness.tell(joined());
  await harness.busy(HOUR);
  assert.equal(harness.sinces.length, 2);
});

test("frames that go on saying missed do not put the resume off", async () => {
  const harness = await Harness.entered();
  for (let frames = 0; frames < 100 && harness.sinces.length < 2; frames++) {
    await harness.tell({ ...missed, online: 50 });
    await harness.clock.pass(SECOND / 10);
  }
  assert.equal(harness.clock.time - NOW, 2.5 * SECOND);
});

test("what is missed while a join is under way is fetched by one more after it", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.rename("sealed Eve");
  await harness.tell(missed, missed);
  await harness.clock.pass(SECOND);
  assert.equal(harness.sinces.length, 2);
  await harness.tell(joined({ history: [message(20 * SECOND)] }));
  assert.deepEqual(harness.sinces, [undefined, cursor(-15 * SECOND), cursor(5 * SECOND)]);
  await harness.tell(joined());
  await harness.busy(HOUR);
  assert.equal(harness.sinces.length, 3);
});

test("until that one, the cursor stays where it was, however long that takes", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.fetches.refresh();
  await harness.tell({ ...missed, online: 500 });
  await harness.tell(joined({ history: [message(20 * SECOND)] }));
  await harness.tell(message(5 * MINUTE));
  await untilJoins(harness, 3);
  assert.equal(harness.sinces.at(-1), cursor(5 * SECOND));
});

test("any join for what is missing will do, and a page of what was said before is none", async () => {
  const renamed = await Harness.entered();
  await renamed.tell({ ...missed, online: 50 });
  renamed.connection.rename("sealed Eve");
  await renamed.tell(joined());
  await renamed.busy(HOUR);
  assert.equal(renamed.sinces.length, 2);

  const reading = await Harness.entered({ history: [message(0)] });
  await reading.tell({ ...missed, online: 50 });
  reading.connection.fetches.earlier();
  await reading.tell(joined());
  assert.ok((await untilJoins(reading, 3)) <= 5 * SECOND);
  await reading.tell(joined());
  await reading.busy(HOUR);
  assert.deepEqual(reading.sinces, [undefined, BEGINNING, cursor(-15 * SECOND)]);
});

test("a socket that is lost before the resume makes it no second one", async () => {
  const harness = await Harness.entered();
  await harness.tell({ ...missed, online: 50 });
  await harness.reconnect();
  await harness.tell(joined());
  await harness.busy(HOUR);
  assert.equal(harness.sinces.length, 2);
});

test("while every answer is followed by missed, it is 5 seconds from one resume to the next, and more in a large room", async () => {
  for (const [online, pause] of [
    [2, 5],
    [100, 10],
    [500, 50],
  ]) {
    const harness = await Harness.entered();
    harness.random = 0;
    const pauses = [];
    for (let joins = 2; joins < 6; joins++) {
      await harness.tell({ ...missed, online });
      pauses.push(Math.round((await untilJoins(harness, joins)) / SECOND));
      await harness.tell(joined());
    }
    assert.deepEqual(pauses, [0, pause, pause, pause]);
  }
});

// --- answers that may be late ---

test("after a join that was asked again all is fetched once more, when its first try cannot be answered any more", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.fetches.refresh();
  await harness.tell(message(1));
  await harness.clock.pass(13 * SECOND);
  assert.equal(harness.sinces.length, 3);
  await harness.tell(joined({ history: [message(20 * SECOND)] })); // to which of the two?
  await harness.tell(message(90 * SECOND));
  await harness.clock.pass(27 * SECOND - 1);
  assert.equal(harness.sinces.length, 3);
  await harness.clock.pass(1);
  await harness.tell(joined({ history: [message(30 * SECOND)] }));
  harness.connection.fetches.refresh();
  const from = cursor(-15 * SECOND);
  assert.deepEqual(harness.sinces, [undefined, from, from, from, cursor(75 * SECOND)]);
});

test("messages go out while a join of somebody in the room is waited for", async () => {
  const harness = await Harness.entered();
  harness.connection.fetches.refresh();
  await harness.clock.pass(5 * SECOND);
  await harness.tell(NEWER);
  await harness.clock.pass(5 * SECOND);
  assert.equal(await harness.send("client-a"), true);
  await harness.clock.pass(4 * SECOND);
  assert.equal(harness.sinces.length, 2);
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.sinces.length, 3);
});

test("what was said before is read on only when no late answer can be taken for a page of it", async () => {
  const harness = await Harness.entered({ history: [message(80 * SECOND)] });
  harness.connection.fetches.refresh();
  await harness.clock.pass(13 * SECOND);
  await harness.tell(joined());
  harness.connection.fetches.earlier();
  await harness.tell(joined({ history: [message(81 * SECOND)] })); // the late one
  await harness.clock.pass(27 * SECOND);
  await harness.tell(joined());
  assert.deepEqual(harness.sinces.slice(-2), [cursor(65 * SECOND), BEGINNING]);
});

test("on another socket nothing late can come", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.fetches.refresh();
  await harness.clock.pass(13 * SECOND);
  await harness.reconnect();
  await harness.tell(joined({ history: [message(20 * SECOND)] }));
  await harness.busy(HOUR);
  assert.equal(harness.sinces.length, 4);
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(5 * SECOND));
});

test("somebody in the room whose refresh fails asks later, on the same socket", async () => {
  const harness = await Harness.entered();
  harness.connection.fetches.refresh();
  for (const [tries, pause] of [3, 6, 12].entries()) {
    await harness.tell(error("server_error"));
    await harness.clock.pass(pause * SECOND - 1);
    assert.equal(harness.sinces.length, 2 + tries);
    await harness.clock.pass(1);
    assert.equal(harness.sinces.length, 3 + tries);
  }
  assert.equal(harness.sockets.length, 1);
});
