// One row of the log: which kind of element it is, what stands in it, and how it sounds.

import { dayOf } from "./clock.js";
import { make } from "./dom.js";
import * as message from "./message.js";
import * as problem from "./problem.js";

/** @import { Row } from "../types.js" */

const UNREAD = "New messages";
const GAP = "You were away for longer than messages are kept: some may be missing here.";

/** @param {Row} row */
export const kindOf = (row) => (row.type === "entry" ? row.entry.kind : row.type);

/**
 * An item that says what the row says.
 * @param {Row} row
 */
export function create(row) {
  const kind = kindOf(row);
  const item = kind === "message" ? message.create() : make("li", { className: kind });
  item.dataset.kind = kind;
  fill(item, row);
  return item;
}

/**
 * Whether `fill` would change nothing. A day's name changes as time goes by.
 * @param {Row} before
 * @param {Row} after
 */
export function same(before, after) {
  if (before.type !== "entry" || after.type !== "entry") return before.type === after.type && before.type !== "day";
  return before.entry === after.entry && before.grouped === after.grouped;
}

/**
 * @param {HTMLElement} item
 * @param {Row} row
 */
export function fill(item, row) {
  if (row.type === "unread") item.replaceChildren(make("span", { textContent: UNREAD }));
  else if (row.type === "day") item.replaceChildren(make("span", { textContent: dayOf(row.at) }));
  else if (row.entry.kind === "message") message.fill(item, row.entry, row.grouped);
  else if (row.entry.kind === "problem") problem.fill(item, row.entry);
  else item.replaceChildren(make("p", { dir: "auto", textContent: row.entry.kind === "gap" ? GAP : row.entry.text }));
}

/**
 * The row as one would read it out.
 * @param {Row} row
 */
export function spoken(row) {
  if (row.type === "unread") return UNREAD;
  if (row.type === "day") return dayOf(row.at);
  if (row.entry.kind === "message") return message.spoken(row.entry);
  if (row.entry.kind === "problem") return problem.spoken(row.entry);
  return row.entry.kind === "gap" ? GAP : row.entry.text;
}
