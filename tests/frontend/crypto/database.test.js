// The browser's database, where the keys lie: it may be missing, refuse, fail later, or never say a word.

import assert from "node:assert/strict";
import test from "node:test";

import { forgetIdentity, identity } from "../../../frontend/crypto/signer.js";

const fail = (name) => new DOMException(name, name);
const soon = (action) => void setImmediate(action);

/** A database whose opening and whose transactions do what is said; what is written is in `items`, by its `databases`. */
function database({ open, commit, items = new Map(), databases = async () => [{ name: "anonchat" }] }) {
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
      getAllKeys: () => request([...items.keys()]),
      delete: (room) => request(void items.delete(room)),
    };
    soon(() => soon(() => soon(() => commit?.(written))));
    return Object.assign(written, { objectStore: () => store });
  };
  const opened = { transaction, close() {}, createObjectStore() {} };
  return {
    databases,
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

/** What is answered about a room, while time passes as fast as it likes: how long that took. */
async function after(t, indexedDB, ask) {
  globalThis.indexedDB = indexedDB;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let answer;
  const asked = ask().then((found) => {
    answer = { found };
  });
  let ms = 0;
  for (; !answer && ms < 100_000; ms += 10) {
    t.mock.timers.tick(10);
    await new Promise(setImmediate);
  }
  await asked;
  t.mock.timers.reset();
  return { ms, ...answer };
}

/** The key in a room. */
const keyIn = async (t, room, indexedDB) => (await after(t, indexedDB, () => identity(room))).found;

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

const NEVER = () => new Promise(() => {});
const MUTE = {
  "says whether it is there": database({ databases: NEVER }),
  opens: database({}),
  "finishes deleting": database({ open: opens }),
};

for (const [what, indexedDB] of Object.entries(MUTE))
  test(`who forgets a room waits five seconds at most for a database that never ${what}`, async (t) => {
    const { ms, found } = await after(t, indexedDB, () => forgetIdentity("red"));
    assert.ok(ms >= 5000 && ms < 5100, String(ms));
    assert.equal(found, false, "nobody knows whether a key is left");
  });

test("a key is forgotten also where nobody says whether there is a database", async (t) => {
  for (const databases of [NEVER, async () => Promise.reject(fail("UnknownError")), undefined]) {
    const items = new Map();
    const silent = { ...database({ open: opens, commit: commits, items }), databases };
    await keyIn(t, `red, ${databases}`, silent);
    const { found } = await after(t, silent, () => forgetIdentity(`red, ${databases}`));
    assert.equal(items.size, 0, String(databases));
    assert.equal(found, true);
  }
});

test("what forgets says whether it is certain: a database that is not there or refuses this page has kept nothing", async (t) => {
  const certain = { "is missing": true, "throws when it is opened": true };
  for (const [trouble, indexedDB] of Object.entries(TROUBLES)) {
    if (trouble.startsWith("holds")) continue; // it works
    const { found } = await after(t, indexedDB, () => forgetIdentity("red"));
    assert.equal(found, certain[trouble] ?? false, trouble);
  }
  assert.equal((await after(t, database({ databases: async () => [] }), () => forgetIdentity("red"))).found, true);
});
