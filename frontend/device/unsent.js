// One's own messages of a room that no echo has acknowledged yet, as they were sealed, so that they survive a reload.
// Each is an item of its own, so that two tabs do not write over each other. Full or broken storage never throws.

import { itemOf, keys } from "./storage.js";

/** @import { Shelf } from "./storage.js" */
/** @typedef {{ client: string, sealed: string, written: number, problem: string }} Item */

export class Outbox {
  #prefix;
  #storage;

  /**
   * @param {string} room
   * @param {Shelf} storage
   */
  constructor(room, storage) {
    this.#prefix = itemOf(room, "outbox.");
    this.#storage = storage;
  }

  /**
   * Keep a message, behind those that are there.
   * @param {string} client
   * @param {string} sealed
   * @returns {boolean} whether it could be kept
   */
  put(client, sealed) {
    const last = this.#items().at(-1)?.written ?? 0;
    const written = Math.max(Date.now(), last + 1); // two in one millisecond keep their order, and so does a clock set back
    return this.#write({ client, sealed, written, problem: "" });
  }

  /**
   * It is not to go out by itself any more.
   * @param {string} client
   * @param {string} problem a sentence
   */
  fail(client, problem) {
    const item = this.#items().find((each) => each.client === client);
    if (item) this.#write({ ...item, problem });
  }

  /** @param {string} client */
  remove(client) {
    attempt(() => this.#storage.removeItem(this.#prefix + client));
  }

  /**
   * In the order of writing.
   * @returns {{ client: string, sealed: string, problem: string }[]}
   */
  all() {
    return this.#items().map(({ client, sealed, problem }) => ({ client, sealed, problem }));
  }

  /** @param {Item} item */
  #write({ client, ...item }) {
    const written = () => {
      this.#storage.setItem(this.#prefix + client, JSON.stringify(item));
      return true;
    };
    return attempt(written) ?? false;
  }

  #items() {
    const items = attempt(() => keys(this.#storage, this.#prefix).map((key) => this.#read(key))) ?? [];
    return items.filter((item) => item !== null).sort((one, other) => one.written - other.written);
  }

  /**
   * @param {string} key
   * @returns {Item | null} null if something else was written there
   */
  #read(key) {
    const { sealed, written, problem } = attempt(() => JSON.parse(this.#storage.getItem(key) ?? "")) ?? {};
    if (typeof sealed !== "string" || typeof written !== "number") return null;
    return { client: key.slice(this.#prefix.length), sealed, written, problem: String(problem ?? "") };
  }
}

/**
 * @template T
 * @param {() => T} action
 * @returns {T | undefined}
 */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
