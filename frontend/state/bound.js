// The log is bounded, in memory and on the screen, and with it the work for each message. What is pushed off its beginning
// comes back from the server when somebody wants to read it.

/** @import { Dropped, Entry, MessageEntry, ProblemEntry, State } from "./types.js" */
/** @import { Words } from "../types.js" */

const AT_END = 1000; // entries, while the reader is at the end
const READING = 4000; // while the reader is elsewhere, whose place is not to be taken away
const STEP = 200; // more than that are dropped at once
const MOST_BATCHES = 100; // of dropped ones are remembered: what a room of 50 says in 13 minutes at its fastest
const DENSITY = { of: 100, spans: 2.5 }; // messages in which the beginning's pace is measured; for how many times as long

/**
 * @param {State} state
 * @returns {State}
 */
export function bounded(state) {
  const most = state.attentive ? AT_END : READING;
  if (state.entries.length <= most + STEP) return state;
  const gone = state.entries.slice(0, -most);
  const batch = new Map(gone.filter(isFromServer).map((entry) => [entry.key, { id: entry.id, print: print(entry) }]));
  return {
    ...state,
    entries: state.entries.slice(-most),
    cut: gone[gone.length - 1].id,
    dropped: [...state.dropped, batch].slice(-MOST_BATCHES),
  };
}

/**
 * What is remembered of a message that was shown and dropped, for another one with its key. That one itself may come back.
 * @param {Pick<State, "dropped">} state
 * @param {string} key
 * @param {string} id of the other one
 */
export const droppedBefore = ({ dropped }, key, id) =>
  dropped.map((batch) => batch.get(key)).find((before) => before && before.id !== id);

const PRIME = 2n ** 61n - 1n;
const [POINT] = crypto.getRandomValues(new BigUint64Array(1)); // or one could plan two texts with one print

/**
 * A number for these words, which others hardly have.
 * @param {Pick<Words, "alias" | "text" | "written"> & {action?: boolean}} words
 */
export function print({ alias, text, action, written }) {
  let sum = 1n;
  for (const byte of new TextEncoder().encode(JSON.stringify([alias, text, action, written])))
    sum = (sum * POINT + BigInt(byte)) % PRIME;
  return sum;
}

/**
 * Where the log begins, and in which time before that about as much was said as one wants to read.
 * @param {State} state
 */
export function beginning({ entries }) {
  const first = entries.filter(isFromServer).slice(0, DENSITY.of);
  const spanMs = first.length ? first[first.length - 1].at - first[0].at : 0;
  return { known: first[0]?.id ?? "", spanMs: spanMs * DENSITY.spans };
}

/**
 * @param {Entry} entry
 * @returns {entry is MessageEntry | ProblemEntry}
 */
const isFromServer = (entry) => entry.kind === "message" || entry.kind === "problem";

/**
 * Whether there is room for more from before.
 * @param {State} state
 */
export const hasRoom = ({ entries }) => entries.length < READING - AT_END;

/**
 * Whether something was shown before what is shown now.
 * @param {State} state
 */
export function isCutOff(state) {
  const { known } = beginning(state);
  return state.dropped.some((batch) => [...batch.values()].some(({ id }) => id < known));
}
