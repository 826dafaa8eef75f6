// The queue of what goes out, with the state, the device's storage and the crypto that it really has, and no network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { newKeyLink } from "../../frontend/crypto/link.js";
import { roomKey } from "../../frontend/crypto/roomkey.js";
import { identity } from "../../frontend/crypto/signer.js";
import { UnsentMessages } from "../../frontend/device/memory.js";
import { Outbox, restored } from "../../frontend/outbox.js";
import { initial, reduce } from "../../frontend/state/room.js";
import { say } from "./support/english.js";
import { FakeStorage } from "./support/fake_storage.js";

const words = (text) => ({ alias: "Ann", text, action: false, written: Date.now() });

/** An outbox; `told` has what it told of, in order. */
async function outboxOf(room, storage = new FakeStorage()) {
  const [me, told] = [await identity(room.id), []];
  let state = initial(me.signer, "Ann");
  const kept = new UnsentMessages(room.id, storage);
  const note = (kind) => (about) => told.push([kind, about]);
  const outbox = new Outbox(room, me, kept, {
    pending: () => state.pending,
    dispatch: (action) => {
      state = reduce(state, action).state;
    },
    filled: () => told.push(["filled"]),
    settled: note("settled"),
    notice: note("notice"),
    alarm: note("alarm"),
  });
  const states = () => state.pending.map((entry) => [entry.text, entry.state]);
  return { outbox, kept, told, states, me, pending: () => state.pending };
}

const newRoom = () => roomKey(newKeyLink());

test("a message is shown at once, and goes out when it is sealed and kept", async () => {
  const { outbox, kept, told, states } = await outboxOf(await newRoom());
  const added = outbox.add(words("one"));
  assert.deepEqual(states(), [["one", "sending"]]);
  assert.deepEqual([outbox.next(), kept.all(), outbox.waiting], [undefined, [], 1]);
  await added;
  const { client, text } = outbox.next();
  assert.deepEqual(kept.all(), [{ client, sealed: text, problem: "" }]);
  assert.deepEqual(told, [["filled"]]);
});

test("the oldest message comes again until it has failed or is settled, and none overtakes it", async () => {
  const { outbox, kept, told, pending } = await outboxOf(await newRoom());
  await outbox.add(words("one"));
  await outbox.add(words("two"));
  const [one, two] = pending().map(({ client }) => client);
  assert.deepEqual([outbox.next().client, outbox.next().client], [one, one]);
  outbox.unconfirmed(one);
  assert.equal(outbox.next().client, two);
  assert.match(told.at(-1).join(": "), /^alarm: Message not sent\. /);
  assert.deepEqual([kept.all()[0].problem !== "", kept.all()[1].problem, outbox.waiting], [true, "", 1]);
  outbox.settle(two);
  assert.deepEqual(told.at(-1), ["settled", two]);
  assert.deepEqual(
    kept.all().map(({ client }) => client),
    [one],
  );
});

test("what the server has no time for waits and goes out by itself; what it refuses fails", async () => {
  const { outbox, told, states, pending } = await outboxOf(await newRoom());
  await outbox.add(words("one"));
  const [{ client }] = pending();
  outbox.refused({ client, code: "rate_limited", message: "", retryAfter: 7 });
  assert.deepEqual(states(), [["one", "waiting"]]);
  assert.equal(told.at(-1)[0], "notice");
  assert.equal(outbox.next().client, client);
  assert.deepEqual(states(), [["one", "sending"]]);
  outbox.refused({ client, code: "too_long", message: "It is too long." });
  assert.deepEqual([states(), outbox.next(), outbox.waiting], [[["one", "failed"]], undefined, 0]);
  assert.deepEqual(told.at(-1), ["alarm", "Message not sent. This is longer than the server allows."]);
});

test("a failed message can be sent once more or deleted", async () => {
  const { outbox, kept, told, states, pending } = await outboxOf(await newRoom());
  await outbox.add(words("one"));
  const [{ client }] = pending();
  outbox.unconfirmed(client);
  await outbox.retry(client);
  assert.deepEqual([states(), kept.all()[0].problem, told.at(-1)], [[["one", "sending"]], "", ["filled"]]);
  outbox.discard(client);
  assert.deepEqual([states(), kept.all(), outbox.next()], [[], [], undefined]);
});

test("who can keep nothing is told so once, and the messages go out all the same", async () => {
  const storage = Object.assign(new FakeStorage(), { full: true });
  const { outbox, told } = await outboxOf(await newRoom(), storage);
  await outbox.add(words("one"));
  await outbox.add(words("two"));
  assert.match(say(told[0][1]), /^This browser keeps nothing/);
  assert.equal(told.filter(([kind]) => kind === "notice").length, 1);
  assert.ok(outbox.next());
});

test("what could not be kept is kept later, in the order of its writing, and what has failed does not go out by itself", async () => {
  const storage = Object.assign(new FakeStorage(), { full: true });
  const { outbox, kept, pending } = await outboxOf(await newRoom(), storage);
  await outbox.add(words("one"));
  storage.full = false;
  await outbox.add(words("two"));
  storage.full = true;
  await outbox.add(words("three"));
  const clients = pending().map(({ client }) => client);
  outbox.unconfirmed(clients[2]);
  assert.equal(outbox.keepAll(), false);
  storage.full = false;
  for (const emptied of [false, true]) {
    if (emptied) for (const { client } of kept.all()) kept.remove(client);
    assert.equal(outbox.keepAll(), true);
    assert.deepEqual(
      kept.all().map(({ client, problem }) => [client, problem !== ""]),
      [
        [clients[0], false],
        [clients[1], false],
        [clients[2], true],
      ],
    );
  }
});

test("a closed outbox keeps nothing more", async () => {
  const { outbox, kept } = await outboxOf(await newRoom());
  const added = outbox.add(words("one"));
  outbox.close();
  await added;
  assert.deepEqual(kept.all(), []);
});

test("a later visit finds what was left, but for what another room's key sealed; what a lost key signed does not go out", async () => {
  const [room, storage] = [await newRoom(), new FakeStorage()];
  const { outbox, kept, me } = await outboxOf(room, storage);
  await outbox.add(words("one"));
  const [{ client, sealed }] = kept.all();
  const [found] = await restored(room, me, kept);
  assert.deepEqual([found.client, found.sealed, found.text, found.problem], [client, sealed, "one", ""]);
  const [signedByAnother] = await restored(room, { ...me, signer: "another" }, kept);
  assert.deepEqual([signedByAnother.sealed, signedByAnother.text], ["", "one"]);
  assert.match(say(signedByAnother.problem), /lost the key/);
  assert.deepEqual(await restored(await newRoom(), me, kept), []);
});

test("what was written first is kept and sent first, though it is sealed last", async (context) => {
  const { outbox, kept, pending } = await outboxOf(await newRoom());
  const { encrypt } = crypto.subtle;
  const waiting = [];
  context.mock.method(crypto.subtle, "encrypt", async function (...what) {
    await new Promise((free) => waiting.push(free));
    return encrypt.apply(this, what);
  });
  const added = [outbox.add(words("one")), outbox.add(words("two"))];
  while (waiting.length < 2) await new Promise(setImmediate);
  waiting[1]();
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  assert.deepEqual([kept.all(), outbox.next()], [[], undefined]);
  waiting[0]();
  await Promise.all(added);
  const clients = pending().map(({ client }) => client);
  assert.deepEqual(
    kept.all().map(({ client }) => client),
    clients,
  );
  assert.equal(outbox.next().client, clients[0]);
});

test("a message that cannot be sealed fails with a sentence, and holds up no other", async (context) => {
  const { outbox, told, states } = await outboxOf(await newRoom());
  const { encrypt } = crypto.subtle;
  let count = 0;
  context.mock.method(crypto.subtle, "encrypt", async function (...what) {
    if (++count === 1) throw new DOMException("no", "OperationError");
    return encrypt.apply(this, what);
  });
  await Promise.all([outbox.add(words("one")), outbox.add(words("two"))]);
  assert.deepEqual(states(), [
    ["one", "failed"],
    ["two", "sending"],
  ]);
  assert.deepEqual(told[0], ["alarm", "Message not sent. Your browser could not encrypt it."]);
  assert.ok(outbox.next());
});
