// The service worker's notifications, in a world in which what it shows can be looked at. Its copies: tests/e2e.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const SCRIPT = readFileSync(new URL("../../frontend/sw.js", import.meta.url), "utf8");

/** A worker; `shown` are its notifications by their tags, `calls` is how often a person was called. */
function worker() {
  const [listeners, shown, told] = [{}, new Map(), { calls: 0 }];
  let slow = true; // the first takes its time
  const registration = {
    async showNotification(title, { tag, data, renotify }) {
      if (slow) await new Promise((done) => setTimeout(done, 20));
      slow = false;
      if (renotify || !shown.has(tag)) told.calls++;
      shown.set(tag, { title, tag, data, close: () => shown.delete(tag) });
    },
    getNotifications: async ({ tag }) => [...shown.values()].filter((each) => each.tag === tag),
  };
  const scope = { location: { href: "https://chat.example/sw.js" }, registration, URL, Set, Promise };
  scope.addEventListener = (type, listener) => {
    listeners[type] = listener;
  };
  scope.globalThis = scope;
  runInContext(SCRIPT, createContext(scope));
  const tell = (id, data) => new Promise((done) => listeners.message({ source: { id }, data, waitUntil: done }));
  return { shown, told, tell: (id, data) => tell(id, data).then((work) => work) };
}

const titles = ({ shown }) => [...shown].map(([id, { title }]) => [id, title]);

test("the next notification of a page takes the place of the one before and calls anew", async () => {
  const sw = worker();
  await sw.tell("page-1", "New message from Ada");
  await sw.tell("page-1", "New message from Björn");
  await sw.tell("page-2", "New message from Cleo");
  assert.deepEqual(titles(sw), [
    ["page-1", "New message from Björn"],
    ["page-2", "New message from Cleo"],
  ]);
  assert.equal(sw.told.calls, 3);
});

test("who is back at a page finds its notification gone, also the one that was just on its way", async () => {
  const sw = worker();
  await Promise.all([sw.tell("page-1", "New message from Ada"), sw.tell("page-1", "")]);
  assert.deepEqual(titles(sw), []);
  await Promise.all([sw.tell("page-1", "New message from Ada"), sw.tell("page-2", "")]);
  assert.deepEqual(titles(sw), [["page-1", "New message from Ada"]]);
});
