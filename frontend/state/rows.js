// What the log shows, from top to bottom: entries with the lines between them.

/** @import { Entry, MessageEntry, Row, State } from "../types.js" */

const TOGETHER_MS = 5 * 60_000; // messages of one person this close share a heading

/**
 * @param {State} state
 * @returns {Row[]}
 */
export function rows({ entries, pending, muted, unreadFrom }) {
  /** @type {Row[]} */
  const rows = [];
  let dayEnds = Number.NEGATIVE_INFINITY;
  let lineDue = unreadFrom !== "";
  for (const entry of [...entries, ...pending]) {
    if (isMuted(entry, muted)) continue;
    if (entry.at >= dayEnds && hasDay(entry)) {
      const day = dayOf(entry.at);
      dayEnds = day.end;
      rows.push({ type: "day", key: `day ${day.start}`, at: day.start });
    }
    if (lineDue && isUnread(entry, unreadFrom)) {
      lineDue = false;
      rows.push({ type: "unread", key: "unread" });
    }
    rows.push({ type: "entry", key: entry.key, entry, grouped: isGrouped(rows.at(-1), entry) });
  }
  return rows;
}

/**
 * @param {Entry} entry
 * @param {Set<string>} muted
 */
function isMuted(entry, muted) {
  if (entry.kind === "problem") return muted.has(entry.signer) || muted.has(entry.carrier);
  return entry.kind === "message" && !entry.mine && muted.has(entry.signer);
}

/**
 * Notes and gaps are dated by this device's clock, which may be far off.
 * @param {Entry} entry
 */
function hasDay({ kind }) {
  return kind === "message" || kind === "problem";
}

/**
 * @param {Entry} entry
 * @param {string} unreadFrom
 */
function isUnread(entry, unreadFrom) {
  return entry.kind === "message" && !entry.mine && entry.id >= unreadFrom;
}

/**
 * @param {Row | undefined} before
 * @param {Entry} entry
 */
function isGrouped(before, entry) {
  if (before?.type !== "entry" || !isPlain(before.entry) || !isPlain(entry)) return false;
  const together = Math.abs(entry.at - before.entry.at) < TOGETHER_MS;
  return together && before.entry.signer === entry.signer && before.entry.alias === entry.alias;
}

/**
 * A message whose heading is a name and nothing else.
 * @param {Entry} entry
 * @returns {entry is MessageEntry}
 */
function isPlain(entry) {
  return entry.kind === "message" && !entry.action && !entry.late && !entry.borrowedFrom;
}

/**
 * The local day that `at` is in.
 * @param {number} at
 */
function dayOf(at) {
  const date = new Date(at);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return { start: new Date(year, month, day).getTime(), end: new Date(year, month, day + 1).getTime() };
}
