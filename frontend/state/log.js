// The log's entries, sorted by id, and how what the server brings and this page's own lines find their places in it.

import { shownAlias, shownText } from "../words/text.js";
import { droppedBefore, print } from "./bound.js";
import { borrowedFrom, learn } from "./names.js";

/** @import { ActionOf, Dropped, Entry, MessageEntry, ProblemEntry, Row, State } from "./types.js" */
/** @import { OpenedMessage, Words } from "../types.js" */
/** @import { Said } from "../words/say.js" */

/** @typedef {OpenedMessage & {verdict: "genuine"}} GenuineMessage */

const BEGINNING = "0".repeat(13); // sorts before every message id
const BEHIND = "~"; // sorts behind every character of a message id
const NUMBER_DIGITS = 6;
const TOGETHER_MS = 5 * 60_000; // messages of one person this close share a heading
const LATE_MS = 10 * 60_000; // more than clocks and retries explain

/**
 * Put one message where it belongs. A copy of what is shown already is no news.
 * @param {State} open changed in place
 * @param {OpenedMessage} message
 * @returns {Entry | null} what is new
 */
export function take(open, message) {
  if (message.verdict !== "genuine") return insert(open.entries, problemEntry(message.verdict, message));
  if (message.carrier !== message.signer) return insert(open.entries, problemEntry("replayed", message));

  const key = keyOf(message.signer, message.frame.client);
  const unsent = open.pending.find((entry) => entry.key === key);
  const shown = unsent ?? messageEntry(open.entries, key);
  const before = shown ?? droppedBefore(open, key, message.frame.id);
  if (before && !sameWords(before, message)) return insert(open.entries, problemEntry("conflict", message));
  if (before && !shown) return null;

  open.names = learn(open.names, message.alias, message.signer, message.frame.id);
  const entry = sentEntry(open, message);
  if (unsent) open.pending = open.pending.filter((other) => other !== unsent);
  else if (shown) return move(open, shown, entry);
  return insert(open.entries, entry);
}

/**
 * All readers settle on the smallest id of the copies, so that they see the same order.
 * @param {State} open changed in place
 * @param {MessageEntry} shown
 * @param {MessageEntry} copy
 */
function move(open, shown, copy) {
  if (copy.id > shown.id) return null;
  if (open.unreadFrom && shown.id >= open.unreadFrom && copy.id < open.unreadFrom) open.unreadFrom = copy.id;
  open.entries.splice(open.entries.indexOf(shown), 1);
  insert(open.entries, copy);
  return null;
}

/**
 * @param {State} state
 * @param {GenuineMessage} message
 * @returns {MessageEntry}
 */
function sentEntry({ me, names }, { frame, signer, alias, text, action, written }) {
  const first = borrowedFrom(names, alias, signer);
  return {
    kind: "message",
    key: keyOf(signer, frame.client),
    id: frame.id,
    client: frame.client,
    signer,
    alias,
    text,
    action,
    written,
    at: frame.at,
    mine: signer === me,
    state: "sent",
    problem: "",
    late: Math.abs(frame.at - written) > LATE_MS,
    borrowedFrom: first,
    namesake: first === me,
    frame,
    sealed: frame.text,
  };
}

/**
 * @param {ProblemEntry["problem"]} problem
 * @param {OpenedMessage} message
 * @returns {ProblemEntry}
 */
function problemEntry(problem, message) {
  const { frame, carrier } = message;
  const nobody = { signer: "", alias: "", text: "", written: 0 };
  const { signer, alias, text, written } = message.verdict === "genuine" ? message : nobody;
  const said = { signer, alias, text, written };
  return {
    kind: "problem",
    key: frame.id,
    id: frame.id,
    at: frame.at,
    problem,
    ...said,
    carrier: carrier ?? "",
    frame,
  };
}

/** @param {Words} words */
export function shownWords({ alias, text }) {
  return { alias: shownAlias(alias), text: shownText(text) };
}

/**
 * @param {MessageEntry | Dropped} entry
 * @param {Words} words
 */
function sameWords(entry, words) {
  if ("print" in entry) return entry.print === print(words);
  const { alias, text, action, written } = words;
  return entry.text === text && entry.alias === alias && entry.action === action && entry.written === written;
}

// --- lines that are no messages ---

/**
 * One gap has one line, however often the connection comes back to it.
 * @param {State} state
 * @param {ActionOf<"gap">} action
 * @returns {State}
 */
export function gap(state, { after, at }) {
  const place = after || BEGINNING;
  const told = state.entries.some(({ kind, id }) => kind === "gap" && id.startsWith(place + BEHIND));
  return told ? state : withLine(state, place, { kind: "gap", at });
}

/**
 * @param {State} state
 * @param {string} place the message id that it follows
 * @param {{kind: "gap", at: number} | {kind: "note", at: number, said: Said}} line
 * @returns {State}
 */
function withLine(state, place, line) {
  const number = String(state.entries.length).padStart(NUMBER_DIGITS, "0"); // grows with every entry
  const id = place + BEHIND + number;
  const entries = [...state.entries];
  insert(entries, { ...line, key: id, id });
  return { ...state, entries };
}

/**
 * A line that only this browser shows.
 * @param {State} state
 * @param {ActionOf<"noted">} action
 * @returns {State}
 */
export function noted(state, { said, at, after = state.entries.at(-1)?.id.split(BEHIND)[0] }) {
  return withLine(state, after || BEGINNING, { kind: "note", said, at });
}

// --- entries ---

/**
 * Where an entry with this id is, or would be.
 * @param {Entry[]} entries
 * @param {string} id
 */
export function placeOf(entries, id) {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (entries[middle].id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * @template {Entry} Kind
 * @param {Entry[]} entries changed in place
 * @param {Kind} entry
 */
function insert(entries, entry) {
  entries.splice(placeOf(entries, entry.id), 0, entry);
  return entry;
}

/**
 * @param {Entry[]} entries
 * @param {string} key
 */
function messageEntry(entries, key) {
  for (const entry of entries) if (entry.key === key && entry.kind === "message") return entry;
  return undefined;
}

/**
 * What is the same of a message's copies, of which it has one before its echo came.
 * @param {string} signer
 * @param {string} client
 */
export function keyOf(signer, client) {
  return `${signer}/${client}`;
}

// --- rows: what the log shows, from top to bottom: entries with the lines between them ---

/**
 * @param {State} state
 * @returns {Row[]}
 */
export function rows({ entries, pending, muted, unreadFrom, cleared }) {
  /** @type {Row[]} */
  const rows = [];
  let dayEnds = Number.NEGATIVE_INFINITY;
  let lineDue = unreadFrom !== "";
  for (const entry of [...entries, ...pending]) {
    if (isMuted(entry, muted) || (entry.id && entry.id <= cleared)) continue;
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
