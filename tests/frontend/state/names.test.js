import assert from "node:assert/strict";
import { test } from "node:test";
import { borrowedFrom, fold, learn } from "../../../frontend/state/names.js";

test("names that look the same are the same", () => {
  for (const [name, ...others] of [
    [
      "Alice",
      "alice",
      "ALICE",
      "A l i c e",
      "Al\u200Bice",
      "Àlîcé",
      "A.l-i_c'e",
      "AIice",
      "A1ice",
      "A|ice",
      "Аliсе",
      "Αlice",
      "𝐀𝓁𝒾𝒸ℯ",
      "Ａｌｉｃｅ",
      "ᴀʟɪᴄᴇ",
      "\u202EAlice",
      "Alıce",
      "ALİCE",
    ],
    ["Bob", "B0b", "Воb", "bоЬ", "Βob", "Bоb\u0301"],
    ["Nick", "Νick", "NICK", "nıck"],
    ["Hannah", "Ηannah", "Нannah", "HANNAH"],
    ["Emma", "Ernma", "EMMA", "Емма"],
    ["Will", "VVill", "wi11"],
    ["Strauß", "STRAUSS", "strauss", "$trauß"],
    ["Вера", "вера", "ВЕРА"],
    ["Νίκος", "ΝΊΚΟΣ"],
    ["🦊", "🦊\uFE0F", " 🦊 "],
    ["👩‍🚀", "👩🚀"],
  ])
    for (const other of others) assert.equal(fold(other), fold(name), `${other} ${name}`);
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
