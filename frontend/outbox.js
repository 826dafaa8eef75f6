// One's own messages of a room that no echo has acknowledged yet, as they were sealed, so that they survive a reload.
// Each is an item of its own, so that two tabs do not write over each other. Full or broken storage never throws.

/** @import { Shelf } from "./storage.js" */
/** @typedef {{ client: string, sealed: string, written: number }} Item */

export class Outbox {
  #prefix;
  #storage;

  /**
   * @param {string} room
   * @param {Shelf} storage
   */
  constructor(room, storage) {
    this.#prefix = `anonchat.${room}.outbox.`;
    this.#storage = storage;
  }

  /**
   * Keep a message, behind those that are there.
   * @param {string} client
   * @param {string} sealed
   */
  put(client, sealed) {
    const last = this.#items().at(-1)?.written ?? 0;
    const written = Math.max(Date.now(), last + 1); // two in one millisecond keep their order, and so does a clock set back
    attempt(() => this.#storage.setItem(this.#prefix + client, JSON.stringify({ sealed, written })));
  }

  /** @param {string} client */
  remove(client) {
    attempt(() => this.#storage.removeItem(this.#prefix + client));
  }

  /**
   * In the order of writing.
   * @returns {{ client: string, sealed: string }[]}
   */
  all() {
    return this.#items().map(({ client, sealed }) => ({ client, sealed }));
  }

  #items() {
    const items = attempt(() => this.#keys().map((key) => this.#read(key))) ?? [];
    return items.filter((item) => item !== null).sort((one, other) => one.written - other.written);
  }

  #keys() {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index) ?? "");
    return keys.filter((key) => key.startsWith(this.#prefix));
  }

  /**
   * @param {string} key
   * @returns {Item | null} null if something else was written there
   */
  #read(key) {
    const { sealed, written } = attempt(() => JSON.parse(this.#storage.getItem(key) ?? "")) ?? {};
    if (typeof sealed !== "string" || typeof written !== "number") return null;
    return { client: key.slice(this.#prefix.length), sealed, written };
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
