// Who was first to use a name. Names are free, so one that looks like another's is told, not forbidden.

import { LOOK_ALIKES } from "./lookalikes.js";

/** @import { Entry, Names, State } from "./types.js" */

const MOST_NAMES = 2000; // a flood of invented names must not fill the memory; those learnt first stay protected
const HIDDEN = /[\p{M}\p{P}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

const CONFUSABLE = new Map(
  LOOK_ALIKES.split("\n").flatMap(([those, ...these]) => these.map((character) => [character, those])),
);

/** @param {string} text */
const alike = (text) => Array.from(text, (character) => CONFUSABLE.get(character) ?? character).join("");

// What somebody puts behind another's name to look like the page's own words: a handle, "(you)".
const SUFFIX = /[\s([]+(?:[0-9a-z]{3}-[0-9a-z]{3}|you)[\s)\]]*$/i;

/**
 * The same for names that look the same.
 * @param {string} alias
 */
export function fold(alias) {
  const plain = alias.replace(SUFFIX, "").normalize("NFKD").replace(HIDDEN, "");
  const capitals = alike(alike(plain).toUpperCase()); // so that ß is ss
  return alike(capitals.toLowerCase()).replaceAll("rn", "m").replaceAll("vv", "w") || alias;
}

/** @type {Map<string, string>} alias → the same, folded: every row of a room is looked at again when a name is learnt */
const foldings = new Map();

/** @param {string} alias */
function folded(alias) {
  const known = foldings.get(alias);
  if (known !== undefined) return known;
  if (foldings.size >= MOST_NAMES) foldings.clear();
  const name = fold(alias);
  foldings.set(alias, name);
  return name;
}

/**
 * The names with this use of one: its owner is who used it in the message with the smallest id, in whatever order one
 * hears of messages. Of too many names, those with the smallest ids stay.
 * @param {Names} names
 * @param {string} alias
 * @param {string} signer
 * @param {string} [id] of the message; "" for what is older than all of them
 * @returns {Names}
 */
export function learn(names, alias, signer, id = "") {
  const name = folded(alias);
  const owner = names.get(name);
  if (!name || (owner && owner.id <= id)) return names;
  const learnt = new Map(names).set(name, { signer, id });
  if (learnt.size <= MOST_NAMES) return learnt;
  const [latest] = [...learnt].reduce((one, other) => (other[1].id >= one[1].id ? other : one));
  learnt.delete(latest);
  return latest === name ? names : learnt;
}

/**
 * When a name is used that no message brings: behind all that were known then, and before those that come.
 * @param {Pick<State, "entries">} state
 */
export const since = ({ entries }) => `${entries.at(-1)?.id ?? "0"}~`;

/**
 * The signer who was first to use this name, where that is somebody else; "" otherwise.
 * @param {Names} names
 * @param {string} alias
 * @param {string} signer
 */
export function borrowedFrom(names, alias, signer) {
  const first = names.get(folded(alias))?.signer ?? signer;
  return first === signer ? "" : first;
}

/**
 * Entries with the marks that follow from these names. What stays the same stays the same object.
 * @template {Entry} Kind
 * @param {Kind[]} entries
 * @param {Names} names
 * @param {string} me
 * @returns {Kind[]}
 */
export function marked(entries, names, me) {
  const after = entries.map((entry) => {
    if (entry.kind !== "message") return entry;
    const first = borrowedFrom(names, entry.alias, entry.signer);
    return first === entry.borrowedFrom ? entry : { ...entry, borrowedFrom: first, namesake: first === me };
  });
  return after.some((entry, at) => entry !== entries[at]) ? after : entries;
}
