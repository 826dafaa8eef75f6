// What people write, made fit to send and safe to show.

import { ALIAS_BYTES, bytes, fitting, graphemes } from "./length.js";

/** @typedef {{ text: string, url?: string }} Piece a run of text, or a link (http or https only) */

const NO_NAME = "(no name)";
const ALIAS_MARKS = 3; // accents on one letter: no language needs more in a name
const TEXT_MARKS = 8; // scripture with every sign set comes close
const BIG_EMOJI = 6;

const PICTURE = String.raw`\p{Extended_Pictographic}`;
const STYLE = String.raw`(?:\uFE0F|\p{Emoji_Modifier})`;
const TAGS = String.raw`(?:[\u{E0020}-\u{E007E}]{1,6}\u{E007F})`; // the rest of a region's flag
// Not \p{RGI_Emoji}: it needs the v flag, which older phones do not have.
const EMOJI = [
  String.raw`\p{Regional_Indicator}{2}`,
  String.raw`[0-9#*]\uFE0F\u20E3`,
  String.raw`(?:${PICTURE}${STYLE}|${PICTURE}(?=\u200D${PICTURE})|(?=\p{Emoji_Presentation})${PICTURE}${TAGS}?)` +
    String.raw`(?:\u200D${PICTURE}${STYLE}?){0,3}`,
].join("|");
const ONLY_EMOJI = new RegExp(String.raw`^(?:(?:${EMOJI})\s*){1,${BIG_EMOJI}}$`, "u");

const CONTROLS = /[^\P{Cc}\n\t]/gu;
const SURROGATES = /\p{Cs}/gu; // halves of characters: the u flag leaves whole ones alone
const OVERRIDES = /[\u202D\u202E]/g; // turn letters round; no language needs them
const BLANKS = /[\p{Z}\t-\r\u0085\u2800]+/gu;
const INVISIBLE = String.raw`[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const INVISIBLE_BUT_EMOJI = new RegExp(`(${EMOJI})|${INVISIBLE}`, "gu");
const ORPHANED_MARKS = /(^| )\p{M}+/gu;

const LINK = /\bhttps?:\/\/[^\s<>"\p{Cc}]+/giu;
const AUTHORITY = /^https?:\/\/([\w.-]+|\[[\da-f:.]+\])(?::\d*)?(?=[/?#]|$)/i;
const HIDDEN = new RegExp(INVISIBLE, "u");
const TAIL = ".,;:!?'’”»›…。，、；：！？"; // ends a sentence or a quotation rather than an address
const BRACKETS = ["()", "[]", "{}", "（）", "「」", "『』", "【】"];

/**
 * Text as it is worth sending: "" if nothing is left.
 * @param {string} text
 */
export function clean(text) {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "").replace(SURROGATES, "\uFFFD").trim();
}

/**
 * A name as it may be used: one line of visible characters, at most 35 bytes. "" if nothing is left.
 * @param {string} alias
 */
export function cleanAlias(alias) {
  return oneLine(cut(oneLine(alias), ALIAS_BYTES));
}

/**
 * Somebody else's name, which their page may not have cleaned.
 * @param {string} alias
 */
export function shownAlias(alias) {
  return cleanAlias(alias) || NO_NAME;
}

/**
 * Somebody else's text, which their page may not have cleaned.
 * @param {string} text
 */
export function shownText(text) {
  return thinned(clean(text).replace(OVERRIDES, ""), TEXT_MARKS);
}

/**
 * Emoji and nothing else, and few enough to be shown large.
 * @param {string} text
 */
export function isOnlyEmoji(text) {
  return ONLY_EMOJI.test(text.trim());
}

/** @param {string} alias */
function oneLine(alias) {
  const visible = alias
    .normalize("NFC")
    .replace(SURROGATES, "\uFFFD")
    .replace(BLANKS, " ")
    .replace(INVISIBLE_BUT_EMOJI, "$1")
    .replace(ORPHANED_MARKS, "$1");
  return thinned(visible.trim(), ALIAS_MARKS);
}

/**
 * At most this many combining marks in a row: a pile of them would cover the lines above and below.
 * @param {string} text
 * @param {number} most
 */
function thinned(text, most) {
  return text.replace(new RegExp(String.raw`(\p{M}{${most}})\p{M}+`, "gu"), "$1");
}

/**
 * The whole characters that fit, as people see characters; if not even the first one does, code points.
 * @param {string} text
 * @param {number} most bytes
 */
function cut(text, most) {
  if (bytes(text) <= most) return text;
  for (const characters of [graphemes(text), [...text]]) {
    const fit = fitting(characters, most);
    if (fit) return characters.slice(0, fit).join("");
  }
  return "";
}

// --- links: they lead to the host that the reader sees ---

/**
 * The text with its links found; put together again the pieces are the text.
 * @param {string} text
 * @returns {Piece[]}
 */
export function pieces(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const { 0: run, index } of text.matchAll(LINK)) {
    const link = withoutTail(run);
    const url = target(link);
    if (!url) continue;
    if (index > end) pieces.push({ text: text.slice(end, index) });
    pieces.push({ text: link, url });
    end = index + link.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/**
 * Punctuation at its end belongs to the sentence; so does a closing bracket that was not opened in the address.
 * @param {string} run
 */
function withoutTail(run) {
  const unopened = new Map(BRACKETS.map(([open, close]) => [close, count(run, close) - count(run, open)]));
  let end = run.length;
  for (; end > 0; end--) {
    const last = run[end - 1];
    const surplus = unopened.get(last) ?? 0;
    if (surplus > 0) unopened.set(last, surplus - 1);
    else if (!TAIL.includes(last)) break;
  }
  return run.slice(0, end);
}

/**
 * @param {string} text
 * @param {string} character
 */
function count(text, character) {
  return text.split(character).length - 1;
}

/**
 * Where a link leads, or "" unless that is the host which the reader sees: no user names before an "@", no letters of
 * other scripts that look Latin, no numbers that are another address, nothing invisible.
 * @param {string} link
 */
function target(link) {
  const host = AUTHORITY.exec(link)?.[1];
  if (!host || HIDDEN.test(link)) return "";
  try {
    const url = new URL(link);
    return url.hostname === host.toLowerCase() ? url.href : "";
  } catch {
    return "";
  }
}
