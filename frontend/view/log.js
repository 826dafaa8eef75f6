// The log: rows on the screen, kept by key. What has not changed is not touched.

import { follow, say } from "../words/say.js";
import { timeOf } from "./clock.js";
import { before, find, make } from "./dom.js";
import { Focus, Scroll } from "./place.js";
import { create, fill, kindOf, same, spoken } from "./rows.js";
import { readNumber, readOut, stopReading } from "./status.js";

/** @import { Entry, Row } from "../state/types.js" */

/**
 * @typedef {object} LogListener
 * @property {(atEnd: boolean) => void} attention the reader is at the end now, or not any more
 * @property {(client: string) => void} retry
 * @property {(client: string) => void} discard
 * @property {(entry: Entry) => void} details
 * @property {() => void} earlier
 */

/** Rows in one chunk of the log: a browser lays out and paints a chunk that is near the screen, and skips the others. */
const CHUNK = 50;

const log = find("log");
const list = find("messages");
const empty = find("empty");
const earlier = find("earlier", HTMLButtonElement);
const newer = find("newer", HTMLButtonElement);

/** @type {Map<string, {row: Row, item: HTMLElement}>} by key, in the order of the screen */
let shown = new Map();
/** @type {WeakMap<Element, Row>} */
const rowOf = new WeakMap();
/** @type {LogListener | null} */
let on = null;
let unseen = 0;
let wasAtEnd = true;

const scroll = new Scroll(log, list, moved);
const focus = new Focus(log, list, { name: nameOf, leave: () => find("text", HTMLTextAreaElement).focus() });

list.onclick = ({ target }) => {
  const button = target instanceof Element ? target.closest("button") : null;
  const item = button?.closest("li");
  const row = item && rowOf.get(item);
  if (button && row?.type === "entry") press(button, row.entry);
};
earlier.onclick = () => on?.earlier();
newer.onmousedown = (event) => event.preventDefault(); // a phone's keyboard stays
newer.onclick = () => {
  if (document.activeElement === newer) log.focus({ preventScroll: true });
  scroll.toEnd();
};

/** @param {LogListener} listener */
export function wire(listener) {
  on = listener;
}

/** Another room. */
export function reset() {
  stopReading();
  render([], { quiet: true, canLoadEarlier: false });
  unread(0);
  scroll.toEnd();
}

/**
 * Bring the screen to these rows.
 * @param {Row[]} rows
 * @param {{quiet: boolean, canLoadEarlier: boolean}} options `quiet`: what is new is history, and not read out
 */
export function render(rows, { quiet, canLoadEarlier }) {
  scroll.look();
  focus.look();
  const added = reconcile(rows);
  earlier.hidden = !canLoadEarlier;
  empty.hidden = rows.length > 0;
  focus.keep();
  scroll.keep();
  tell(added, quiet);
}

export const stay = () => scroll.stay();

export function scrollToEnd() {
  scroll.toEnd();
}

/** @param {number} count messages that nobody has seen */
export function unread(count) {
  unseen = count;
  offer();
}

/**
 * @param {Row[]} rows
 * @returns {Row[]} those that were not there
 */
function reconcile(rows) {
  const previous = shown;
  const added = [];
  shown = new Map();
  for (const row of rows) {
    const old = previous.get(row.key);
    const known = old && kindOf(old.row) === kindOf(row) ? old : null;
    const item = known?.item ?? create(row);
    if (!known) added.push(row);
    else if (!same(known.row, row)) fill(item, row);
    shown.set(row.key, { row, item });
    rowOf.set(item, row);
  }
  for (const [key, { item }] of previous) if (shown.get(key)?.item !== item) item.remove();
  place();
  return added;
}

function place() {
  for (const chunk of list.querySelectorAll("ol:empty")) chunk.remove();
  let last = null;
  for (const { item } of shown.values()) {
    if (!item.isConnected || before(item) !== last) insert(item, last);
    last = item;
  }
}

// In the chunk of the row before it, unless that is full and ends there: no row ever moves to another chunk.
/**
 * @param {HTMLElement} item
 * @param {HTMLElement | null} last
 */
function insert(item, last) {
  const chunk = last?.parentElement;
  if (last && chunk && (last.nextElementSibling || chunk.childElementCount < CHUNK)) return last.after(item);
  const fresh = make("ol", { className: "chunk" }, item);
  if (chunk) chunk.after(fresh);
  else list.prepend(fresh);
}

/**
 * @param {Row[]} rows
 * @param {boolean} quiet
 */
function tell(rows, quiet) {
  const news = rows.filter((row) => row.type === "entry" && !(row.entry.kind === "message" && row.entry.mine));
  if (!quiet) return readOut(news.map(spoken));
  const count = news.filter((row) => kindOf(row) === "message").length;
  const all = [...shown.values()];
  readNumber(
    count,
    all.length === rows.length ? "heard-messages" : all.at(-1)?.row === rows.at(-1) ? "unseen" : "heard-earlier",
  );
}

// What a row is called when the focus comes to it: "Ada: hello, 14:03".
/** @param {HTMLElement} item */
function nameOf(item) {
  const row = rowOf.get(item);
  if (!row) return "";
  return row.type === "entry" ? say("row-at", { row: spoken(row), time: timeOf(row.entry.at) }) : spoken(row);
}

/**
 * @param {HTMLElement} button
 * @param {Entry} entry
 */
function press(button, entry) {
  if (button.matches(".moment, .details")) on?.details(entry);
  if (entry.kind !== "message") return;
  if (button.matches(".retry")) on?.retry(entry.client);
  if (button.matches(".discard")) on?.discard(entry.client);
}

function moved() {
  offer();
  if (scroll.atEnd === wasAtEnd) return;
  wasAtEnd = scroll.atEnd;
  on?.attention(wasAtEnd);
}

// The way back to the end: for who has something new there, or is a screen away.
function offer() {
  newer.hidden = scroll.atEnd || (!unseen && scroll.below() < log.clientHeight);
  if (newer.hidden) return;
  newer.textContent = unseen ? say("unseen", { count: unseen }) : say("newest");
}

follow(() => {
  focus.look();
  for (const { row, item } of shown.values()) fill(item, row);
  focus.keep();
  scroll.keep();
  offer();
});
