// The log is bounded, in memory and on the screen, and with it the work for each message. What is pushed off its beginning
// comes back from the server when somebody wants to read it.

/** @import { Entry, State } from "./types.js" */

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
  const batch = new Map(gone.filter(isFromServer).map(({ key, id }) => [key, id]));
  return {
    ...state,
    entries: state.entries.slice(-most),
    cut: gone[gone.length - 1].id,
    dropped: [...state.dropped, batch].slice(-MOST_BATCHES),
  };
}

/**
 * Whether a message is another copy of one that was shown and dropped. That one itself may come back.
 * @param {Pick<State, "dropped">} state
 * @param {string} key
 * @param {string} id
 */
export const isCopyOfDropped = ({ dropped }, key, id) => dropped.some((batch) => (batch.get(key) ?? id) !== id);

/**
 * Where the log begins, and in which time before that about as much was said as one wants to read.
 * @param {State} state
 */
export function beginning({ entries }) {
  const first = entries.filter(isFromServer).slice(0, DENSITY.of);
  const spanMs = first.length ? first[first.length - 1].at - first[0].at : 0;
  return { known: first[0]?.id ?? "", spanMs: spanMs * DENSITY.spans };
}

/** @param {Entry} entry */
const isFromServer = ({ kind }) => kind === "message" || kind === "problem";

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
  return state.dropped.some((batch) => [...batch.values()].some((id) => id < known));
}
