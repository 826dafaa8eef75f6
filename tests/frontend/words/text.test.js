import assert from "node:assert/strict";
import { test } from "node:test";
import { ALIAS_BYTES, bytes } from "../../../frontend/words/length.js";
import { clean, cleanAlias, isOnlyEmoji, pieces, shownAlias, shownText } from "../../../frontend/words/text.js";

const links = (text) => pieces(text).flatMap(({ text, url }) => (url ? [text] : []));
const urls = (text) => pieces(text).flatMap(({ url }) => url ?? []);
const joined = (text) =>
  pieces(text)
    .map(({ text }) => text)
    .join("");

// --- links ---

test("text without links is one piece, and no text is none", () => {
  assert.deepEqual(pieces("Hello, example.com and ftp://example.com"), [
    { text: "Hello, example.com and ftp://example.com" },
  ]);
  assert.deepEqual(pieces(""), []);
});

test("web addresses become links and the text around them stays", () => {
  assert.deepEqual(pieces("see https://a.example/x?y=1#z and http://b.example now"), [
    { text: "see " },
    { text: "https://a.example/x?y=1#z", url: "https://a.example/x?y=1#z" },
    { text: " and " },
    { text: "http://b.example", url: "http://b.example/" },
    { text: " now" },
  ]);
});

test("a scheme may be written in capitals, a port and an address in brackets may be named", () => {
  for (const link of [
    "HTTPS://A.Example/X",
    "http://localhost:3001/",
    "https://a.example:443/x",
    "http://[::1]:8080/x",
    "http://127.0.0.1/x",
  ])
    assert.deepEqual(links(`(${link})`), [link]);
  assert.deepEqual(urls("HTTPS://A.Example/X"), ["https://a.example/X"]);
});

test("other letters are welcome behind the host", () => {
  const link = "https://de.example.org/wiki/Zürich?q=日本#é";
  assert.deepEqual(links(link), [link]);
});

test("nothing but http and https becomes a link", () => {
  for (const text of [
    "javascript:alert(1)",
    "JaVaScRiPt://example.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "vbscript:x",
    "blob:x",
    "//example.com",
    "https:example.com",
    "https:/example.com",
    "https://",
    "http:// example.com",
  ]) {
    assert.deepEqual(urls(text), [], text);
    assert.equal(joined(text), text);
  }
  assert.deepEqual(urls("javascript:https://a.example"), ["https://a.example/"]);
});

test("punctuation behind an address belongs to the sentence", () => {
  for (const tail of [
    ".",
    ",",
    ";",
    ":",
    "!",
    "?",
    "...",
    "'",
    '"',
    "”",
    "»",
    ")",
    "]",
    "}",
    ").",
    ")”,",
    "…",
    "。",
    "）。",
  ])
    assert.deepEqual(
      pieces(`https://a.example/x${tail}`),
      [{ text: "https://a.example/x", url: "https://a.example/x" }, { text: tail }],
      tail,
    );
});

test("brackets that were opened in the address stay with it", () => {
  assert.deepEqual(links("(https://a.example/tea_(drink))"), ["https://a.example/tea_(drink)"]);
  assert.deepEqual(links("https://a.example/[x]{y}."), ["https://a.example/[x]{y}"]);
  assert.deepEqual(links("https://a.example/(x))))"), ["https://a.example/(x)"]);
});

test("signs that enclose an address end it", () => {
  assert.deepEqual(links("<https://a.example/x>"), ["https://a.example/x"]);
  assert.deepEqual(links('<a href="https://a.example/x">https://b.example</a>'), [
    "https://a.example/x",
    "https://b.example",
  ]);
});

test("an address that leads elsewhere than it looks is no link", () => {
  for (const text of [
    "https://bank.example@evil.example/",
    "https://user:secret@evil.example/",
    "https://bank.example\\@evil.example/",
    "https:///evil.example",
    "https://bank.example%2eevil.example/",
    "https://b\u0430nk.example/", // a Cyrillic a
    "https://bank.example\uFF0Fx.evil.example/", // a wide slash
    "https://ｂank.example/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "https://a.example:99999/",
    "https://a..example:x/",
  ]) {
    assert.deepEqual(urls(text), [], text);
    assert.equal(joined(text), text);
  }
});

test("an address with something invisible in it is no link", () => {
  for (const hidden of [
    "\u202E",
    "\u2066",
    "\u200F",
    "\u061C",
    "\u200B",
    "\u200D",
    "\u00AD",
    "\u2060",
    "\uFE0F",
    "\u{E0041}",
    "\u3164",
  ])
    assert.deepEqual(urls(`https://a.example/${hidden}gpj.exe`), [], hidden.codePointAt(0).toString(16));
});

test("put together the pieces are the text, whatever it is", () => {
  const parts = [
    "https://a.example",
    "http://",
    "@",
    "(",
    ")",
    " ",
    ".",
    "\n",
    "é",
    "👩‍🚀",
    "\u202E",
    "<",
    "x",
    "://",
    "https://[",
    "%",
  ];
  for (let seed = 1; seed <= 500; seed++) {
    const text = Array.from(
      { length: 9 },
      (_, at) => parts[((seed * (at + 3) * 7919 + seed ** at) % parts.length) | 0],
    ).join("");
    assert.equal(joined(text), text);
    for (const { text: shown, url } of pieces(text)) if (url) assert.equal(new URL(shown).href, url);
  }
});

test("a text of nothing but half links comes through whole", () => {
  for (const part of [
    "http://a.b ",
    "https://a.example/((((",
    "))))))))",
    "https://",
    "https://a@",
    "https://a.example/)",
  ]) {
    const text = `https://a.example/${part.repeat(6000 / part.length)}`;
    assert.equal(joined(text), text);
  }
});

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
  assert.equal(clean("  a\r\nb\rc\td\n\n "), "a\nb\nc\td");
  assert.equal(clean("a\0\x07\x1b[31m\x7f\x85b"), "a[31mb");
  assert.equal(clean("a\ud83db\ude00c"), "a\ufffdb\ufffdc");
  assert.equal(clean(" \n\0\t "), "");
  assert.equal(clean("👨‍👩‍👧 می‌خواهم שלום"), "👨‍👩‍👧 می‌خواهم שלום");
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
