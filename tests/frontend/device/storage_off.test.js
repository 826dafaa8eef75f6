import assert from "node:assert/strict";
import { test } from "node:test";
import { switchOff } from "../support/fake_storage.js";

switchOff(); // before the page's files look for it
const { rememberAlias, rememberedAlias } = await import("../../../frontend/device/alias.js");
const { forgetEverything, forgetRoom, recentRooms, rememberRoom } = await import("../../../frontend/device/rooms.js");
const { change, settings } = await import("../../../frontend/device/settings.js");

test("without storage everything lives as long as the page", () => {
  rememberAlias("Ada");
  rememberRoom({ fragment: "a", title: "A", at: 1 });
  rememberRoom({ fragment: "b", title: "B", at: 2 });
  change({ theme: "dark" });
  assert.deepEqual([rememberedAlias(), recentRooms().length, settings().theme], ["Ada", 2, "dark"]);
  forgetRoom("a");
  assert.equal(recentRooms().length, 1);
  forgetEverything();
  assert.deepEqual([rememberedAlias(), recentRooms().length, settings().theme], ["", 0, "system"]);
});
