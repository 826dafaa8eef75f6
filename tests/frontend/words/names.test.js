// How long a person's name may be, and in which words one is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ALIAS_BYTES } from "../../../frontend/crypto/envelope.js";
import { aliasProblem, bytes, ALIAS_BYTES as LONGEST } from "../../../frontend/words/names.js";

const tooLong = (count) => `This name is ${count} characters too long.`;
const ONE = "This name is 1 character too long.";

test("bytes are counted as the server counts", () => {
  assert.deepEqual([bytes(""), bytes("a"), bytes("é"), bytes("👍")], [0, 1, 2, 4]);
});

test("a name may be as long as the envelope has room for", () => {
  assert.equal(LONGEST, ALIAS_BYTES);
  for (const name of [
    "",
    "a".repeat(35),
    "я".repeat(17),
    "ع".repeat(17),
    "茶".repeat(11),
    "ก".repeat(11),
    "e\u0301".repeat(17),
  ])
    assert.equal(aliasProblem(name), "", name);
});

test("a name too long is told in characters, as people see them", () => {
  for (const [name, problem] of [
    ["a".repeat(36), ONE],
    ["я".repeat(18), ONE],
    ["茶".repeat(14), tooLong(3)],
    ["Александр Константинович Иванов", tooLong(13)],
    ["ศิริพรรณ นพรัตน์วัฒนา", tooLong(7)],
    [`${"a".repeat(20)}👨‍👩‍👧‍👦👨‍👩‍👧‍👦`, tooLong(2)],
    ["👩🏽‍❤️‍💋‍👨🏿👩🏽‍❤️‍💋‍👨🏿", ONE],
    ["\u1100".repeat(40), ONE], // Korean initials, which all join into one
  ])
    assert.equal(aliasProblem(name), problem, name);
});

test("what nobody sees takes no room in a name, nor do blanks at its ends", () => {
  for (const name of [` ${"a".repeat(35)}\n`, `\u200e\u202a${"я".repeat(17)}\u202c`, `a${" \t".repeat(40)}b`])
    assert.equal(aliasProblem(name), "", JSON.stringify(name));
  assert.equal(aliasProblem(`${"a".repeat(35)} b`), ONE, "without it, nothing is left behind the blank");
  assert.equal(aliasProblem(`${"a".repeat(34)} bc`), tooLong(2));
});

test("a browser that knows no characters counts code points", () => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  try {
    assert.equal(aliasProblem("👍".repeat(9)), ONE);
    assert.equal(aliasProblem(`${"a".repeat(29)}👩‍🚀`), tooLong(2));
  } finally {
    Intl.Segmenter = Segmenter;
  }
});
