import assert from "node:assert/strict";
import { test } from "node:test";
import { switchOff } from "../support/fake_storage.js";

switchOff(); // before the page's files look for it
const {
  change,
  clearAll,
  forgetRoom,
  hasTraces,
  kept,
  lasts,
  recentRooms,
  rememberAlias,
  rememberedAlias,
  rememberRoom,
  settings,
} = await import("../../../frontend/device/device.js");

test("without storage everything lives as long as the page", () => {
  rememberAlias("Ada");
  rememberRoom({ fragment: "a", title: "A", at: 1 });
  rememberRoom({ fragment: "b", title: "B", at: 2 });
  change({ theme: "dark" });
  assert.deepEqual([rememberedAlias(), recentRooms().length, settings().theme], ["Ada", 2, "dark"]);
  assert.throws(() => kept.setItem("anonchat.one", "is there all the same"));
  assert.equal(kept.getItem("anonchat.one"), "is there all the same");
  forgetRoom("a");
  assert.equal(recentRooms().length, 1);
  clearAll();
  assert.deepEqual([rememberedAlias(), recentRooms().length, settings().theme], ["", 0, "system"]);
});

test("without storage nothing is said to last, and asking leaves no trace", () => {
  assert.deepEqual([lasts(), hasTraces()], [false, false]);
});
