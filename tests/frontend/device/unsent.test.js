import assert from "node:assert/strict";
import test from "node:test";

import { UnsentMessages } from "../../../frontend/device/memory.js";

/** A Storage in memory. */
function fakeStorage(items = new Map()) {
  return {
    items,
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
  };
}

const clients = (outbox) => outbox.all().map(({ client }) => client);

test("what was put into the outbox is there after a reload, in the order of writing", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  const storage = fakeStorage();
  const outbox = new UnsentMessages("room", storage);
  for (const client of ["zzzzzzzz", "mmmmmmmm", "aaaaaaaa"]) outbox.put(client, `sealed ${client}`);
  assert.deepEqual(new UnsentMessages("room", storage).all(), [
    { client: "zzzzzzzz", sealed: "sealed zzzzzzzz", problem: "" },
    { client: "mmmmmmmm", sealed: "sealed mmmmmmmm", problem: "" },
    { client: "aaaaaaaa", sealed: "sealed aaaaaaaa", problem: "" },
  ]);
});

test("the order of writing holds when the clock is set back", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
  const outbox = new UnsentMessages("room", fakeStorage());
  outbox.put("one-client", "1");
  t.mock.timers.setTime(1_700_000_000_000);
  outbox.put("another-one", "2");
  assert.deepEqual(clients(outbox), ["one-client", "another-one"]);
});

test("the order of writing is by number, not by its digits", () => {
  const storage = fakeStorage();
  storage.setItem("anonchat.room.outbox.later", '{"sealed":"x","written":10}');
  storage.setItem("anonchat.room.outbox.early", '{"sealed":"x","written":9}');
  assert.deepEqual(clients(new UnsentMessages("room", storage)), ["early", "later"]);
});

test("what was removed is gone, and only that", () => {
  const storage = fakeStorage();
  const outbox = new UnsentMessages("room", storage);
  outbox.put("one-client", "1");
  outbox.put("another-one", "2");
  outbox.remove("one-client");
  outbox.remove("never-there");
  assert.deepEqual(clients(outbox), ["another-one"]);
  outbox.remove("another-one");
  assert.equal(storage.length, 0);
});

test("two tabs add to one outbox without writing over each other", () => {
  const storage = fakeStorage();
  const [one, other] = [new UnsentMessages("room", storage), new UnsentMessages("room", storage)];
  one.put("first-tab", "1");
  other.put("other-tab", "2");
  one.put("first-again", "3");
  assert.deepEqual(clients(one), ["first-tab", "other-tab", "first-again"]);
  assert.deepEqual(clients(other), clients(one));
});

test("a message that is put again goes to the end", () => {
  const outbox = new UnsentMessages("room", fakeStorage());
  outbox.put("one-client", "1");
  outbox.put("another-one", "2");
  outbox.put("one-client", "1");
  assert.deepEqual(clients(outbox), ["another-one", "one-client"]);
});

test("rooms have outboxes of their own, under the names that forgetting a room looks for", () => {
  const storage = fakeStorage();
  new UnsentMessages("room", storage).put("one-client", "1");
  new UnsentMessages("room-2", storage).put("another-one", "2");
  assert.deepEqual(clients(new UnsentMessages("room", storage)), ["one-client"]);
  assert.deepEqual(
    [...storage.items.keys()],
    ["anonchat.room.outbox.one-client", "anonchat.room-2.outbox.another-one"],
  );
});

test("what others left under its names is not taken for a message", () => {
  const storage = fakeStorage();
  const outbox = new UnsentMessages("room", storage);
  outbox.put("one-client", "1");
  const strange = ["", "{", "null", "7", '"text"', "{}", '{"sealed":1,"written":2}', '{"sealed":"x","written":"y"}'];
  for (const [index, text] of strange.entries()) storage.setItem(`anonchat.room.outbox.strange-${index}`, text);
  storage.setItem("anonchat.room.vault", "something else of this room");
  assert.deepEqual(clients(outbox), ["one-client"]);
});

test("storage that is full or switched off throws at nobody", () => {
  const fail = () => {
    throw new Error("QuotaExceededError");
  };
  const broken = { ...fakeStorage(), setItem: fail, removeItem: fail, getItem: fail, key: fail };
  Object.defineProperty(broken, "length", { get: fail });
  const outbox = new UnsentMessages("room", broken);
  outbox.put("one-client", "1");
  outbox.remove("one-client");
  assert.deepEqual(outbox.all(), []);

  const full = new UnsentMessages("room", Object.assign(fakeStorage(new Map([["other", "item"]])), { setItem: fail }));
  full.put("one-client", "1");
  assert.deepEqual(full.all(), []);
});

test("a message that has failed comes back with its reason, until it is put once more", () => {
  const storage = fakeStorage();
  const outbox = new UnsentMessages("room", storage);
  outbox.put("one-client", "sealed");
  outbox.fail("one-client", "The room is closed.");
  outbox.fail("another-one", "Nobody wrote that.");
  assert.deepEqual(new UnsentMessages("room", storage).all(), [
    { client: "one-client", sealed: "sealed", problem: "The room is closed." },
  ]);
  outbox.put("one-client", "sealed");
  assert.deepEqual(outbox.all(), [{ client: "one-client", sealed: "sealed", problem: "" }]);
});

test("it says whether a message could be kept", () => {
  assert.equal(new UnsentMessages("room", fakeStorage()).put("one-client", "sealed"), true);
  const full = Object.assign(fakeStorage(), {
    setItem() {
      throw new DOMException("full", "QuotaExceededError");
    },
  });
  assert.equal(new UnsentMessages("room", full).put("one-client", "sealed"), false);
});
