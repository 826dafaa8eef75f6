// What stands behind the # of a room's address, a secret or a name: docs/encryption.md, "The link".

import { decode, encode } from "./box.js";

/** @import { Link } from "../types.js" */
/** @import { Said, Sentence } from "../words/say.js" */

const SECRET_BYTES = 16; // nobody guesses 128 bits
const NAME_CHARACTERS = 64; // code points of the normal form
const NO_CHARACTER = /[\p{Cc}\p{Cs}\ufffd]/u; // control characters, halves of characters, what is left of damaged ones

/**
 * `problem` is to be said to the person, `proposal` a name to offer. Neither and no link: there is no fragment.
 *
 * @typedef {{ link?: Link, problem?: Said, proposal?: string }} Reading
 */

/**
 * @param {string} hash - `location.hash`, or a fragment without its #
 * @returns {Reading}
 */
export function parse(hash) {
  const text = hash.replace(/^#/, "");
  const fields = new URLSearchParams(text);
  const [key, name] = [fields.get("key"), fields.get("name")];
  if (key !== null) return keyLink(key);
  if (name !== null) return nameLink(name);
  return text ? unreadable(text) : {};
}

/**
 * The fragment, without its #.
 *
 * @param {Link} link
 * @returns {string}
 */
export function fragment(link) {
  return link.kind === "key" ? `key=${encode(link.secret)}` : `${new URLSearchParams({ name: link.name })}`;
}

/** @returns {Link} */
export function newKeyLink() {
  return { kind: "key", secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)) };
}

/**
 * @param {string} key
 * @returns {Reading}
 */
function keyLink(key) {
  const secret = decode(key);
  if (secret?.length === SECRET_BYTES) return { link: { kind: "key", secret } };
  return { problem: "link-cut" };
}

/**
 * @param {string} text
 * @returns {Reading}
 */
function nameLink(text) {
  const problem = nameProblem(text);
  if (!problem) return { link: { kind: "name", name: normalName(text) } };
  return { problem: { key: "link-no-name", values: { problem } }, proposal: proposal(text) };
}

/**
 * An old link, or one written by hand: perhaps it is a room's name.
 *
 * @param {string} text
 * @returns {Reading}
 */
function unreadable(text) {
  const problem = "link-neither";
  return text.includes("=") ? { problem } : { problem, proposal: proposal(unescaped(text)) };
}

/** @param {string} text */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// --- names that people give to rooms ---

// Signs that look alike, or that phones put in for one another: each becomes the first of its line.
const ALIKE = new Map(
  `'\`´ʹʻʼʽʾʿˈ΄՚׳᾽᾿\u1ffd῾‘’‚‛′‵‹›❛❜ꞌ
"«»ʺ˝ˮ״“”„‟❝❞〝〞〟⹂「」『』
-֊־᠆‐‑‒–—―−᐀⸗⸚⸺⸻⹀⹝
·•‧∙⋅・
~⁓∼〜
/⁄∕
:∶
…⋯
,、
.。
\x20\u2800\u3164\uffa0`
    .split("\n")
    .flatMap(([one, ...others]) => others.map((other) => [other, one])),
);

/** @param {string} text */
const signsAsOne = (text) => Array.from(text, (sign) => ALIKE.get(sign) ?? sign).join("");

/**
 * One spelling for what looks or sounds the same: docs/encryption.md has every step.
 *
 * @param {string} text
 * @returns {string}
 */
export function normalName(text) {
  const visible = signsAsOne(text.normalize("NFC"))
    .normalize("NFKD")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  const spaced = visible.replace(/\p{White_Space}+/gu, " ").trim();
  const folded = spaced
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/ς/g, "σ")
    .replace(/i[\u0300-\u036f]+/g, (marked) => marked.replaceAll("\u0307", ""));
  return signsAsOne(folded.normalize("NFKC"))
    .replace(/''/g, '"')
    .replace(/-{2,}/g, "-")
    .replace(/\.{2,}/g, "...")
    .replace(/" ?([^"]*?) ?"/g, '"$1"');
}

/**
 * As it is written: sigma has a form of its own at the end of a word.
 * @param {string} name in its normal form
 */
export const shownName = (name) => name.replace(/(\p{L})σ(?![\p{L}\p{M}])/gu, "$1ς");

/**
 * Why this cannot be a room's name; "" if it can.
 *
 * @param {string} text
 * @returns {Sentence | ""}
 */
export function nameProblem(text) {
  const name = normalName(text);
  if (!name) return { key: "room-name-empty" };
  if ([...name].length > NAME_CHARACTERS) return { key: "room-name-long", values: { count: NAME_CHARACTERS } };
  if (NO_CHARACTER.test(name)) return { key: "room-name-odd" };
  return "";
}

/**
 * The name that a damaged one was perhaps meant to be; "" if there is none.
 *
 * @param {string} text
 * @returns {string}
 */
function proposal(text) {
  const name = normalName(text.replace(new RegExp(NO_CHARACTER, "gu"), " "));
  return normalName([...name].slice(0, NAME_CHARACTERS).join(""));
}
