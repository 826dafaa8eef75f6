// The browser's database, where the keys lie: it may be missing, refuse, fail later, or never say a word.

import assert from "node:assert/strict";
import test from "node:test";

import { identity } from "../../../frontend/crypto/signer.js";

const fail = (name) => new DOMException(name, name);
const soon = (action) => void setImmediate(action);

/** A database whose opening and whose transactions do what is said; what is written is in `items`. */
function database({ open, commit, items = new Map() }) {
  const request = (result) => {
    const asked = { result };
    soon(() => asked.onsuccess?.());
    return asked;
  };
  const transaction = () => {
    const written = {};
    const store = {
      get: (room) => request(items.get(room)),
      add: (fresh, room) => request(void items.set(room, fresh)),
    };
    soon(() => soon(() => soon(() => commit?.(written))));
    return Object.assign(written, { objectStore: () => store });
  };
  const opened = { transaction, close() {}, createObjectStore() {} };
  return {
    open() {
      const asked = { result: opened };
      soon(() => open?.(asked));
      return asked;
    },
  };
}

const opens = (asked) => asked.onsuccess();
const commits = (written) => written.oncomplete();
const aborts = (name) => (written) => {
  written.error = fail(name);
  written.onabort();
};

/** The key in a room, while time passes as fast as it likes. */
async function keyIn(t, room, indexedDB) {
  globalThis.indexedDB = indexedDB;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let key = null;
  const asked = identity(room).then((found) => {
    key = found;
  });
  for (let turns = 0; !key && turns < 10_000; turns++) {
    t.mock.timers.tick(10);
    await new Promise(setImmediate);
  }
  await asked;
  t.mock.timers.reset();
  return key;
}

const TROUBLES = {
  "is missing": undefined,
  "throws when it is opened": {
    open() {
      throw fail("SecurityError");
    },
  },
  "refuses to open": database({
    open: (asked) => {
      asked.error = fail("UnknownError");
      asked.onerror();
    },
  }),
  "never opens": database({}),
  "is held open by another version for ever": database({ open: (asked) => asked.onblocked?.() }),
  "never finishes what it was asked": database({ open: opens }),
  "is full": database({ open: opens, commit: aborts("QuotaExceededError") }),
  "breaks while it writes": database({ open: opens, commit: aborts("AbortError") }),
  "holds what another version has left": database({
    open: opens,
    commit: commits,
    items: new Map([["holds what another version has left", { version: 9 }]]),
  }),
};

for (const [trouble, indexedDB] of Object.entries(TROUBLES))
  test(`where the database ${trouble}, a key lives as long as the page, and is known to`, async (t) => {
    const key = await keyIn(t, trouble, indexedDB);
    assert.equal(key.fleeting, true);
    assert.equal((await identity(trouble)).signer, key.signer);
    globalThis.indexedDB = database({ open: opens, commit: commits });
    assert.equal((await identity(trouble)).signer, key.signer, "though there is a database now");
  });

test("what a database does answer is the key of this and of the next page", async (t) => {
  const items = new Map();
  const key = await keyIn(t, "red", database({ open: opens, commit: commits, items }));
  assert.equal(key.fleeting, undefined);
  assert.equal(items.get("red").signer, key.signer);
  assert.equal((await keyIn(t, "red", database({ open: opens, commit: commits, items }))).signer, key.signer);
});
