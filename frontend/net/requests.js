// One request at a time, until it is answered. What is not answered in time is asked again, or its socket is dead.

import { Timers } from "./timers.js";

/**
 * @import { Socket } from "./socket.js"
 * @import { Request, World } from "../types.js"
 */

/**
 * @typedef {object} Owner
 * @property {(job: () => void) => void} later does it when all frames that have come were looked at
 * @property {(client: string) => void} unconfirmed enough tries
 */

const ANSWER_MS = 10_000; // as long as the server's functions may run
const MOST_TRIES = 5; // then the person decides whether to try on

export class Requests {
  #socket;
  #owner;
  /** @type {Timers<"answer">} */
  #timers;
  /** @type {Request | null} */
  #open = null;
  #heard = 0; // how much had been heard when it was asked
  #tries = { client: "", count: 0 }; // in vain, of the message whose turn it is

  /**
   * @param {Socket} socket
   * @param {Owner} owner
   * @param {World} world
   */
  constructor(socket, owner, world) {
    this.#socket = socket;
    this.#owner = owner;
    this.#timers = new Timers(world);
  }

  /** The unanswered one. */
  get open() {
    return this.#open;
  }

  /** @param {Request} request */
  ask(request) {
    this.#open = request;
    this.#heard = this.#socket.heardCount;
    this.#socket.say(request.frame);
    this.#timers.set("answer", ANSWER_MS, () => this.#owner.later(() => this.#overdue(request)));
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

  /** It is answered, or nobody is there to answer. */
  close() {
    this.#open = null;
    this.#timers.clear("answer");
  }

  /**
   * A try to send this message was in vain. One on a dead socket is not the message's fault and does not count.
   * @param {string} client
   * @returns {boolean} whether it was the last
   */
  inVain(client) {
    if (this.#tries.client !== client) this.#tries = { client, count: 0 };
    this.#tries.count = (this.#tries.count + 1) % MOST_TRIES;
    return this.#tries.count === 0;
  }

  /**
   * Its next try would be the first.
   * @param {string} client
   */
  forget(client) {
    if (this.#tries.client === client) this.#tries.count = 0;
  }

  // Nothing tells a late answer to one join from the answer to the next: after a join, only a new socket will do.
  /** @param {Request} request */
  #overdue(request) {
    if (request !== this.#open) return;
    const { client } = request.frame;
    if (client === undefined || this.#socket.heardCount === this.#heard) return this.#socket.lose();
    if (!this.inVain(client)) return this.ask(request);
    this.close();
    this.#owner.unconfirmed(client);
  }
}
