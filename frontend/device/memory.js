// What a room leaves on this device, sealed with the room's key: messages that have not gone out, a draft, who is
// muted, and which name was whose.

import { context, seal, unseal } from "../crypto/box.js";
import { forgetIdentity } from "../crypto/signer.js";
import { clear, itemOf, kept, keys, tab } from "./device.js";

/** @import { StorageArea } from "./device.js" */
/** @import { RoomKey } from "../types.js" */

const DRAFT_MS = 300; // a pause in typing this long saves the draft
const KNOWN_NAMES = 200; // whose signer is remembered from visit to visit: the first, or a flood would wash them out

export class Memory {
  #room;
  #kept;
  #drafts;
  /** @type {Map<string, string> | null} */
  #names = null; // that were looked at last
  #savedNames = "";
  #muting = Promise.resolve(); // one after the other, or the later would undo the earlier
  #draft = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #closed = false;

  /** @param {RoomKey} room */
  constructor(room) {
    this.#room = room;
    this.#kept = new SealedStorage(room, kept);
    this.#drafts = new SealedStorage(room, tab); // a tab's own: others may use this computer later
  }

  /** @returns {Promise<[string, string][]>} what an earlier visit has left */
  async names() {
    return (await this.#kept.get("names")) ?? [];
  }

  /** @param {Map<string, string>} names */
  keepNames(names) {
    if (names === this.#names || this.#closed) return;
    this.#names = names;
    const first = [...names].slice(0, KNOWN_NAMES);
    const text = JSON.stringify(first);
    if (text !== this.#savedNames) this.#kept.put("names", first);
    this.#savedNames = text;
  }

  /** @returns {Promise<string[]>} signers */
  async muted() {
    return (await this.#kept.get("muted")) ?? [];
  }

  /**
   * Other tabs may have muted others.
   * @param {string} signer
   * @param {boolean} muted
   */
  keepMuted(signer, muted) {
    this.#muting = this.#muting.then(async () => {
      const others = (await this.muted()).filter((other) => other !== signer);
      await this.#kept.put("muted", muted ? [...others, signer] : others);
    });
  }

  /**
   * Hear of other tabs of this browser: whom they have muted, and that they have forgotten this room.
   * @param {{muted: (signers: Set<string>) => void, forgotten: () => void}} on
   * @param {AbortSignal} signal
   */
  watch(on, signal) {
    /** @param {StorageEvent} event */
    const heard = async ({ key, newValue }) => {
      if (key !== null && !["muted", "names"].some((name) => key === itemOf(this.#room.id, name))) return;
      if (newValue !== null) return on.muted(new Set(await this.muted()));
      this.close();
      clear(itemOf(this.#room.id)); // this tab's own part
      on.forgotten();
    };
    addEventListener("storage", heard, { signal });
  }

  /** @returns {Promise<string>} */
  async draft() {
    this.#draft = (await this.#drafts.get("draft")) ?? "";
    return this.#draft;
  }

  /**
   * Saved in a moment, however long somebody goes on typing.
   * @param {string} text
   */
  keepDraft(text) {
    this.#draft = text;
    this.#timer ??= setTimeout(() => this.save(), DRAFT_MS);
  }

  /**
   * It is no draft any more, unless more was typed meanwhile.
   * @param {string} text
   */
  dropDraft(text) {
    if (this.#draft === text) this.keepDraft("");
  }

  /** What waits to be saved is saved now. */
  save() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#draft) this.#drafts.put("draft", this.#draft);
    else this.#drafts.remove("draft");
  }

  /** Nothing is kept any more. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}

/**
 * Nothing of this room stays on this device.
 * @param {RoomKey} room
 */
export async function forget(room) {
  clear(itemOf(room.id));
  await forgetIdentity(room.id);
}

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

/** @typedef {{ client: string, sealed: string, written: number, problem: string }} Item */

/**
 * One's own messages of a room that no echo has acknowledged yet, as they were sealed, so that they survive a reload. Each
 * is an item of its own, so that two tabs do not write over each other. Full or broken storage never throws.
 */
export class UnsentMessages {
  #prefix;
  #storage;

  /**
   * @param {string} room
   * @param {StorageArea} storage
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
