// What people write, made fit to send and safe to show.

import { ALIAS_BYTES, bytes, fitting, graphemes } from "./length.js";
import { say } from "./say.js";

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
// Some keyboards write a heart as the character alone. Of arrows, letters and ©, that is no picture.
const BARE = String.raw`(?=[\u2600-\u27BF\u{1F000}-\u{1FAFF}])(?=\p{Emoji})${PICTURE}(?!\uFE0E)`;
const ONLY_EMOJI = new RegExp(String.raw`^(?:(?:${EMOJI}|${BARE})\s*){1,${BIG_EMOJI}}$`, "u");

const LINE_ENDS = /\r\n|[\v\f\r\x85\u2028\u2029]/g;
const CONTROLS = /[^\P{Cc}\n\t]/gu;
const SURROGATES = /\p{Cs}/gu; // halves of characters: the u flag leaves whole ones alone
const OVERRIDES = /[\u202D\u202E]/g; // turn letters round; no language needs them
const BLANKS = /[\p{Z}\t-\r\u0085\u2800]+/gu;
const INVISIBLE = String.raw`[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const INVISIBLE_BUT_EMOJI = new RegExp(`(${EMOJI})|${INVISIBLE}`, "gu");
const UNSEEN = new RegExp(String.raw`^(?:[\s\u2800]|${INVISIBLE})*`, "u");
const ORPHANED_MARKS = /(^| )\p{M}+/gu;

/**
 * Text as it is worth sending: "" if there is nothing to be seen. The first line keeps its indentation.
 * @param {string} text
 */
export function clean(text) {
  const lines = text.replace(LINE_ENDS, "\n").replace(CONTROLS, "").replace(SURROGATES, "\uFFFD").split("\n");
  return lines
    .slice(lines.findIndex(fromFirstSeen), lines.findLastIndex(fromFirstSeen) + 1)
    .join("\n")
    .trimEnd();
}

/**
 * From the first character on that is seen.
 * @param {string} text
 */
export const fromFirstSeen = (text) => text.replace(UNSEEN, "");

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
  return cleanAlias(alias) || say("no-name");
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
  return fitting(graphemes(text), most).join("") || fitting([...text], most).join("");
}
