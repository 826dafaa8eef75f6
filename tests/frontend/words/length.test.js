import assert from "node:assert/strict";
import { test } from "node:test";
import { ALIAS_BYTES as SEALED } from "../../../frontend/crypto/envelope.js";
import { ALIAS_BYTES, aliasProblem, bytes, graphemes } from "../../../frontend/words/length.js";
import { cleanAlias } from "../../../frontend/words/text.js";
import { say } from "../support/english.js";

const told = (alias) => Number(/^This name is (\d+) letters? too long\.$/.exec(say(aliasProblem(alias)))?.[1] ?? 0);

test("a name may be as long as the envelope has room for", () => {
  assert.equal(ALIAS_BYTES, SEALED);
});

test("35 Latin letters, 17 Cyrillic or Arabic ones and 11 of Thai or Chinese are a name", () => {
  for (const [letter, most] of [
    ["a", 35],
    ["é", 17],
    ["e\u0301", 17],
    ["я", 17],
    ["ع", 17],
    ["ร", 11],
    ["名", 11],
    ["👍", 8],
    ["👍🏽", 4],
    ["👩‍🚀", 3],
  ]) {
    assert.equal(aliasProblem(letter.repeat(most)), "", letter);
    assert.equal(told(letter.repeat(most + 3)), 3, letter);
  }
});

test("what is too long is told in the letters that people see", () => {
  assert.equal(say(aliasProblem("ศิริพรรณ นพรัตน์วัฒนา")), "This name is 7 letters too long.");
  assert.equal(say(aliasProblem("Александр Константинович Иванов")), "This name is 13 letters too long.");
  assert.equal(say(aliasProblem(`${"a".repeat(34)}👨‍👩‍👧‍👦`)), "This name is 1 letter too long.");
  assert.equal(aliasProblem(`  ${"a".repeat(35)}\n `), "", "what is around it is not counted");
});

test("a browser that knows no characters counts code points", () => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  try {
    assert.equal(told(`${"a".repeat(28)}👩‍🚀`), 1, "the joiner still fits");
  } finally {
    Intl.Segmenter = Segmenter;
  }
});

// Any names: a seeded generator, so that what fails once fails again.
function* names(count) {
  const parts = [..."aé李яع ร่🏽\u0301\u200d\u200b\ufe0f\u1100", "👩‍🚀", "🇩🇪", "3️⃣", "\u0958", "Константин"];
  let seed = 1;
  const next = (below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  while (count--) yield Array.from({ length: 1 + next(16) }, () => parts[next(parts.length)]).join("");
}

test("without so many letters the name fits, and with one of them more it does not", () => {
  for (const name of names(3000)) {
    const [surplus, letters] = [told(name), graphemes(name.normalize("NFC").trim())];
    if (!surplus) continue;
    assert.ok(bytes(letters.slice(0, -surplus).join("")) <= ALIAS_BYTES, JSON.stringify(name));
    assert.ok(bytes(letters.slice(0, letters.length + 1 - surplus).join("")) > ALIAS_BYTES, JSON.stringify(name));
  }
});

test("a name that nothing is told of keeps its end", () => {
  let kept = 0;
  for (const name of names(3000)) {
    if (aliasProblem(`${name}z`)) continue;
    assert.ok(cleanAlias(`${name}z`).endsWith("z"), JSON.stringify(name));
    kept++;
  }
  assert.ok(kept > 500);
});
