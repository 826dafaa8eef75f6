// One's own messages until their echo comes. Only the outbox brings about the changes here; the echo ends them.

import { keyOf, shownWords } from "./log.js";
import { borrowedFrom, learn, since } from "./names.js";

/** @import { ActionOf, MessageEntry, State } from "./types.js" */
/** @import { Words } from "../types.js" */

const STALE_MS = 60 * 60_000; // what was written longer ago goes out only when the person says so

/**
 * The message to be sent now, if any: none overtakes another.
 * @param {Pick<State, "pending">} state
 */
export function next({ pending }) {
  const first = pending.find(({ state }) => state !== "failed");
  return first?.state === "sending" && first.sealed ? first : undefined;
}

/**
 * @param {State} state
 * @param {ActionOf<"written" | "sealed" | "held" | "released" | "failed" | "retried" | "discarded">} action
 * @returns {State}
 */
export function changedUnsent(state, action) {
  switch (action.type) {
    case "written":
      return written(state, action);
    case "sealed":
      return amend(state, action.client, { sealed: action.sealed });
    case "held":
      return changeAll(state, "sending", "waiting");
    case "released":
      return changeAll(state, "waiting", "sending");
    case "failed":
      return amend(state, action.client, { state: "failed", problem: action.problem });
    case "retried":
      return retried(state, action);
    case "discarded":
      return { ...state, pending: state.pending.filter(({ client }) => client !== action.client) };
  }
}

/**
 * What an earlier visit has left, before what was written since.
 * @param {State} state
 * @param {ActionOf<"restored">} action
 */
export function restoredUnsent(state, { unsent, now }) {
  const known = new Set([...state.entries, ...state.pending].map(({ key }) => key));
  /** @type {MessageEntry[]} */
  const pending = unsent.map(({ client, sealed, problem, ...words }) => {
    const entry = { ...unsentEntry(state, client, words), sealed };
    const why = problem || (now - words.written > STALE_MS ? "stale" : "");
    return why ? { ...entry, state: "failed", problem: why } : entry;
  });
  return [...pending.filter(({ key }) => !known.has(key)), ...state.pending];
}

/**
 * @param {State} state
 * @param {ActionOf<"written">} action
 * @returns {State}
 */
function written(state, { client, alias, text, action, written }) {
  const named = { ...state, names: learn(state.names, alias, state.me, since(state)) };
  const entry = unsentEntry(named, client, { alias, text, action, written });
  return { ...named, pending: [...state.pending, entry], unread: 0, unreadFrom: "" };
}

/**
 * @param {State} state
 * @param {ActionOf<"retried">} action
 * @returns {State}
 */
function retried(state, { client }) {
  const { pending } = amend(state, client, { state: "sending", problem: "" });
  const again = pending.filter((entry) => entry.client === client);
  return { ...state, pending: [...pending.filter((entry) => entry.client !== client), ...again] };
}

/**
 * @param {State} state
 * @param {string} client
 * @param {Partial<MessageEntry>} part
 * @returns {State}
 */
function amend(state, client, part) {
  return { ...state, pending: state.pending.map((entry) => (entry.client === client ? { ...entry, ...part } : entry)) };
}

/**
 * All own messages of one state are now in another.
 * @param {State} state
 * @param {"sending" | "waiting"} from
 * @param {"sending" | "waiting"} to
 * @returns {State}
 */
function changeAll(state, from, to) {
  return { ...state, pending: state.pending.map((entry) => (entry.state === from ? { ...entry, state: to } : entry)) };
}

/**
 * @param {State} state
 * @param {string} client
 * @param {Words} words
 * @returns {MessageEntry}
 */
function unsentEntry({ me, names }, client, words) {
  const { alias, text } = shownWords(words);
  return {
    kind: "message",
    key: keyOf(me, client),
    id: "",
    client,
    signer: me,
    ...words,
    alias,
    text,
    at: words.written,
    mine: true,
    state: "sending",
    problem: "",
    late: false,
    borrowedFrom: borrowedFrom(names, alias, me),
    namesake: false,
    frame: null,
    sealed: "",
  };
}
