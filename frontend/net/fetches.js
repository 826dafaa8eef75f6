// What is to be fetched as soon as nothing else is asked: a fresh snapshot, what was missed, what was said before.

import { BEGINNING } from "./cursor.js";
import { Timers } from "./socket.js";

/** @import { Cursor } from "./cursor.js" */
/** @import { JoinPurpose, World } from "./types.js" */

const SPREAD_MS = { each: 100, most: 10_000 }; // over which the members of a room resume
const PAUSE_MS = 5000; // after a resume that a frame has asked for; it doubles each time
const CALM_MS = 60_000; // the longest such pause; and so long after it, the next is the first again
const DOUBT_MS = 30_000; // after a join was asked again: the first try is not answered any more

export class Fetches {
  #cursor;
  #due;
  #world;
  /** @type {Timers<"again" | "resume" | "trust">} */
  #timers;
  #stale = false; // the server is to be asked for a fresh snapshot, or told a new alias
  /** @type {EarlierPages | null} */
  #earlier = null; // once it is asked for
  #pauseMs = 0; // from one resume to the next, at least
  #nextAt = 0; // the next resume, at the earliest

  /**
   * @param {Cursor} cursor
   * @param {() => void} due there may be something to ask
   * @param {World} world
   */
  constructor(cursor, due, world) {
    this.#cursor = cursor;
    this.#due = due;
    this.#world = world;
    this.#timers = new Timers(world);
  }

  /** Fetch a fresh snapshot. */
  refresh() {
    this.#stale = true;
    this.#due();
  }

  /** Fetch what was said before the room was entered. */
  earlier() {
    this.#earlier ??= new EarlierPages();
    this.#due();
    return this.#earlier.fetched;
  }

  /**
   * An overloaded server has not reached this member. It says so to many, and what they ask for must not add to its trouble:
   * they spread, and the more often it happens, the longer they wait.
   * @param {number} online how many they may be
   */
  missed(online) {
    this.#cursor.setIncomplete();
    if (this.#timers.runs("resume")) return;
    const { now, random } = this.#world;
    const rest = Math.min(this.#nextAt - now(), this.#pauseMs); // a clock may be set back
    if (rest < -CALM_MS) this.#pauseMs = 0;
    const spread = Math.min(SPREAD_MS.most, SPREAD_MS.each * online);
    this.#timers.set("resume", Math.max(0, rest) + random() * spread, () => {
      this.#pauseMs = Math.min(CALM_MS, 2 * this.#pauseMs || PAUSE_MS);
      this.#nextAt = now() + this.#pauseMs;
      this.refresh();
    });
  }

  /** A join is asked again on its socket. Once the first try cannot be answered any more, all is fetched once more. */
  doubt() {
    this.#cursor.doubt(true);
    this.#timers.set("trust", DOUBT_MS, () => {
      this.#cursor.doubt(false);
      this.refresh();
    });
  }

  /** On another socket, nothing late can come. */
  trust() {
    this.#cursor.doubt(false);
    this.#timers.clear("trust");
  }

  /**
   * What to ask now, if anything.
   * @param {boolean} old a fresh snapshot is due in any case
   * @returns {[] | [JoinPurpose, string]} why, and since when
   */
  next(old) {
    if (this.#timers.runs("again")) return [];
    if (this.#stale || old) return ["refresh", this.#cursor.since];
    const since = this.#earlier?.since;
    return since && !this.#timers.runs("trust") ? ["earlier", since] : [];
  }

  /** Whether something was missed after the latest join was asked. */
  get pending() {
    return this.#stale || this.#timers.runs("resume");
  }

  /** @param {JoinPurpose} purpose that is being asked for */
  asked(purpose) {
    this.#stale = false;
    if (purpose === "earlier") return;
    this.#cursor.setIncomplete();
    this.#timers.clear("resume");
  }

  /**
   * Ask no more for a while.
   * @param {number} ms
   * @param {boolean} stale whether what failed is to be asked again then
   */
  putOff(ms, stale) {
    this.#stale ||= stale;
    this.#timers.set("again", ms, this.#due);
  }

  /** @param {string} onward where the next earlier page begins, "" if there is none */
  read(onward) {
    this.#earlier?.read(onward, this.#cursor.oldest);
  }

  /** Of what was said before, no more comes. */
  giveUp() {
    this.#earlier?.giveUp();
    this.#earlier = null;
  }

  close() {
    this.giveUp();
    this.#timers.clearAll();
  }
}

/** What was said before the room was entered, as far as the server still holds it: fetched page by page. */
class EarlierPages {
  #since = BEGINNING;
  /** @type {(whole: boolean) => void} */
  #resolve = () => {};
  /** True when all of it is there, false when it will not be. @type {Promise<boolean>} */
  fetched = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /** Where the next page begins; "" if there is none. */
  get since() {
    return this.#since;
  }

  /**
   * A page has come.
   * @param {string} onward where the next one begins, "" if there is none
   * @param {string} known from this id on nothing is missing
   */
  read(onward, known) {
    this.#since = onward >= known ? "" : onward;
    if (!this.#since) this.#resolve(true);
  }

  giveUp() {
    this.#resolve(false);
  }
}
