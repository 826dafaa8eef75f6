// What stands behind the # of a room's address, a secret or a name: docs/encryption.md, "The link".

import { decode, encode } from "./box.js";

/** @import { Link } from "../types.js" */

const SECRET_BYTES = 16; // nobody guesses 128 bits
const NAME_CHARACTERS = 64; // code points of the normal form
const NO_CHARACTER = /[\p{Cc}\p{Cs}\ufffd]/u; // control characters, halves of characters, what is left of damaged ones

/**
 * `problem` is a sentence for the person, `proposal` a name to offer. Neither and no link: there is no fragment.
 *
 * @typedef {{ link?: Link, problem?: string, proposal?: string }} Reading
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
  return { problem: "This link is not whole: its key was cut off or changed. Ask for it again and copy all of it." };
}

/**
 * @param {string} text
 * @returns {Reading}
 */
function nameLink(text) {
  const problem = nameProblem(text);
  if (!problem) return { link: { kind: "name", name: normalName(text) } };
  return { problem: `This link leads to no room. ${problem}`, proposal: proposal(text) };
}

/**
 * An old link, or one written by hand: perhaps it is a room's name.
 *
 * @param {string} text
 * @returns {Reading}
 */
function unreadable(text) {
  const problem = "This link leads to no room: it has neither a key nor a name.";
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

/** @typedef {[look: RegExp, one: string][]} Signs what looks the same, or is the same key on another phone */

/** What NFKD would take apart, or leave in its way. @type {Signs} */
const WHOLE = [
  [/[\p{White_Space}\u2800\u3164\uffa0]/gu, " "],
  [/[\u00b4\u0384\u1fbd\u1ffd]/g, "'"],
  [/\u02dd/g, '"'],
  [/\p{Default_Ignorable_Code_Point}/gu, ""],
];
/** @type {Signs} */
const APART = [
  [
    /[`\u02b9\u02bb-\u02bf\u02c8\u055a\u05f3\u07f4\u07f5\u2018-\u201b\u2032\u2035\u2039\u203a\u275b\u275c\u275f\ua78c]/g,
    "'",
  ],
  [/''|(?!')[\p{Quotation_Mark}\u02ba\u02ee\u05f4\u275d\u275e\u2760\u{1f676}-\u{1f678}]/gu, '"'],
  [/[\u2053\u223c\u301c\u3030]/g, "~"],
  [/[\p{Dash}\u02d7\u2043]+/gu, "-"],
  [/[\u2022\u2027\u2219\u22c5\u2e31\u2e33\u30fb\ua78f]/g, "\u00b7"],
  [/[\u2044\u2215]/g, "/"],
  [/\u3001/g, ","],
  [/\u3002/g, "."],
  [/\u22ef/g, ".."],
  [/\.\.+/g, "..."],
  [/ +/g, " "],
  [/^ | $/g, ""],
  [/" ?([^"]*?) ?"/g, '"$1"'], // as « French » is written
];

/**
 * One spelling for what looks and sounds the same: docs/encryption.md, "The name of a room", has the rule.
 *
 * @param {string} text
 * @returns {string}
 */
export function normalName(text) {
  const letters = replaced(text, WHOLE).normalize("NFKD").toLowerCase().toUpperCase().toLowerCase();
  const plain = letters.replace(/i[\u0300-\u036f]+/g, (dotted) => dotted.replaceAll("\u0307", ""));
  const name = replaced(plain, APART).normalize("NFKC").replaceAll("ς", "σ");
  return name.replace(/([\p{L}\p{M}])σ(?!\p{L})/gu, "$1ς");
}

/**
 * @param {string} text
 * @param {Signs} signs
 */
const replaced = (text, signs) => signs.reduce((name, [look, one]) => name.replace(look, one), text);

/**
 * Why this cannot be a room's name, in a sentence; "" if it can.
 *
 * @param {string} text
 * @returns {string}
 */
export function nameProblem(text) {
  const name = normalName(text);
  if (!name) return "A room’s name needs at least one character.";
  if ([...name].length > NAME_CHARACTERS) return `A room’s name has at most ${NAME_CHARACTERS} characters.`;
  if (NO_CHARACTER.test(name)) return "This name holds something that is no letter, digit or sign.";
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
