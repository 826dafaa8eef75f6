// The connection to one room: joins, resumes and sends, one request at a time, and comes back by itself.
// Speaks docs/protocol.md. It knows ids and `client` values, not what a message says: whether an echo is genuine is for
// the listener to find out, and to tell with `settle`.
//
// Frames stand in a line, since the listener takes its time (it decrypts). What follows from silence stands in the same
// line, so that a frame that came in time counts, however late its turn.

import { Cursor } from "./cursor.js";
import { read } from "./frames.js";
import { Past } from "./past.js";
import { Requests } from "./requests.js";
import { Socket } from "./socket.js";
import { Timers } from "./timers.js";

/**
 * @import {
 *   ConnectionListener, ConnectionOptions, ErrorFrame, JoinedFrame, JoinPurpose, MessageFrame, PresenceFrame, Request,
 *   World
 * } from "../types.js"
 */

const DOUBT_MS = 60_000; // silent for longer: whoever comes back to the page has the socket checked first
const ROLLOVER_MS = 115 * 60_000; // API Gateway ends every socket after 2 hours; this leaves 5 minutes for a good moment
const RETRY_SECONDS = 5; // where the server does not say how long to wait
const PASSING = ["server_error", "not_joined"]; // refusals of a join that the next one may not get

/**
 * What a connection needs of the browser; the tests give it their own.
 * @type {World}
 */
export const BROWSER = {
  WebSocket: globalThis.WebSocket,
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (action, ms) => setTimeout(action, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export class Connection {
  #room;
  #alias;
  #awake;
  #on;
  #world;
  #socket;
  #requests;
  /** @type {Timers<"send again" | "join again" | "rollover">} */
  #timers;
  #cursor = new Cursor();
  /** @type {MessageFrame[]} */
  #early = []; // live messages that came before the room was entered
  #limits = { historySeconds: 600, overlapSeconds: 15 }; // until `joined` tells the server's
  #line = Promise.resolve();
  #life = 0; // how many sockets have been lost
  #ready = false; // in the room and caught up
  #insideAt = 0; // when this was last seen to be so
  #stale = false; // the server is to be asked for a fresh snapshot, or told a new alias
  /** @type {Past | null} */
  #past = null; // once it is asked for
  #closed = false;

  /**
   * @param {ConnectionOptions} options
   * @param {ConnectionListener} on
   */
  constructor({ url, room, alias, awake }, on, world = BROWSER) {
    this.#room = room;
    this.#alias = alias;
    this.#awake = awake;
    this.#on = on;
    this.#world = world;
    this.#timers = new Timers(world);
    const hears = { opened: () => this.#opened(), heard: this.#heard.bind(this), lost: () => this.#lost() };
    this.#socket = new Socket(url, awake, hears, world);
    const asks = { later: this.#enqueue.bind(this), unconfirmed: this.#unconfirmed.bind(this) };
    this.#requests = new Requests(this.#socket, asks, world);
  }

  /** Whether `send` would be accepted now. */
  get free() {
    return this.#idle && !this.#timers.runs("send again");
  }

  get #idle() {
    return this.#ready && !this.#requests.open;
  }

  /**
   * Send a sealed message. It stays the caller's until it is settled: after a lost socket it is to be sent again.
   * @param {{ client: string, text: string }} message
   * @returns {boolean} false if it is not its turn: `free()` tells when
   */
  send({ client, text }) {
    if (!this.free) return false;
    this.#requests.ask({ purpose: "send", frame: { action: "send", room: this.#room, text, client } });
    return true;
  }

  /**
   * The message's echo has come, and it is genuine.
   * @param {string} client
   */
  settle(client) {
    this.#requests.forget(client);
    if (this.#requests.open?.frame.client !== client) return;
    this.#requests.close();
    this.#enqueue(() => this.#next());
  }

  /**
   * Fetch what was said before the room was entered; `joined` gets it page by page.
   * @returns {Promise<boolean>} true when it is all there; false when the server refuses or the connection is closed
   */
  earlier() {
    if (this.#closed) return Promise.resolve(false);
    this.#past ??= new Past();
    this.#errand();
    return this.#past.fetched;
  }

  /** Fetch a fresh snapshot, as soon as nothing else is asked. */
  refresh() {
    this.#stale = true;
    this.#errand();
  }

  /** @param {string} alias sealed */
  rename(alias) {
    this.#alias = alias;
    this.refresh();
  }

  /**
   * The page was shown again: no waiting, and no trust in a socket long silent. After another network, in none.
   * @param {boolean} [anotherNetwork]
   */
  check(anotherNetwork = false) {
    if (this.#closed) return;
    this.#socket.wake(anotherNetwork);
    const silentMs = this.#world.now() - this.#socket.heardAt;
    if (this.#idle && (anotherNetwork || silentMs > DOUBT_MS)) this.#join("resume");
    else this.#errand();
  }

  close() {
    this.#closed = true;
    this.#ready = false;
    this.#life++;
    this.#requests.close();
    this.#socket.close();
    this.#timers.clearAll();
    this.#past?.giveUp();
  }

  // --- what the socket does ---

  #opened() {
    this.#timers.set("rollover", ROLLOVER_MS, () => this.#errand());
    this.#join(this.#cursor.position ? "resume" : "enter");
  }

  /** @param {string} data */
  #heard(data) {
    const [frame, at, life] = [read(data), this.#world.now(), this.#life];
    if (frame) this.#enqueue(() => this.#take(frame, at, life));
  }

  #lost() {
    this.#life++;
    this.#early = [];
    this.#requests.close();
    this.#timers.clear("rollover");
    this.#setReady(false);
  }

  // --- what there is to ask ---

  /** Nothing is open: the person's messages go first. */
  #next() {
    if (this.free) this.#on.free();
    this.#errand();
  }

  #errand() {
    if (!this.#idle || this.#timers.runs("join again")) return;
    if (this.#stale || this.#isOld()) this.#join("refresh");
    else if (this.#past?.since) this.#join("earlier", this.#past.since);
  }

  #isOld() {
    return this.#socket.ageMs >= ROLLOVER_MS && this.#awake();
  }

  /**
   * @param {JoinPurpose} purpose
   * @param {string} since "" for the newest messages
   */
  #join(purpose, since = this.#cursor.position && this.#cursor.since(this.#limits.overlapSeconds)) {
    if (purpose !== "earlier") this.#cursor.doubt();
    this.#stale = false;
    const frame = { room: this.#room, alias: this.#alias, ...(since && { since }) };
    this.#requests.ask({ purpose, frame: { action: "join", ...frame } });
  }

  /** @param {boolean} yes */
  #setReady(yes) {
    if (this.#ready === yes) return;
    this.#ready = yes;
    this.#on.ready(yes);
  }

  // --- frames ---

  /** @param {() => void | Promise<void>} job */
  #enqueue(job) {
    this.#line = this.#line.then(() => (this.#closed ? undefined : job())).catch((error) => reportError(error));
  }

  // Messages count whichever socket brought them; whatever else a lost one said is of the past. A frame without `type`
  // comes from API Gateway itself: the request stays unanswered.
  /**
   * @param {MessageFrame | JoinedFrame | PresenceFrame | ErrorFrame} frame
   * @param {number} at when it came
   * @param {number} life
   */
  async #take(frame, at, life) {
    if (frame.type === "message" && this.#cursor.position) {
      await this.#on.message(frame);
      this.#cursor.pass(frame.id);
    } else if (life !== this.#life) return;
    else if (frame.type === "message") this.#early.push(frame);
    else if (frame.type === "joined") await this.#joined(frame, at);
    else if (frame.type === "presence") await this.#on.presence(frame);
    else return frame.type === "error" ? this.#refused(frame) : undefined;
    if (this.#ready) this.#insideAt = at;
  }

  /**
   * @param {JoinedFrame} frame
   * @param {number} at
   */
  async #joined(frame, at) {
    const [request, life] = [this.#requests.open, this.#life];
    if (!request || request.purpose === "send") return;
    const { purpose, frame: asked } = request;
    this.#limits = frame.limits;
    if (frame.gap && this.#wasAway(at)) this.#on.gap(this.#cursor.position);
    // Handed over alone, an early message would hide a hole before it, should this socket be lost.
    const history = frame.history.concat(this.#early.splice(0));
    await this.#on.joined({ ...frame, history }, purpose);

    const last = frame.history.at(-1)?.id ?? "";
    const onward = frame.more && last > (asked.since ?? "") ? last : "";
    for (const { id } of history) this.#cursor.pass(id);
    if (purpose !== "earlier") this.#keepPlace(onward, frame.history[0]?.id, at);
    if (life !== this.#life) return this.#cursor.doubt();

    this.#requests.close();
    if (purpose === "earlier") this.#read(onward);
    else if (onward) this.#resumeFrom(onward, purpose);
    else this.#caughtUp();
  }

  // In a quiet room the cursor is old although nothing was missed: this was in the room later than that.
  /** @param {number} at */
  #wasAway(at) {
    return !this.#ready && at - this.#insideAt >= this.#limits.historySeconds * 1000;
  }

  /**
   * @param {string} onward "" if this was all
   * @param {string | undefined} oldest
   * @param {number} at
   */
  #keepPlace(onward, oldest, at) {
    if (onward) return this.#cursor.reach(onward);
    this.#cursor.complete(oldest);
    this.#insideAt = at;
  }

  /** @param {string} onward */
  #read(onward) {
    this.#past?.read(onward, this.#cursor.oldest);
    this.#next();
  }

  /**
   * @param {string} id
   * @param {JoinPurpose} purpose
   */
  #resumeFrom(id, purpose) {
    this.#setReady(false);
    this.#join(purpose, id);
  }

  // An old socket has just answered, so nothing was missed: the moment to put a new one in its place.
  #caughtUp() {
    this.#socket.useful();
    if (this.#isOld()) return this.#socket.replace();
    this.#setReady(true);
    this.#next();
  }

  // --- refusals ---

  /** @param {string} client */
  #unconfirmed(client) {
    this.#on.unconfirmed(client);
    this.#next();
  }

  /** @param {ErrorFrame} frame */
  #refused(frame) {
    const { client } = frame;
    const { open } = this.#requests;
    if (client && open?.frame.client === client) this.#sendRefused({ ...frame, client });
    else if (!client && open && open.purpose !== "send") this.#joinRefused(frame, open);
    else if (!client) this.#on.said(frame.message);
  }

  /** @param {ErrorFrame & { client: string }} frame */
  #sendRefused(frame) {
    if (frame.code === "server_error") return; // as good as no answer: it is sent again in its time
    this.#requests.close();
    if (frame.code === "not_joined" && !this.#requests.inVain(frame.client)) {
      this.#setReady(false);
      return this.#join("resume");
    }
    if (frame.code === "rate_limited") this.#timers.set("send again", waitMs(frame), () => this.#next());
    else this.#requests.forget(frame.client);
    this.#on.refused(frame);
    this.#next();
  }

  /**
   * @param {ErrorFrame} frame
   * @param {Request} request
   */
  #joinRefused(frame, request) {
    if (this.#ready) this.#errandRefused(frame, request);
    else if (frame.code === "rate_limited") this.#requests.askLater(request, waitMs(frame));
    else if (this.#cursor.position || PASSING.includes(frame.code)) {
      this.#on.said(frame.message);
      this.#socket.lose();
    } else {
      this.close();
      this.#on.denied(frame.message);
    }
  }

  /**
   * @param {ErrorFrame} frame
   * @param {Request} request
   */
  #errandRefused(frame, { purpose }) {
    this.#requests.close();
    this.#timers.set("join again", waitMs(frame), () => this.#errand());
    const limited = frame.code === "rate_limited";
    if (limited || PASSING.includes(frame.code)) this.#stale ||= purpose !== "earlier";
    if (!limited) {
      this.#on.said(frame.message);
      if (purpose === "earlier") this.#giveUpThePast();
    }
    this.#next();
  }

  #giveUpThePast() {
    this.#past?.giveUp();
    this.#past = null;
  }
}

/** @param {ErrorFrame} frame */
function waitMs({ retryAfter = RETRY_SECONDS }) {
  return retryAfter * 1000;
}
