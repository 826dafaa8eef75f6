import assert from "node:assert/strict";
import { test } from "node:test";
import { newKeyLink } from "../../../frontend/crypto/link.js";
import { roomKey } from "../../../frontend/crypto/roomkey.js";
import { SealedStorage } from "../../../frontend/device/sealed.js";

const newRoom = () => roomKey(newKeyLink());

class FakeStorage extends Map {
  setItem = (name, value) => void this.set(name, value);
  getItem = (name) => this.get(name) ?? null;
  removeItem = (name) => void this.delete(name);
}

test("a sealed storage keeps what it is given, and storage shows nothing of it", async () => {
  const [key, storage] = [await newRoom(), new FakeStorage()];
  await new SealedStorage(key, storage).put("draft", { text: "half a sentence" });
  assert.deepEqual([...storage.keys()], [`anonchat.${key.id}.draft`]);
  assert.doesNotMatch([...storage.values()].join(), /half|text/);
  assert.ok(!Buffer.from([...storage.values()][0], "base64url").includes("half"));
  assert.deepEqual(await new SealedStorage(key, storage).get("draft"), { text: "half a sentence" });
});

test("a sealed storage has null for what was never put, was removed, or was put there by somebody else", async () => {
  const [key, storage] = [await newRoom(), new FakeStorage()];
  const sealedStorage = new SealedStorage(key, storage);
  assert.equal(await sealedStorage.get("draft"), null);
  await sealedStorage.put("draft", "text");
  await sealedStorage.remove("draft");
  assert.equal(await sealedStorage.get("draft"), null);
  await sealedStorage.put("muted", ["somebody"]);
  storage.setItem(`anonchat.${key.id}.names`, storage.getItem(`anonchat.${key.id}.muted`)); // moved to another name
  assert.equal(await sealedStorage.get("names"), null);
  for (const junk of ["", "junk", "é", "A".repeat(100)]) {
    storage.setItem(`anonchat.${key.id}.draft`, junk);
    assert.equal(await sealedStorage.get("draft"), null);
  }
});

test("another room's key opens no sealed storage", async () => {
  const [key, other, storage] = [await newRoom(), await newRoom(), new FakeStorage()];
  await new SealedStorage(key, storage).put("draft", "text");
  assert.equal(await new SealedStorage({ ...other, id: key.id }, storage).get("draft"), null);
});

test("what is put last stays, though nobody waited", async () => {
  const sealedStorage = new SealedStorage(await newRoom(), new FakeStorage());
  for (let length = 2000; length >= 0; length -= 20) sealedStorage.put("draft", "x".repeat(length));
  assert.equal(await sealedStorage.get("draft"), "");
  sealedStorage.put("draft", "more");
  sealedStorage.remove("draft");
  assert.equal(await sealedStorage.get("draft"), null);
});

test("a storage that is full or broken is like an empty one", async () => {
  const throws = () => {
    throw new DOMException("no", "QuotaExceededError");
  };
  const sealedStorage = new SealedStorage(await newRoom(), { getItem: throws, setItem: throws, removeItem: throws });
  await sealedStorage.put("draft", "text");
  await sealedStorage.remove("draft");
  assert.equal(await sealedStorage.get("draft"), null);
});

test("after a storage that was full for a moment, a sealed storage works on", async () => {
  const storage = new FakeStorage();
  const sealedStorage = new SealedStorage(await newRoom(), storage);
  const { setItem } = storage;
  storage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await sealedStorage.put("draft", "one");
  storage.setItem = setItem;
  await sealedStorage.put("draft", "two");
  assert.equal(await sealedStorage.get("draft"), "two");
});
