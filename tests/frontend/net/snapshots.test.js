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
  page,
  SECOND,
  settled,
} from "../support/scripted_server.js";

// --- people and names ---

test("a fresh snapshot is asked for when nothing else is", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  harness.connection.fetches.refresh();
  harness.connection.fetches.refresh();
  assert.deepEqual(harness.sinces, [undefined, cursor(-15 * SECOND)]);
  await harness.tell(joined({ gap: true }));
  assert.deepEqual(harness.news(), [["joined", "refresh"], ["free"]]);

  await harness.send("client-a");
  harness.connection.fetches.refresh();
  assert.equal(harness.asked.length, 3);
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.asked.at(-1).action, "join");
});

test("a message that waits goes before a fresh snapshot", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  harness.connection.fetches.refresh();
  harness.next = () => ({ client: "client-b", text: "sealed b" });
  harness.connection.settle("client-a");
  await settled();
  assert.deepEqual(
    harness.asked.map(({ action, client }) => client ?? action),
    ["join", "client-a", "client-b"],
  );
});

test("a wish for a fresh snapshot is fulfilled by whatever join comes first", async () => {
  const harness = await Harness.entered();
  await harness.cut();
  harness.connection.fetches.refresh();
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  await harness.tell(joined());
  assert.equal(harness.asked.length, 2);
});

test("a fresh snapshot over the rate limit waits, and messages do not", async () => {
  const harness = await Harness.entered();
  harness.connection.fetches.refresh();
  await harness.tell(error("rate_limited", { retryAfter: 30 }));
  assert.deepEqual(harness.news(), [["free"]]);
  assert.equal(await harness.send("client-a"), true);
  harness.connection.settle("client-a");
  await harness.clock.pass(31 * SECOND - 1);
  assert.equal(harness.asked.length, 3);
  await harness.clock.pass(1);
  assert.equal(harness.asked.length, 4);
  await harness.tell(joined());
  await harness.clock.pass(MINUTE);
  assert.equal(harness.asked.length, 4);
});

test("a snapshot that is refused otherwise is given up, and the person hears why", async () => {
  const harness = await Harness.entered();
  harness.connection.fetches.refresh();
  await harness.tell(error("too_long"));
  assert.deepEqual(harness.news(), [["said", "too_long"], ["free"]]);
  await harness.clock.pass(MINUTE);
  assert.equal(harness.asked.length, 2);
});

test("a new alias is told at once, and with every join from then on", async () => {
  const harness = await Harness.entered();
  harness.connection.rename("sealed Eve");
  assert.equal(harness.asked[1].alias, "sealed Eve");
  await harness.tell(joined());
  await harness.reconnect();
  assert.equal(harness.asked[2].alias, "sealed Eve");
});

test("a new alias that comes while a join is on its way is told after it", async () => {
  const harness = new Harness();
  await harness.open();
  harness.connection.rename("sealed Eve");
  await harness.tell(joined());
  assert.deepEqual(
    harness.asked.map(({ alias }) => alias),
    ["sealed Ada", "sealed Eve"],
  );
  await harness.tell(joined());
  assert.equal(harness.asked.length, 2);
});

// --- what was said before ---

/** Somebody who entered when the newest message was at 90 s, and asks for those before. */
async function reader() {
  const harness = await Harness.entered({ history: [message(80 * SECOND), message(90 * SECOND)] });
  const reading = { done: undefined };
  const finished = harness.connection.fetches.earlier(id(80 * SECOND), 2 * HOUR);
  finished.then((whole) => {
    reading.done = whole;
  });
  await settled();
  return { harness, reading, finished };
}

test("earlier messages are fetched from the oldest that may be held up to what is known, page by page", async () => {
  const { harness, reading } = await reader();
  assert.deepEqual(harness.sinces, [undefined, cursor(-535 * SECOND)]);
  assert.deepEqual(harness.pages, [false, true]);
  await harness.tell(page({ history: [message(1), message(2)], more: true, gap: true }));
  assert.deepEqual(harness.sinces.slice(2), [id(2)]);
  assert.equal(reading.done, undefined);
  await harness.tell(joined({ history: [message(3), message(80 * SECOND)], more: true }));
  assert.equal(reading.done, true);
  assert.equal(harness.asked.length, 3);
  assert.deepEqual(harness.news(), [
    ["joined", "earlier", id(1), id(2)],
    ["free"],
    ["joined", "earlier", id(3), id(80 * SECOND)],
    ["free"],
  ]);
});

test("earlier messages end where there is no more", async () => {
  for (const last of [{ history: [message(1)] }, { history: [], more: true }]) {
    const { harness, reading } = await reader();
    await harness.tell(joined(last));
    assert.equal(reading.done, true);
    assert.equal(harness.asked.length, 2);
  }
});

test("earlier messages are fetched once at a time", async () => {
  const { harness, finished } = await reader();
  assert.equal(harness.connection.fetches.earlier(id(80 * SECOND)), finished);
  await harness.tell(joined());
  assert.equal(await finished, true);
  assert.equal(harness.asked.length, 2);
});

test("in a busy room they come by some hundreds, stretch by stretch, the later ones first", async () => {
  const harness = await Harness.entered({ history: [message(80 * SECOND)] });
  const finished = harness.connection.fetches.earlier(id(80 * SECOND));
  const some = (from, count) => Array.from({ length: count }, (_, number) => message(from + number));
  await harness.tell(joined({ history: some(65 * SECOND, 300), more: true }));
  await harness.tell(joined({ history: some(75 * SECOND, 100) }));
  await harness.tell(joined({ history: some(55 * SECOND, 100) }));
  assert.equal(await finished, false, "there may be more");
  assert.deepEqual(harness.sinces.slice(1), [cursor(65 * SECOND), id(65 * SECOND + 299), cursor(50 * SECOND)]);
});

test("where little was said, the stretches get longer, and end where nothing is held any more", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  const finished = harness.connection.fetches.earlier(id(0));
  for (let pages = 0; pages < 3; pages++) await harness.tell(joined());
  assert.equal(await finished, true);
  assert.deepEqual(
    harness.sinces.slice(1),
    [-15, -135, -615].map((from) => cursor(from * SECOND)),
  );

  const quiet = await Harness.entered({ history: [message(0)] });
  const ended = quiet.connection.fetches.earlier(id(0), MINUTE);
  await quiet.tell(joined({ gap: true }));
  assert.equal(await ended, true);
  assert.deepEqual(quiet.sinces.slice(1), [cursor(-MINUTE)]);
});

test("reading earlier messages does not move the cursor, and live ones do", async () => {
  const { harness } = await reader();
  await harness.tell(joined({ history: [message(1)], more: true }));
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(75 * SECOND));
  await harness.tell(joined());
  await harness.tell(message(100 * SECOND));
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(85 * SECOND));
});

test("reading earlier messages goes on after a lost socket", async () => {
  const { harness, reading } = await reader();
  await harness.tell(joined({ history: [message(1)], more: true }));
  await harness.reconnect();
  await harness.tell(joined({ history: [message(100 * SECOND)] }));
  assert.equal(harness.sinces.at(-1), id(1));
  await harness.tell(joined({ history: [message(80 * SECOND)], more: true }));
  assert.equal(reading.done, true);
});

test("a message goes out between two pages of earlier ones, and no page while it is in flight", async () => {
  const { harness } = await reader();
  harness.next = () => ({ client: "client-a", text: "sealed a" });
  await harness.tell(joined({ history: [message(1)], more: true }));
  assert.equal(harness.asked.at(-1).client, "client-a");
  harness.next = () => {};
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.sinces.at(-1), id(1));
});

test("earlier messages that are asked for while a message is in flight wait for it", async () => {
  const harness = await Harness.entered();
  await harness.send("client-a");
  harness.connection.fetches.earlier();
  assert.equal(harness.asked.length, 2);
  harness.connection.settle("client-a");
  await settled();
  assert.equal(harness.sinces.at(-1), BEGINNING);
});

test("reading over the rate limit waits as long as it is told, and goes on", async () => {
  const { harness, reading } = await reader();
  await harness.tell(joined({ history: [message(1)], more: true }));
  await harness.tell(error("rate_limited", { retryAfter: 50 }));
  assert.equal(harness.free, true);
  await harness.clock.pass(51 * SECOND - 1);
  assert.equal(harness.asked.length, 3);
  await harness.clock.pass(1);
  assert.equal(harness.sinces.at(-1), id(1));
  await harness.tell(joined());
  assert.equal(reading.done, true);
});

test("reading that is refused says so, and can be tried again", async () => {
  const { harness, reading, finished } = await reader();
  await harness.tell(error("server_error"));
  assert.equal(reading.done, false);
  assert.deepEqual(harness.news(), [["said", "server_error"], ["free"]]);
  const again = harness.connection.fetches.earlier();
  assert.notEqual(again, finished);
  await harness.clock.pass(5 * SECOND);
  await harness.tell(joined());
  assert.equal(await again, true);
});

test("reading ends when the connection is closed", async () => {
  const { harness, reading } = await reader();
  harness.connection.close();
  await settled();
  assert.equal(reading.done, false);
  assert.equal(await harness.connection.fetches.earlier(), false);

  const other = await Harness.entered();
  other.connection.close();
  assert.equal(await other.connection.fetches.earlier(), false);
});

test("in a room that was empty there is nothing earlier than what is known", async () => {
  const harness = await Harness.entered();
  await harness.tell(message(1));
  const finished = harness.connection.fetches.earlier(id(1));
  await harness.tell(joined({ history: [message(1)], more: true, gap: true }));
  assert.equal(await finished, true);
});
