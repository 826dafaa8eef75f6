import assert from "node:assert/strict";
import test from "node:test";

import {
  cursor,
  error,
  Harness,
  id,
  joined,
  message,
  presence,
  promise,
  SECOND,
  settled,
} from "../support/scripted_server.js";

test("frames are handled one after the other", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  harness.listener.message = async (frame) => {
    await kept;
    harness.told.push(["message", frame.id]);
  };
  await harness.tell(message(1), message(2), presence);
  assert.deepEqual(harness.news(), []);
  keep();
  await settled();
  assert.deepEqual(harness.news(), [
    ["message", id(1)],
    ["message", id(2)],
    ["presence", 3],
  ]);

  const another = promise();
  harness.listener.presence = () => another.kept;
  await harness.tell(presence, message(3));
  assert.deepEqual(harness.news(), []);
  another.keep();
  await settled();
  assert.deepEqual(harness.news(), [["message", id(3)]]);
});

test("messages of a socket that was lost meanwhile are handed over, and nothing else of it is", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  const { message: note } = harness.listener;
  harness.listener.message = async (frame) => {
    await kept;
    await note(frame);
    harness.connection.settle(frame.client);
  };
  await harness.send("client-a");
  const late = [presence, error("too_long", { client: "client-a" }), error("bad_request"), joined({ more: true })];
  await harness.tell(message(1), ...late, message(2, { client: "client-a" }));
  await harness.reconnect();
  keep();
  await settled();
  assert.deepEqual(harness.news(), [
    ["ready", false],
    ["message", id(1)],
    ["message", id(2)],
  ]);
  assert.equal(harness.free, false);
  await harness.tell(joined());
  assert.deepEqual(harness.news(), [["joined", "resume"], ["ready", true], ["free"]]);
});

test("a snapshot whose socket is lost while it is being decrypted is handed over, and decides nothing else", async () => {
  const harness = new Harness();
  const { kept, keep } = promise();
  harness.listener.joined = () => kept;
  await harness.open();
  await harness.tell(joined({ history: [message(1)] }));
  await harness.cut();
  keep();
  await settled();
  assert.deepEqual(harness.news(), []);
  assert.equal(harness.free, false);
  harness.listener.joined = async () => {};
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  assert.deepEqual(harness.sinces, [undefined, cursor(-14_999)]);
  await harness.tell(joined({ gap: true }));
  assert.deepEqual(harness.news(), [["ready", true], ["free"]]);
});

test("a page whose socket is lost while it is being decrypted is not asked for again", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  const { kept, keep } = promise();
  harness.listener.joined = () => kept;
  await harness.tell(joined({ history: [message(20 * SECOND)], more: true }));
  await harness.cut();
  keep();
  await settled();
  await harness.clock.pass(4 * SECOND);
  await harness.open();
  await harness.tell(message(90 * SECOND));
  await harness.reconnect();
  assert.deepEqual(harness.sinces.slice(2), [cursor(5 * SECOND), cursor(5 * SECOND)]);
});

test("a snapshot of a lost socket that is still being decrypted does not hide what the next one has to fetch", async () => {
  const harness = await Harness.entered({ history: [message(0)] });
  await harness.reconnect();
  const { kept, keep } = promise();
  harness.listener.joined = () => kept;
  await harness.tell(joined({ history: [message(20 * SECOND)] }));
  await harness.reconnect(); // the next join is on its way before this snapshot is through
  keep();
  await settled();
  await harness.tell(message(90 * SECOND));
  await harness.reconnect();
  assert.equal(harness.sinces.at(-1), cursor(5 * SECOND));
});

test("a genuine echo that an old socket brought settles what was sent again on the new one", async () => {
  const harness = await Harness.entered();
  const { kept, keep } = promise();
  harness.listener.message = async ({ client }) => {
    await kept;
    harness.connection.settle(client);
  };
  await harness.send("client-a");
  await harness.tell(message(1, { client: "client-a" }));
  await harness.cut();
  keep();
  await settled();
  await harness.clock.pass(2 * SECOND);
  await harness.open();
  await harness.tell(joined());
  await harness.send("client-a");
  await harness.tell(message(1, { client: "client-a" }));
  assert.equal(harness.free, true);
});

test("strange frames count as silence, and a listener that fails is reported; both stop nothing", async (t) => {
  const reported = [];
  globalThis.reportError = (problem) => reported.push(problem);
  t.after(() => delete globalThis.reportError);
  const harness = await Harness.entered();
  const { message: note } = harness.listener;
  harness.listener.message = async (frame) => {
    if (frame.id === id(1)) throw new Error("a listener's own fault");
    await note(frame);
  };
  harness.socket.onmessage({ data: "no JSON" });
  const broken = [{ ...message(3), at: "now" }, { ...message(3), from: null }, joined({ members: null }), []];
  await harness.tell({ type: "news" }, { type: "left", room: "tea" }, 7, null, ...broken, message(1), message(2));
  assert.deepEqual(harness.news(), [["message", id(2)]]);
  assert.deepEqual(
    reported.map(({ name }) => name),
    ["Error"],
  );
});

test("a snapshot that nobody asked for is not looked at", async () => {
  const harness = await Harness.entered();
  await harness.tell(joined());
  await harness.send("client-a");
  await harness.tell(joined());
  assert.deepEqual(harness.news(), []);
  assert.equal(harness.free, false);
});
