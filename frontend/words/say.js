// Every sentence that a script shows, in the language of this page: from the catalogue, of which one dictionary is here. What
// is shown for long is kept as its key with its values, so that it follows when the person chooses another language.

import first from "../languages/en-first.js";

/** @typedef {keyof typeof import("../languages/en.js").default} FirstKey of a first view */
/** @typedef {FirstKey | keyof typeof import("../languages/en-later.js").default} Key */
/** @typedef {{[name: string]: string | number | Node | Sentence}} Values a `count` chooses among plural forms */
/** @typedef {{key: Key, values?: Values}} Sentence */
/** @typedef {Key | Sentence | ""} Said what is yet to be said; "" for nothing */
/** @typedef {{[key: string]: string | {[form: string]: string}}} Dictionary */

/** @type {Dictionary} */
let words = first;
let isolated = false;
let numbers = new Intl.NumberFormat("en");
let plurals = new Intl.PluralRules("en");
/** @type {(() => void)[]} */
const followers = [];

/** Of dates and numbers: the language, as it is written where the person is. */
export let locale = "en";

/**
 * Speak this language from now on.
 * @param {Dictionary} dictionary
 * @param {string} tag
 * @param {boolean} [rtl] it runs from right to left: then names within are kept from turning what stands around them
 */
export function speak(dictionary, tag, rtl = false) {
  locale = globalThis.navigator?.languages?.find((each) => each.split("-")[0] === tag) ?? tag;
  [words, isolated] = [dictionary, rtl];
  [numbers, plurals] = [new Intl.NumberFormat(locale), new Intl.PluralRules(locale)];
  for (const follower of followers) follower();
}

/** Whether it knows more than a few words. */
export const speaks = () => words !== first;

/** @param {Dictionary} dictionary more of the same language */
export const add = (dictionary) => {
  words = { ...words, ...dictionary };
};

/** @param {() => void} follower shows anew what it shows, when the person has chosen another language */
export const follow = (follower) => void followers.push(follower);

/**
 * @param {Said} said
 * @param {Values} [values]
 */
export const say = (said, values) => parts(said, values).join("");

/**
 * The same for a sentence with elements in it.
 * @param {Said} said
 * @param {Values} [values]
 * @returns {(Node | string)[]}
 */
export function parts(said, values = {}) {
  if (typeof said !== "string") return parts(said.key, said.values);
  const entry = words[said] ?? said; // an earlier version of the page has kept whole sentences
  const form = typeof entry === "string" ? entry : (entry[plurals.select(Number(values.count))] ?? entry.other);
  return form.split(/\{(\w+)\}/).map((piece, at) => (at % 2 ? shown(values[piece]) : piece));
}

/** @param {Values[string]} value */
function shown(value) {
  if (typeof value === "number") return numbers.format(value);
  if (typeof value === "string") return isolated ? `\u2068${value}\u2069` : value;
  return "key" in value ? say(value) : value;
}

/**
 * Why the server has refused something: by its code, since the server's own words are English.
 * @param {string} code
 */
export function refusal(code) {
  const key = /** @type {Key} */ (`server-${code}`);
  return key in words ? key : "server-other";
}
