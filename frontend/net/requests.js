// What is asked of the server: one request at a time, until it is answered; and among them the outbox's messages.

import { retryMs } from "./frames.js";
import { backoffMs, Timers } from "./socket.js";

/** @import { Socket } from "./socket.js" */
/** @import { ConnectionListener, ConnectionOptions, JoinRequest, Request, World } from "./types.js" */
/** @import { ErrorFrame } from "../types.js" */

const ANSWER_MS = 10_000; // as long as the server's functions may run
const MOST_TRIES = 5; // then the person decides whether to try on
const LATE_MS = 2000; // at most, after the time that the server has named: it is the same for many

export class Requests {
  #socket;
  #overdue;
  #random;
  #now;
  /** @type {Timers<"answer">} */
  #timers;
  #failures = 0; // since the last answer
  /** @type {Request | null} */
  #open = null;
  #heard = 0; // how much had been heard when it was asked
  /** When the latest one was asked. */
  askedAt = 0;

  /**
   * @param {Socket} socket
   * @param {(request: Request) => void} overdue it was not answered in time, as far as has been heard yet
   * @param {World} world
   */
  constructor(socket, overdue, world) {
    this.#socket = socket;
    this.#overdue = overdue;
    this.#random = world.random;
    this.#now = world.now;
    this.#timers = new Timers(world);
  }

  /** The unanswered one. */
  get open() {
    return this.#open;
  }

  /** The same, if it is a join. */
  get openJoin() {
    return /** @type {JoinRequest | null} */ (this.#open?.purpose === "send" ? null : this.#open);
  }

  /**
   * Whether the socket is dead: nothing at all has been heard since. To a join, a slow server may be all that is not heard.
   * @param {Request} request that was not answered in time
   */
  isDead({ purpose }) {
    const { heardCount, silentMs } = this.#socket;
    return heardCount === this.#heard && (purpose === "send" || silentMs >= 2 * ANSWER_MS);
  }

  /**
   * How long to wait before the next try. Random, so that not all come at once, and longer each time until there is an answer.
   * @param {ErrorFrame} [frame] that says how long
   */
  pauseMs(frame) {
    if (frame?.retryAfter) return retryMs(frame) + this.#random() * LATE_MS;
    return backoffMs(this.#failures++) * (1 - this.#random() / 2);
  }

  /** @param {Request} request */
  ask(request) {
    this.#open = request;
    this.#heard = this.#socket.heardCount;
    this.askedAt = this.#now();
    this.#socket.send(request.frame);
    this.#timers.set("answer", ANSWER_MS, () => this.#overdue(request));
  }

  /**
   * The server wants to be asked another time.
   * @param {Request} request
   * @param {number} ms
   */
  askLater(request, ms) {
    this.#open = { ...request }; // another one: it is not overdue, even if the first just was
    this.#timers.set("answer", ms, () => this.ask(request));
  }

  /**
   * It is answered, or nobody is there to answer.
   * @param {boolean} [failed] or it is put off
   */
  close(failed) {
    this.#open = null;
    if (!failed) this.#failures = 0;
    this.#timers.clear("answer");
  }
}

/** Sends a message until its echo is found genuine, the server refuses it, or enough tries were in vain. */
export class Sender {
  #room;
  #next;
  #requests;
  #on;
  /** @type {Timers<"pause">} */
  #timers;
  #tries = { client: "", count: 0 }; // in vain, of the message whose turn it is

  /**
   * @param {Pick<ConnectionOptions, "room" | "next">} options
   * @param {Requests} requests
   * @param {Pick<ConnectionListener, "refused" | "unconfirmed">} on
   * @param {World} world
   */
  constructor({ room, next }, requests, on, world) {
    this.#room = room;
    this.#next = next;
    this.#requests = requests;
    this.#on = on;
    this.#timers = new Timers(world);
  }

  /** Whether the server wants no message for now. */
  get paused() {
    return this.#timers.runs("pause");
  }

  /** Take the next message from the outbox, if there is one, and send it. */
  pull() {
    const message = this.#next();
    if (!message) return;
    const { client, text } = message;
    this.#requests.ask({ purpose: "send", frame: { action: "send", room: this.#room, text, client } });
  }

  /**
   * @param {string} client whose echo is genuine
   * @returns {boolean} whether it was the one in flight
   */
  settle(client) {
    this.#forget(client);
    const inFlight = this.#isInFlight(client);
    if (inFlight) this.#requests.close();
    return inFlight;
  }

  /**
   * Send it again, or give it up.
   * @param {Request} request that was not answered in time, or not taken
   * @param {number} [ms] when
   * @returns {boolean} whether it is given up
   */
  again(request, ms = 0) {
    const { client = "" } = request.frame;
    const last = this.#inVain(client);
    if (last) {
      this.#requests.close();
      this.#on.unconfirmed(client);
    } else if (ms) this.#requests.askLater(request, ms);
    else this.#requests.ask(request);
    return last;
  }

  /**
   * @param {ErrorFrame & { client: string }} frame
   * @param {() => void} resumed when a pause that the server asks for is over
   * @returns {"await" | "rejoin" | "next"} what to do now
   */
  refused(frame, resumed) {
    const { open } = this.#requests;
    if (!open || !this.#isInFlight(frame.client)) return "await"; // it is of the past
    if (frame.code === "server_error") return this.again(open, this.#requests.pauseMs()) ? "next" : "await";
    this.#requests.close();
    if (frame.code === "not_joined" && !this.#inVain(frame.client)) return "rejoin";
    if (frame.code === "rate_limited") this.#timers.set("pause", retryMs(frame), resumed);
    else this.#forget(frame.client);
    this.#on.refused(frame);
    return "next";
  }

  close() {
    this.#timers.clearAll();
  }

  /** @param {string} client */
  #isInFlight(client) {
    return this.#requests.open?.frame.client === client;
  }

  /**
   * A try was in vain. One on a dead socket is not the message's fault and does not count.
   * @param {string} client
   * @returns {boolean} whether it was the last
   */
  #inVain(client) {
    if (this.#tries.client !== client) this.#tries = { client, count: 0 };
    this.#tries.count = (this.#tries.count + 1) % MOST_TRIES;
    return this.#tries.count === 0;
  }

  /**
   * Its next try would be the first.
   * @param {string} client
   */
  #forget(client) {
    if (this.#tries.client === client) this.#tries.count = 0;
  }
}
