// The connection to one room: joins, resumes and sends, one request at a time, and comes back by itself, as docs/protocol.md
// says. It knows ids and `client` values, not what a message says: whether an echo is genuine is for the listener to find
// out, and to tell with `settle`.
// Frames wait in a queue, since the listener takes its time (it decrypts). What follows from silence waits in the same
// queue, so that a frame that came in time counts, however late its turn.

import { Cursor } from "./cursor.js";
import { ASIDE, Fetches } from "./fetches.js";
import { read } from "./frames.js";
import { Requests, Sender } from "./requests.js";
import { BROWSER, Socket } from "./socket.js";

/** @import { ConnectionListener, ConnectionOptions, JoinPurpose, JoinRequest, Request } from "./types.js" */
/** @import { ErrorFrame, Frame, JoinedFrame, MessageFrame, PageFrame, RosterFrame } from "../types.js" */

const SILENT_MS = 60_000; // silent for longer: whoever comes back to the page has the socket checked first
const PASSING = ["server_error", "not_joined"]; // refusals of a join that the next one may not get

export class Connection {
  #room;
  #alias;
  #on;
  #socket;
  #requests;
  #sender;
  /** What is to be fetched as soon as nothing else is asked. */
  fetches;
  #cursor = new Cursor();
  /** @type {MessageFrame[]} */
  #early = []; // live messages that came before the room was entered
  #queue = Promise.resolve();
  #losses = 0; // of sockets
  #ready = false; // in the room and caught up
  #closed = false;

  /**
   * @param {ConnectionOptions} options
   * @param {ConnectionListener} on
   */
  constructor(options, on, world = BROWSER) {
    this.#room = options.room;
    this.#alias = options.alias;
    this.#on = on;
    this.fetches = new Fetches(this.#cursor, { due: () => this.#fetch(), doubtful: (yes) => on.doubtful(yes) }, world);
    const owner = {
      opened: () => this.#join(this.#cursor.position ? "resume" : "enter"),
      heard: this.#heard.bind(this),
      lost: () => this.#lost(),
      aged: () => this.#fetch(),
      quiet: () => this.#idle && this.fetches.resume(),
      woke: () => this.check(true),
    };
    this.#socket = new Socket(options.url, options.inUse, owner, world);
    this.#requests = new Requests(this.#socket, (request) => this.#enqueue(() => this.#overdue(request)), world);
    this.#sender = new Sender(options, this.#requests, on, world);
  }

  get #idle() {
    return this.#ready && !this.#requests.open;
  }

  /** Take the outbox's next message now, if it is its turn. It is asked for by itself whenever that comes later. */
  pull() {
    if (this.#idle && !this.#sender.paused) this.#sender.pull();
  }

  /**
   * The message's echo has come, and it is genuine.
   * @param {string} client
   */
  settle(client) {
    if (this.#sender.settle(client)) this.#enqueue(() => this.#next());
  }

  /** @param {string} alias sealed */
  rename(alias) {
    this.#alias = alias;
    this.fetches.refresh();
  }

  /**
   * The page was shown again: no waiting, and no trust in a socket long silent. After another network, or a sleep, in none.
   * @param {boolean} [anotherNetwork]
   */
  check(anotherNetwork = false) {
    if (this.#closed) return;
    this.#socket.retryNow(anotherNetwork);
    const doubtful = anotherNetwork || this.#socket.silentMs > SILENT_MS;
    if (doubtful && this.#ready) this.fetches.probe(!this.#idle);
    else this.#fetch();
  }

  close() {
    this.#closed = true;
    this.#ready = false;
    this.#losses++;
    this.#requests.close();
    this.#sender.close();
    this.#socket.close();
    this.fetches.close();
  }

  // --- what the socket does ---

  /**
   * @param {string} data
   * @param {number} at
   */
  #heard(data, at) {
    const losses = this.#losses;
    this.fetches.heard();
    for (const frame of read(data)) this.#enqueue(() => this.#take(frame, at, losses));
  }

  #lost() {
    this.#losses++;
    this.#early = [];
    this.fetches.trust();
    this.#requests.close();
    this.#setReady(false);
  }

  // --- what there is to ask ---

  /** Nothing is open: the person's messages go first. */
  #next() {
    this.pull();
    this.#fetch();
  }

  #fetch() {
    const [purpose, since] = this.#idle ? this.fetches.next(this.#socket.isOld) : [];
    if (purpose) this.#join(purpose, since);
  }

  /**
   * @param {JoinPurpose} purpose
   * @param {string} since "" for the newest messages, or for the first members
   */
  #join(purpose, since = this.#cursor.since, page = purpose === "earlier") {
    this.fetches.asked(purpose);
    const what = purpose === "roster" ? { roster: since } : { ...(since && { since }), ...(page && { page }) };
    const frame = { room: this.#room, alias: this.#alias, accepts: ["missed", "batch"], ...what };
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
    this.#queue = this.#queue.then(() => (this.#closed ? undefined : job())).catch((error) => reportError(error));
  }

  // Messages count whichever socket brought them; whatever else a lost one said is of the past.
  /**
   * @param {Frame} frame
   * @param {number} at when it came
   * @param {number} losses as many as there were then
   */
  async #take(frame, at, losses) {
    if ("missed" in frame && frame.missed) this.fetches.missed(frame.online);
    if (frame.type === "message" && this.#cursor.position) {
      await this.#on.message(frame);
      this.#cursor.pass(frame.id);
    } else if (losses !== this.#losses) return;
    else if (frame.type === "message") this.#early.push(frame);
    else if (frame.type === "joined" || frame.type === "page") await this.#joined(frame, at);
    else if (frame.type === "roster") await this.#met(frame);
    else if (frame.type === "presence") await this.#on.presence(frame);
    else return this.#refused(frame);
    if (this.#ready) this.#cursor.seen(this.#socket.awakeAt);
  }

  /**
   * @param {JoinedFrame | PageFrame} frame
   * @param {number} at
   */
  async #joined(frame, at) {
    const [request, losses] = [this.#requests.openJoin, this.#losses];
    if (!request || (frame.type === "page" && !request.frame.page)) return;
    if (frame.type === "joined" && request.purpose === "roster") return this.#met({ ...frame, more: false });
    if (frame.type === "joined") this.#cursor.setLimits(frame.limits);
    this.#socket.patienceMs = this.fetches.patienceMs();
    if (frame.gap && !this.#ready && this.#cursor.wasAway(at)) this.#on.gap(this.#cursor.position);
    // Handed over alone, an early message would hide a hole before it, should this socket be lost.
    const history = [...frame.history, ...this.#early.splice(0)];
    await this.#on.joined({ ...frame, history }, request.purpose);
    for (const { id } of history) this.#cursor.pass(id);
    const onward = this.#cursor.passSnapshot(frame, request, this.#requests.askedAt);
    const lost = losses !== this.#losses;
    if (lost || this.fetches.pending) this.#cursor.setIncomplete();
    if (lost) return;
    this.#requests.close();
    if (request.purpose === "earlier") this.fetches.read(onward, frame);
    this.#goOn(onward, request.purpose);
  }

  /** @param {Pick<RosterFrame, "members" | "online" | "more">} page */
  async #met({ members, online, more }) {
    if (this.#requests.openJoin?.purpose !== "roster" || !this.fetches.met(members, more)) return;
    this.#requests.close();
    await this.#on.presence({ type: "presence", joined: members, left: [], online });
    this.#next();
  }

  /**
   * @param {string} onward where the next page begins, "" if there is none
   * @param {JoinPurpose} purpose
   */
  #goOn(onward, purpose) {
    if (purpose === "earlier") return this.#next();
    if (onward) this.#setReady(false);
    if (onward) return this.#join(purpose, onward, true);
    this.#socket.useful(this.#requests.askedAt);
    // An old socket has just answered, so nothing was missed: the moment to put a new one in its place.
    if (this.#socket.isOld) return this.#socket.replace();
    this.#setReady(true);
    this.#next();
  }

  // --- no answer, and refusals ---

  /** @param {Request} request */
  #overdue(request) {
    const { open, openJoin } = this.#requests;
    if (request !== open) return;
    if (this.#requests.isDead(request)) this.#socket.lose();
    else if (openJoin) {
      this.fetches.doubt();
      this.#joinLater(openJoin, this.#requests.pauseMs());
    } else if (this.#sender.again(request)) this.#next();
  }

  /**
   * @param {JoinRequest} request
   * @param {number} ms
   * @param {boolean} [wanted]
   */
  #joinLater(request, ms, wanted = true) {
    if (!this.#ready) return this.#requests.askLater(request, ms);
    this.#requests.close(true);
    this.fetches.putOff(ms, wanted && !ASIDE.includes(request.purpose));
    this.#next();
  }

  /** @param {ErrorFrame} frame */
  #refused(frame) {
    const { open, openJoin } = this.#requests;
    const client = frame.client ?? (frame.message ? "" : open?.frame.client);
    if (client) this.#sendRefused({ ...frame, client });
    else if ((openJoin?.frame.page || openJoin?.purpose === "roster") && frame.code === "not_joined") this.#rejoin();
    else if (openJoin) this.#joinRefused(frame, openJoin);
    else if (frame.message) this.#on.said(frame.code);
  }

  /** @param {ErrorFrame & { client: string }} frame */
  #sendRefused(frame) {
    const step = this.#sender.refused(frame, () => this.#next());
    if (step === "rejoin") this.#rejoin();
    else if (step === "next") this.#next();
  }

  #rejoin() {
    this.#setReady(false);
    this.#join("resume");
  }

  /**
   * @param {ErrorFrame} frame
   * @param {JoinRequest} request
   */
  #joinRefused(frame, request) {
    const { code, message } = frame;
    const [busy, passing] = [code === "rate_limited" || !message, PASSING.includes(code)];
    if (this.#ready || busy || code === "server_error") {
      const ms = this.#requests.pauseMs(frame);
      if (!busy) this.#on.said(code);
      else if (!this.#ready) this.#on.waiting(Math.ceil(ms / 1000));
      if (!busy && ASIDE.includes(request.purpose)) this.fetches.giveUp();
      this.#joinLater(request, ms, busy || passing);
    } else if (this.#cursor.position || passing) {
      this.#on.said(code);
      this.#socket.lose();
    } else {
      this.close();
      this.#on.denied(code);
    }
  }
}
