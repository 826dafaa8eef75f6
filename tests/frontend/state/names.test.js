import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LOOK_ALIKES } from "../../../frontend/state/lookalikes.js";
import { borrowedFrom, fold, learn, since } from "../../../frontend/state/names.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors.json", import.meta.url), "utf8"));

for (const { folded, names } of vectors.alike)
  test(`names that look the same are the same: ${names[0]}`, () => {
    for (const name of names) assert.equal(fold(name), folded, name);
  });

test("whatever is taken for a letter or a digit is that letter or digit, and so are its capital and its small letter", () => {
  for (const [letter, ...others] of LOOK_ALIKES.split("\n"))
    for (const other of others) {
      assert.equal(fold(other), fold(letter), other);
      assert.equal(fold(fold(other)), fold(other), other);
    }
  for (const pair of ["Ꭺꭺ", "Ꮯꮯ", "Зз", "Бб", "Աա", "Оо"]) assert.equal(fold(pair[0]), fold(pair[1]), pair);
});

test("what looks like the page's own words behind a name does not make it another name", () => {
  for (const alias of ["Troll nmd-xcg", "Troll [nmd-xcg]", "Troll (you)", "troll you"]) {
    assert.equal(fold(alias), fold("Troll"), alias);
  }
  for (const alias of ["Mary-Ann", "Ann van-damme"]) assert.notEqual(fold(alias), fold(alias.split(/[ -]/)[0]));
  assert.notEqual(fold("nmd-xcg"), "");
});

test("names that look different are different", () => {
  const names = [
    "Alice",
    "Alina",
    "Bob",
    "Bobby",
    "Emma",
    "Erna",
    "Ada",
    "Ида",
    "李",
    "王",
    "🦊",
    "🐻",
    "!",
    "?",
    "علی",
    "",
    "نور",
  ];
  assert.equal(new Set(names.map(fold)).size, names.length);
});

test("a name is learnt once, from the first who uses it, and no nameless one is", () => {
  const names = learn(new Map(), "Alice", "a");
  assert.equal(learn(names, "ALICE", "b"), names);
  assert.equal(learn(names, "", "b"), names);
  assert.equal(borrowedFrom(names, "alice", "b"), "a");
  assert.equal(borrowedFrom(names, "alice", "a"), "");
  assert.equal(borrowedFrom(names, "Bob", "b"), "");
});

test("a name belongs to who used it in the smallest message id, in whatever order one hears of it", () => {
  const uses = [
    ["real", "1700000000001-z"],
    ["false", "1700000000002-a"],
    ["later", "1700000000003-a"],
  ];
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    const names = order.reduce((known, at) => learn(known, "Alice", ...uses[at]), new Map());
    assert.equal(borrowedFrom(names, "ALICE", "false"), "real");
    assert.equal(borrowedFrom(names, "alice", "real"), "");
  }
});

test("who is here without a word has a name since the newest message that is known", () => {
  const [before, after] = ["1700000000001-a", "1700000000002-a"];
  const here = since({ entries: [{ id: before }] });
  assert.ok(before < here && here < after);
  assert.ok(since({ entries: [] }) < before);
  const names = learn(new Map(), "Alice", "here", here);
  assert.equal(borrowedFrom(learn(names, "Alice", "speaker", after), "Alice", "speaker"), "here");
  assert.equal(borrowedFrom(learn(names, "Alice", "speaker", before), "Alice", "here"), "speaker");
});

test("of too many names the earliest stay, whenever they are learnt", () => {
  let names = new Map();
  for (let n = 0; n < 2000; n++) names = learn(names, `e${n}x`, "flood", `2${n}`);
  names = learn(names, "Alice", "real", "1");
  assert.equal(names.size, 2000);
  assert.equal(borrowedFrom(names, "Alice", "false"), "real");
  assert.equal(learn(names, "one more", "flood", "3"), names);
});
