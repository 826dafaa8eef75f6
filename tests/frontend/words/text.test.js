import assert from "node:assert/strict";
import { test } from "node:test";
import { ALIAS_BYTES, bytes } from "../../../frontend/words/length.js";
import { clean, cleanAlias, isOnlyEmoji, shownAlias, shownText } from "../../../frontend/words/text.js";
import "../support/english.js";

// --- emoji ---

test("one to six emoji and nothing else are only emoji", () => {
  for (const text of [
    "🎉",
    " 🎉 ",
    "🎉 🎉",
    "👩‍🚀",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🏳️‍🌈",
    "🇩🇪🇫🇷",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "❤️",
    "❤️‍🔥",
    "3️⃣",
    "☺️",
    "🤷‍♂️",
    "👩🏽‍❤️‍💋‍👨🏿",
    "🎉".repeat(6),
    "\u2764", // as some keyboards write it
    "\u2665\u263A",
    "\u{1F5A4}",
  ])
    assert.ok(isOnlyEmoji(text), text);
  for (const text of [
    "",
    " ",
    "a",
    "🎉a",
    "1",
    "#",
    "12",
    "©",
    "™",
    "🎉".repeat(7),
    "🇩",
    "\u200D",
    "\uFE0F",
    "🏻",
    "🎉!",
    "\u2764\uFE0E", // wanted as a letter is
    "\u2194",
    "\u24C2",
    "\u203C",
    "\u2691", // no emoji at all
  ])
    assert.ok(!isOnlyEmoji(text), text);
});

test("all emoji that are one character are found, but for bare skin colours", { skip: !supportsV() }, () => {
  const known = /^\p{RGI_Emoji}$/v;
  for (let point = 0; point < 0x1fbff; point++) {
    const character = String.fromCodePoint(point);
    if (/\p{Emoji_Modifier}/u.test(character)) continue;
    if (known.test(character)) assert.ok(isOnlyEmoji(character), point.toString(16));
    if (known.test(`${character}\uFE0F`)) assert.ok(isOnlyEmoji(`${character}\uFE0F`), point.toString(16));
  }
});

function supportsV() {
  try {
    return Boolean(/x/v);
  } catch {
    return false;
  }
}

// --- text ---

test("text loses control characters, halves of characters and what is around it", () => {
  assert.equal(clean("\n \n  a\r\nb\rc\td\n\n "), "  a\nb\nc\td");
  assert.equal(clean("a\0\x07\x1b[31m\x7f\x84b"), "a[31mb");
  assert.equal(clean("a\ud83db\ude00c"), "a\ufffdb\ufffdc");
  assert.equal(clean(" \n\0\t "), "");
  assert.equal(clean("👨‍👩‍👧 می‌خواهم שלום"), "👨‍👩‍👧 می‌خواهم שלום");
});

test("whatever breaks a line becomes a line's end", () => {
  for (const end of ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
    assert.equal(clean(`Monday 9:00${end}Room 5`), "Monday 9:00\nRoom 5", JSON.stringify(end));
});

test("indentation stays, and only blank lines around a text go", () => {
  const code = "    def f():\n\n        return 1";
  assert.equal(clean(code), code);
  assert.equal(clean(` \t\n\n${code}\n \n`), code);
  assert.equal(clean(`\u200b\n \ufeff\n${code}\n\u2800\n\u200d`), code);
  assert.equal(clean("❤\uFE0F"), "❤\uFE0F");
});

test("of a text in which there is nothing to be seen nothing is left", () => {
  for (const text of ["\u200D", "\uFE0F", "\u200B \uFEFF", "\u2800", "\u3164\n\u00AD", "\u{E0041}", "\u061C", "\u2003"])
    assert.equal(clean(text), "", JSON.stringify(text));
  for (const text of ["\u2764\uFE0F", "\u0301", "می‌خواهم", "."]) assert.equal(clean(text), text);
});

test("shown text cannot turn letters round or paint over its neighbours", () => {
  assert.equal(shownText("a\u202Eb\u202Dc\0"), "abc");
  assert.equal(bytes(shownText(`a${"\u0301".repeat(3000)}b`)), 1 + 8 * 2 + 1);
  for (const text of ["👨‍👩‍👧", "שָׁלוֹם", "ด็็้", "ấ", "می‌خواهم", "\u2067שלום\u2069", "  a\n  b".trim()])
    assert.equal(shownText(text), text);
});

test("bytes are counted as the server counts", () => {
  assert.deepEqual([bytes(""), bytes("a"), bytes("é"), bytes("👍")], [0, 1, 2, 4]);
});

// --- names ---

test("a good name stays as it is", () => {
  for (const name of [
    "Ada",
    "Amber Otter",
    "Zoë",
    "李小龍",
    "علی",
    "Nguyễn Thị",
    "O'Neil-Smith",
    "👩‍🚀 Zoe",
    "🏳️‍🌈",
    "3️⃣",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "❤‍🔥",
  ])
    assert.equal(cleanAlias(name), name.normalize("NFC"), name);
});

test("a name that was put together from parts is the same as one that was not", () => {
  assert.equal(cleanAlias("Zoe\u0308"), "Zo\u00eb");
});

test("a name is one line of visible characters", () => {
  assert.equal(cleanAlias("  a\n\tb \u00a0\u3000\u2028 c\u2800 "), "a b c");
  assert.equal(cleanAlias("a\u202Eb\u2066c\u200Ed\u061Ce"), "abcde");
  assert.equal(cleanAlias("a\u200Bb\u200Cc\u200Dd\uFEFFe\u00ADf\u2060g\u034Fh\u3164i\u{E0041}j\0k"), "abcdefghijk");
  assert.equal(cleanAlias("a\ud83db"), "a\ufffdb");
  assert.equal(cleanAlias("🚀\u200D"), "🚀");
});

test("of a name of nothing visible nothing is left", () => {
  for (const name of ["", " ", "\u200B\u200D", "\n", "\u2800\u3164", "\u0301\u0302"])
    assert.equal(cleanAlias(name), "", JSON.stringify(name));
});

test("marks do not pile up on a name, nor stand on what is before it", () => {
  assert.equal(cleanAlias(`x${"\u0323".repeat(90)}y`), `x${"\u0323".repeat(3)}y`);
  assert.equal(cleanAlias("\u0301abc \u0301 \u0301d \u0301"), "abc d");
  assert.equal(cleanAlias("x\u0323\u200B\u0323\u034F\u0323\u200D\u0323"), `x${"\u0323".repeat(3)}`);
});

test("a name is cut between characters, as people see them", () => {
  assert.equal(cleanAlias("a".repeat(99)), "a".repeat(35));
  assert.equal(cleanAlias("é".repeat(30)), "é".repeat(17));
  assert.equal(cleanAlias(`${"a".repeat(20)}👨‍👩‍👧‍👦`), "a".repeat(20));
  assert.equal(cleanAlias("👩🏽‍❤️‍💋‍👨🏿"), "👩🏽‍❤️‍💋‍👨🏿");
  assert.equal(cleanAlias(`${"a".repeat(34)} b`), "a".repeat(34));
  assert.equal(cleanAlias("👍".repeat(9)), "👍".repeat(8));
});

test("a single character that is too long is cut between code points", () => {
  const cut = cleanAlias(`${"\u1100".repeat(40)}`); // Korean initials, which all join into one
  assert.equal(cut, "\u1100".repeat(11));
});

test("a browser that knows no characters cuts between code points", () => {
  const { Segmenter } = Intl;
  Intl.Segmenter = undefined;
  try {
    assert.equal(cleanAlias("👍".repeat(9)), "👍".repeat(8));
    assert.equal(cleanAlias(`${"a".repeat(28)}👩‍🚀`), `${"a".repeat(28)}👩`);
  } finally {
    Intl.Segmenter = Segmenter;
  }
});

test("cleaning a clean name changes nothing, and it always fits", () => {
  const parts = ["a", " ", "é", "\u0301", "👩‍🚀", "\u200D", "\u202E", "🇩🇪", "3️⃣", "\u1100", "\n", "\ufe0f", "李", "🏽"];
  for (let seed = 1; seed <= 1000; seed++) {
    const name = Array.from(
      { length: 14 },
      (_, at) => parts[(seed * 7919 * (at + 1) + seed * seed * at) % parts.length],
    ).join("");
    const cleaned = cleanAlias(name);
    assert.equal(cleanAlias(cleaned), cleaned, JSON.stringify(name));
    assert.ok(bytes(cleaned) <= ALIAS_BYTES);
  }
});

test("somebody without a visible name is shown as that", () => {
  assert.equal(shownAlias("\u202E\u200B"), "(no name)");
  assert.equal(shownAlias("\u202EAda\n"), "Ada");
});
