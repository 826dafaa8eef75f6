// What is to be fetched as soon as nothing else is asked: a fresh snapshot, what was missed, what was said before.

import { BEGINNING, before } from "./cursor.js";
import { Timers } from "./socket.js";

/** @import { Cursor } from "./cursor.js" */
/** @import { JoinPurpose, World } from "./types.js" */
/** @import { JoinedFrame, PageFrame, Person } from "../types.js" */

const EACH_MS = 100; // for each member of the room: about ten of them resume in a second
const LONGEST_SPREAD_MS = 10_000;
const PAUSE_MS = 5000; // from one resume to the next, at least
const SPREAD = 8; // an eighth of the time
const END = "~"; // sorts behind every message id
const ENOUGH = 500; // messages from before are brought at a time
const WIDER = 8; // a stretch of time in which little was said is followed by one that is up to so much longer
const SPAN_MS = 15_000; // the first, at least
const DOUBT_MS = 30_000; // after a join was asked again: the first try is not answered any more

export const ASIDE = ["earlier", "roster"]; // purposes: fetched beside what has to be

export class Fetches {
  #cursor;
  #on;
  #world;
  /** @type {Timers<"again" | "resume" | "probe" | "trust">} */
  #timers;
  #stale = false; // the server is to be asked for a fresh snapshot, or told a new alias
  /** @type {EarlierPages | null} */
  #earlier = null; // once it is asked for
  /** @type {string | null} */
  #behind = null; // once everybody who is here is asked for: the last one who is known
  #doubtful = false; // nobody knows whether the server is still there
  #resumedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /**
   * @param {Cursor} cursor
   * @param {{due: () => void, doubtful: (yes: boolean) => void}} on `due`: there may be something to ask
   * @param {World} world
   */
  constructor(cursor, on, world) {
    this.#cursor = cursor;
    this.#on = on;
    this.#world = world;
    this.#timers = new Timers(world);
  }

  /** Fetch a fresh snapshot. */
  refresh() {
    this.#stale = true;
    this.#on.due();
  }

  /**
   * Fetch some of what was said before; `joined` gets it page by page.
   * @param {string} [known] from this id on nothing is missing
   * @param {number} [spanMs] in which as much was said as is to be fetched, about
   * @returns {Promise<boolean>} true when the server has no more; false when it may have, refuses, or the connection is closed
   */
  earlier(known = "", spanMs = 0) {
    if (this.#closed) return Promise.resolve(false);
    this.#earlier ??= new EarlierPages(known, Math.max(SPAN_MS, spanMs), this.#cursor.heldMs);
    this.#on.due();
    return this.#earlier.fetched;
  }

  /** Fetch who is here, all of them; `presence` gets them page by page. */
  roster() {
    this.#behind ??= "";
    this.#on.due();
  }

  /**
   * A page of who is here has come.
   * @param {Person[]} members
   * @param {boolean} more whether there are others behind them
   * @returns {boolean} not if it answers an earlier try
   */
  met(members, more) {
    if (members.some(({ id }) => id <= (this.#behind ?? ""))) return false;
    this.#behind = (more && members.at(-1)?.id) || null;
    return true;
  }

  /**
   * An overloaded server has not reached this member. It says so to many, and what they ask for must not add to its trouble:
   * of a room of any size about ten members resume in a second, however often they are told.
   * @param {number} online how many they may be
   */
  missed(online) {
    this.#cursor.setIncomplete();
    if (this.#timers.runs("resume")) return;
    const spread = EACH_MS * online;
    const ms = this.#restMs(spread) + this.#world.random() * Math.min(spread, LONGEST_SPREAD_MS);
    this.#timers.set("resume", ms, () => this.resume());
  }

  /** How long the server may be silent now. All members hear its last words at once, and are not to ask at once. */
  patienceMs() {
    return this.#cursor.silenceMs * (1 - this.#world.random() / SPREAD);
  }

  /**
   * Nobody knows whether the server is still there: it is asked, at once. However often that is, there are pauses between.
   * @param {boolean} asking it is being asked for something already, which will tell, too
   */
  probe(asking) {
    this.#setDoubtful(true);
    if (asking) return;
    const ms = this.#restMs();
    if (ms) this.#timers.set("probe", ms, () => this.resume());
    else this.resume();
  }

  /** Something came: the server is there. */
  heard() {
    this.#setDoubtful(false);
  }

  /** Ask for what was missed: if it was nothing, that is an answer, too. */
  resume() {
    this.#resumedAt = this.#world.now();
    this.refresh();
  }

  /**
   * @param {number} [pause] from one resume to the next
   * @returns {number} what is left of it
   */
  #restMs(pause = 0) {
    return Math.max(0, this.#resumedAt + Math.max(PAUSE_MS, pause) - this.#world.now());
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
    this.#timers.clear("trust", "probe");
    this.#setDoubtful(false);
  }

  /** @param {boolean} yes */
  #setDoubtful(yes) {
    if (this.#doubtful === yes) return;
    this.#doubtful = yes;
    this.#on.doubtful(yes);
  }

  /**
   * What to ask now, if anything.
   * @param {boolean} old a fresh snapshot is due in any case
   * @returns {[] | [JoinPurpose, string]} why, and since when
   */
  next(old) {
    if (this.#timers.runs("again")) return [];
    if (this.#stale || old) return ["refresh", this.#cursor.since];
    if (this.#behind !== null) return ["roster", this.#behind];
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
    if (ASIDE.includes(purpose)) return;
    this.#cursor.setIncomplete();
    this.#timers.clear("resume", "probe");
  }

  /**
   * Ask no more for a while.
   * @param {number} ms
   * @param {boolean} stale whether what failed is to be asked again then
   */
  putOff(ms, stale) {
    this.#stale ||= stale;
    this.#timers.set("again", ms, this.#on.due);
  }

  /**
   * @param {string} onward where the next earlier page begins, "" if there is none
   * @param {JoinedFrame | PageFrame} frame
   */
  read(onward, frame) {
    this.#earlier?.read(onward, frame);
    if (!this.#earlier?.since) this.#earlier = null;
  }

  /** Of who is here and what was said before, no more comes. */
  giveUp() {
    this.#behind = null;
    this.#earlier?.giveUp();
    this.#earlier = null;
  }

  close() {
    this.#closed = true;
    this.giveUp();
    this.#timers.clearAll();
  }
}

/**
 * What was said before a message, as far as the server still holds it. The protocol reads forwards only, so this goes back
 * by one stretch of time after the other, and each is read to its end, page by page.
 */
class EarlierPages {
  #known;
  #oldest;
  #spanMs;
  #since = BEGINNING;
  #whole = false;
  #begin = ""; // of this stretch
  #brought = { here: 0, earlier: 0 }; // messages: of this stretch, of those read before it
  /** @type {(whole: boolean) => void} */
  #resolve = () => {};
  /** True when there is nothing before, false when there may be more. @type {Promise<boolean>} */
  fetched = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /**
   * @param {string} known from this id on nothing is missing; "" if there is none
   * @param {number} spanMs the first stretch
   * @param {number} heldMs how long the server keeps a message
   */
  constructor(known, spanMs, heldMs) {
    this.#known = known || END;
    this.#oldest = known && before(known, heldMs);
    this.#spanMs = spanMs;
    if (known) this.#back();
  }

  /** Where the next page begins; "" if there is none. */
  get since() {
    return this.#since;
  }

  /**
   * A page has come.
   * @param {string} onward where the next one begins, "" if there is none
   * @param {JoinedFrame | PageFrame} frame
   */
  read(onward, { history, gap }) {
    this.#whole ||= gap || this.#begin <= this.#oldest;
    this.#brought.here += history.filter(({ id }) => id < this.#known).length;
    if (onward && onward < this.#known) this.#since = onward;
    else this.#endStretch();
  }

  giveUp() {
    this.#resolve(false);
  }

  #endStretch() {
    const { here, earlier } = this.#brought;
    this.#brought = { here: 0, earlier: earlier + here };
    if (this.#whole || here + earlier >= ENOUGH) {
      this.#since = "";
      return this.#resolve(this.#whole);
    }
    this.#known = this.#begin;
    this.#spanMs *= Math.min(WIDER, Math.max(1, ENOUGH / 2 / (here || 1)));
    this.#back();
  }

  #back() {
    this.#begin = [before(this.#known, this.#spanMs), this.#oldest].sort()[1];
    this.#since = this.#begin;
  }
}
