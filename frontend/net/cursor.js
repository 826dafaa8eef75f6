// How far one room's messages have been handed over: where to go on asking. Pure.
// Message ids begin with 13 digits of epoch milliseconds and sort as strings.

/** @import { JoinRequest } from "./types.js" */
/** @import { JoinedFrame, PageFrame } from "../types.js" */

// A silence is looked into when it has lasted for a third of what history holds, so that a dead network is found before half
// of it has gone by. Not more often than the first of these, and before API Gateway ends a silent socket after 10 minutes.
const SILENCE_MS = { least: 60_000, most: 8.5 * 60_000 };

/** The cursor before any message. */
export const BEGINNING = "0".repeat(13);

/**
 * The cursor so long before a message.
 * @param {string} id
 * @param {number} ms
 */
export function before(id, ms) {
  const from = Number(id.slice(0, BEGINNING.length)) - ms;
  return String(Math.max(0, Math.floor(from))).padStart(BEGINNING.length, "0");
}

/** Up to where nothing is missing: where to resume after an interruption. */
export class Cursor {
  #position = "";
  #greatest = ""; // the newest message handed over, be there a hole before it or not
  #complete = false;
  #seenAt = 0; // when this page was last seen to be in the room and caught up
  #limits = { historySeconds: 600, overlapSeconds: 15 }; // until the server has told its own
  #doubted = false;

  /** Everything up to this id has been handed over; "" before the room was entered. */
  get position() {
    return this.#position;
  }

  /** Where to go on. Ids are stamped by many clocks, so a message may still appear a little behind the newest one. */
  get since() {
    if (!this.#position) return "";
    return before(this.#position, this.#limits.overlapSeconds * 1000);
  }

  /** How long the server keeps a message. */
  get heldMs() {
    return (this.#limits.historySeconds + this.#limits.overlapSeconds) * 1000;
  }

  /** How long nothing may be heard before it is asked whether there is still somebody. */
  get silenceMs() {
    const third = (this.#limits.historySeconds * 1000) / 3 || SILENCE_MS.most; // no history: nothing runs out
    return Math.min(SILENCE_MS.most, Math.max(SILENCE_MS.least, third));
  }

  /** @param {JoinedFrame["limits"]} limits the server's */
  setLimits(limits) {
    this.#limits = limits;
  }

  /**
   * A message was handed over.
   * @param {string} id
   */
  pass(id) {
    if (id > this.#greatest) this.#greatest = id;
    if (this.#complete) this.#position = this.#greatest;
  }

  /**
   * A snapshot or a page was handed over.
   * @param {JoinedFrame | PageFrame} frame
   * @param {JoinRequest} request that it answers
   * @param {number} at when it was asked: it may have lain here through a sleep
   * @returns {string} where the next page begins, "" if this was all
   */
  passSnapshot({ history, more }, { purpose, frame: { since = "" } }, at) {
    const last = history.at(-1)?.id ?? "";
    const onward = more && last > since ? last : "";
    if (purpose !== "earlier") this.#keepPlace(onward, at);
    return onward;
  }

  /** From here on messages may be missing: what still comes in does not fill what is to be fetched. */
  setIncomplete() {
    this.#complete = false;
  }

  /**
   * A join is asked again, and nothing tells its two answers apart: the first may be late and of the past. As long as it may
   * come, messages are taken from both, and the place to go on stays where it was.
   * @param {boolean} yes
   */
  doubt(yes) {
    this.#doubted = yes;
  }

  /** @param {number} at when this page was seen to be in the room and caught up */
  seen(at) {
    this.#seenAt = at;
  }

  /**
   * Whether messages may have come and gone since. In a quiet room the cursor is old although nothing was missed.
   * @param {number} at
   */
  wasAway(at) {
    return at - this.#seenAt >= this.#limits.historySeconds * 1000;
  }

  /**
   * @param {string} onward
   * @param {number} at
   */
  #keepPlace(onward, at) {
    if (this.#doubted && this.#position) return;
    if (onward) {
      this.#position = onward;
      return;
    }
    this.#position = this.#greatest || BEGINNING;
    this.#complete = !this.#doubted;
    this.#seenAt = at;
  }
}
