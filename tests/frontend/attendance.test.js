// Who is here, where a snapshot and what was told overtake each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Attendance } from "../../frontend/attendance.js";

const told = (id) => ({ type: "presence", joined: [], left: [{ id, alias: id }], online: 9 });

test("what was told while a snapshot was waited for is told again after it, with the number that the snapshot tells", () => {
  const attendance = new Attendance(() => {});
  attendance.told(told("grace"), 1_000);
  attendance.told(told("edith"), 9_000);
  const left = (now) => attendance.recent(2, now).map(({ left, online }) => [left[0].id, online]);
  assert.deepEqual(left(10_000), [
    ["grace", 2],
    ["edith", 2],
  ]);
  assert.deepEqual(left(12_000), [["edith", 2]]);
  attendance.told(told("ada"), 30_000);
  assert.deepEqual(left(30_000), [["ada", 2]]);
});
