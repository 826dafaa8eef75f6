// What the page makes of cases that a test in Python has made: JSON on stdin, JSON on stdout. tests/frontend/test_fuzz.py.

import { readFileSync, writeSync } from "node:fs";

import { openMessage } from "../../../frontend/crypto/envelope.js";
import { nameProblem, normalName, parse } from "../../../frontend/crypto/link.js";
import { roomKey } from "../../../frontend/crypto/roomkey.js";

const { link, frames, names } = JSON.parse(readFileSync(0, "utf8"));
const key = await roomKey(parse(link).link);

const opened = [];
for (const frame of frames) {
  const { frame: _, ...found } = await openMessage(key, frame);
  opened.push(found);
}
const rooms = names.map((name) => [normalName(name), nameProblem(name) === ""]);
const answer = JSON.stringify({ opened, rooms });
for (let at = 0; at < answer.length; ) at += writeSync(1, answer.slice(at));
