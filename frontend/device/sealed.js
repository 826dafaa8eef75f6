// Items of a storage that are sealed with a room's key.

import { context, seal, unseal } from "../crypto/box.js";
import { itemOf } from "./device.js";

/** @import { StorageArea } from "./device.js" */
/** @import { RoomKey } from "../types.js" */

/**
 * Storage whose items are sealed with the room's key: of no use to whoever has the browser but not the link. It may be
 * full, broken or written to by others. Nothing here throws for that: then it is as if empty.
 */
export class SealedStorage {
  #roomKey;
  #storage;
  /** What was asked for first is done first, though sealing takes its time. */
  #work = Promise.resolve();

  /**
   * @param {RoomKey} roomKey
   * @param {StorageArea} storage
   */
  constructor(roomKey, storage) {
    this.#roomKey = roomKey;
    this.#storage = storage;
  }

  /**
   * @param {string} name
   * @param {unknown} value - anything that JSON has
   * @returns {Promise<void>}
   */
  put(name, value) {
    return this.#next(async () => {
      const plaintext = new TextEncoder().encode(JSON.stringify(value));
      this.#storage.setItem(this.#item(name), await seal(this.#roomKey.key, this.#context(name), plaintext));
    });
  }

  /**
   * @param {string} name
   * @returns {Promise<any>} null if there is nothing, or nothing that was put there by somebody with this key
   */
  async get(name) {
    let value = null;
    await this.#next(async () => {
      const plaintext = await unseal(this.#roomKey.key, this.#context(name), this.#storage.getItem(this.#item(name)));
      if (plaintext) value = JSON.parse(new TextDecoder().decode(plaintext));
    });
    return value;
  }

  /**
   * @param {string} name
   * @returns {Promise<void>}
   */
  remove(name) {
    return this.#next(async () => this.#storage.removeItem(this.#item(name)));
  }

  /** @param {() => Promise<void>} step */
  #next(step) {
    this.#work = this.#work.then(step).catch(() => {});
    return this.#work;
  }

  /** @param {string} name */
  #item(name) {
    return itemOf(this.#roomKey.id, name);
  }

  /** @param {string} name */
  #context(name) {
    return context("vault", this.#roomKey.id, name);
  }
}
