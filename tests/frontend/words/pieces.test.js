import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../../frontend/words/pieces.js";

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

test("what nobody sees ends an address, and in a host there is no link at all", () => {
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
    for (const [text, found] of [
      [`https://a.example/x${hidden}gpj.exe`, "https://a.example/x"],
      [`https://a.example/x${hidden}`, "https://a.example/x"],
      [`${hidden}https://a.example${hidden}`, "https://a.example"],
      [`https://a.exa${hidden}mple/x`, undefined],
      [`https://a.example${hidden}.evil.example`, undefined],
    ])
      assert.deepEqual(links(text), [found].filter(Boolean), JSON.stringify(text));
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
    "`",
    "```\n",
    "www.a.b",
  ];
  for (let seed = 1; seed <= 500; seed++) {
    const text = Array.from(
      { length: 9 },
      (_, at) => parts[((seed * (at + 3) * 7919 + seed ** at) % parts.length) | 0],
    ).join("");
    assert.equal(joined(text), text);
    for (const { text: shown, url } of pieces(text))
      if (url) assert.equal(new URL(shown.startsWith("www.") ? `https://${shown}` : shown).href, url);
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

test("an address ends where the sentence of any script goes on", () => {
  for (const [text, ...found] of [
    ["看https://a.example，然后告诉我", "https://a.example"],
    ["见 https://a.example/x，然后告诉我", "https://a.example/x"],
    ["看https://a.example然后告诉我", "https://a.example"],
    ["https://a.example에서 만나요", "https://a.example"],
    ["「https://a.example/x」を見て", "https://a.example/x"],
    ["https://a.example/x？本当", "https://a.example/x"],
    ["https://a.example/x～ok", "https://a.example/x"],
    ["“https://a.example/x”然后", "https://a.example/x"],
    ["„https://a.example/x“, sagte sie", "https://a.example/x"],
    ["« https://a.example/x »", "https://a.example/x"],
    ["https://a.example/x、https://b.example/y。", "https://a.example/x", "https://b.example/y"],
    ["https://a.example/x، ثم https://b.example؟", "https://a.example/x", "https://b.example"],
    ["https://a.example/x।", "https://a.example/x"],
    ["https://a.example/x።", "https://a.example/x"],
    ["https://a.example’da buluşalım", "https://a.example"],
    ["https://a.example'da", "https://a.example"],
    ["https://a.example/x—dann", "https://a.example/x"],
    ["https://a.example/x – dann", "https://a.example/x"],
    ["https://a.example/x😀b", "https://a.example/x"],
    ["https://a.example...", "https://a.example"],
    ["看https://a.example。OK", "https://a.example"],
    ["他说‘https://a.example/x’然后", "https://a.example/x"],
    ["https://a.example/x→ y", "https://a.example/x"],
    [
      "https://a.example/x,https://b.example;HTTPS://c.example/",
      "https://a.example/x",
      "https://b.example",
      "HTTPS://c.example/",
    ],
  ])
    assert.deepEqual(links(text), found, text);
});

test("of all scripts, no sign that ends or encloses and no letter before it changes an address", () => {
  const ends = /(?![\0-\x7F])[\p{P}\p{Z}\p{Cf}\p{S}]/u;
  for (let point = 0x80; point < 0x1fbff; point++) {
    const character = String.fromCodePoint(point);
    if (ends.test(character)) {
      assert.deepEqual(links(`https://a.example/x${character}`), ["https://a.example/x"], point.toString(16));
      assert.deepEqual(links(`${character}https://a.example${character} x`), ["https://a.example"], point.toString(16));
    } else if (/\p{L}/u.test(character) && point % 16 === 0)
      assert.deepEqual(links(`${character}https://a.example${character}`), ["https://a.example"], point.toString(16));
  }
});

test("what stands within words stays in an address", () => {
  for (const link of [
    "https://a.example/wiki/Ohm’s_law",
    "https://a.example/Bose–Einstein_x",
    "https://a.example/ジョン・レノン",
  ])
    assert.deepEqual(links(`${link}.`), [link]);
});

test("Markdown's marks around an address are none of it", () => {
  for (const [text, ...found] of [
    ["**https://a.example/x**", "https://a.example/x"],
    ["_https://a.example/x_ ~~https://b.example~~", "https://a.example/x", "https://b.example"],
    ["[this](https://a.example/x)[that](https://b.example/y)", "https://a.example/x", "https://b.example/y"],
    ["| https://a.example/x|b |", "https://a.example/x"],
  ])
    assert.deepEqual(links(text), found, text);
});

test("www. is an address without its scheme, where it begins one", () => {
  assert.deepEqual(pieces("see www.a.example/x."), [
    { text: "see " },
    { text: "www.a.example/x", url: "https://www.a.example/x" },
    { text: "." },
  ]);
  assert.deepEqual(urls("(WWW.a.example) 看www.b.example吧"), ["https://www.a.example/", "https://www.b.example/"]);
  for (const text of [
    "www.example",
    "www.",
    "www..a.example",
    "me@www.a.example",
    "awww.a.example",
    "ftp://www.a.example",
  ])
    assert.deepEqual(urls(text), [], text);
});

// --- code ---

const code = (text) => pieces(text).flatMap(({ code }) => (code ? [[code.kind, code.inside]] : []));

test("what stands between backticks is code, to the letter", () => {
  assert.deepEqual(code("run `make  dev` or ``a`b``, not `` ` ``"), [
    ["span", "make  dev"],
    ["span", "a`b"],
    ["span", " ` "],
  ]);
  assert.deepEqual(pieces("`https://a.example` **x**"), [
    { text: "`https://a.example`", code: { kind: "span", before: "`", inside: "https://a.example", after: "`" } },
    { text: " **x**" },
  ]);
});

test("what is fenced are lines of code, to the letter", () => {
  const lines = "    def f():\n\n        return `1` // https://a.example";
  const text = `\`\`\`py\n${lines}\n\`\`\`\n`;
  assert.deepEqual(pieces(`Look:\n${text}and go`), [
    { text: "Look:\n" },
    { text, code: { kind: "block", before: "```py\n", inside: lines, after: "\n```\n" } },
    { text: "and go" },
  ]);
  assert.deepEqual(code("````\n```\nx\n```\n````"), [["block", "```\nx\n```"]]);
  assert.deepEqual(code("```\n\nx\n\n```"), [["block", "\nx\n"]]);
  assert.deepEqual(code("```\n```"), [["block", ""]]);
});

test("backticks that are not closed are words", () => {
  for (const text of ["a ` b", "``a`", "```\nx", "`a\nb`", "``", "x ```\ny\n```", "it's 5` o'clock"]) {
    assert.deepEqual(code(text), [], text);
    assert.equal(joined(text), text);
  }
});

test("a text of nothing but backticks and fences takes no time to speak of", () => {
  for (const part of ["`", "` ", "```\n", "```a\n", "``a", "`a``b"]) pieces(part.repeat(8000 / part.length));
});
