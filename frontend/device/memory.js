// What a room leaves on this device, sealed with the room's key: messages that have not gone out, a draft, who is
// muted, and which name was whose.

import { itemOf, keys, lasts } from "./device.js";
import { SealedStorage } from "./sealed.js";

/** @import { StorageArea } from "./device.js" */
/** @import { Places } from "./places.js" */
/** @import { KeptName, Names } from "../state/types.js" */
/** @import { RoomKey } from "../types.js" */

const DRAFT_MS = 300; // a pause in typing this long saves the draft
const KNOWN_NAMES = 200; // whose signer is remembered from visit to visit: the first, or a flood would wash them out

export class Memory {
  #room;
  #places;
  #kept;
  #drafts;
  /** @type {Names | null} */
  #names = null; // that were looked at last
  #savedNames = "";
  #muting = Promise.resolve(); // one after the other, or the later would undo the earlier
  /** @type {string | undefined} */
  #draft; // as it was typed last
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {RoomKey} room
   * @param {Places} places
   */
  constructor(room, places) {
    this.#room = room;
    this.#places = places;
    this.#kept = new SealedStorage(room, places.lasting);
    this.#drafts = new SealedStorage(room, places.tab); // a tab's own: others may use this computer later
  }

  /** @returns {Promise<KeptName[]>} what an earlier visit has left */
  async names() {
    return (await this.#kept.get("names")) ?? [];
  }

  /** @param {Names} names */
  keepNames(names) {
    if (names === this.#names) return;
    this.#names = names;
    const sorted = [...names].sort(([, one], [, other]) => (one.id < other.id ? -1 : Number(one.id > other.id)));
    const first = sorted.slice(0, KNOWN_NAMES).map(([name, { signer, id }]) => [name, signer, id]);
    const text = JSON.stringify(first);
    if (text !== this.#savedNames) this.#kept.put("names", first);
    this.#savedNames = text;
  }

  /** Whether what is written now would survive a reload. The browser may have thrown all away. */
  get lasts() {
    return lasts() && !this.#places.forgotten;
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
    const heard = async (event) => {
      const { key, newValue } = event;
      if (key === itemOf(this.#room.id, "muted") && newValue) return on.muted(new Set(await this.muted()));
      if (this.#places.forgottenBy(event)) on.forgotten();
    };
    addEventListener("storage", heard, { signal });
  }

  /** @returns {Promise<string>} what was typed meanwhile, or else what an earlier visit has left */
  async draft() {
    const draft = (await this.#drafts.get("draft")) ?? "";
    this.#draft ??= draft;
    return this.#draft ?? "";
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

  /** The room is left: a room on the list keeps what it has, of another nothing stays. */
  leave() {
    if (this.#places.remembered) this.save();
    else this.close();
  }

  /** Nothing is kept any more. */
  close() {
    this.#places.end();
    clearTimeout(this.#timer);
    this.#timer = undefined;
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
   * @param {string} [problem] why it is not to go out by itself
   * @returns {boolean} whether it could be kept
   */
  put(client, sealed, problem = "") {
    const last = this.#items().at(-1)?.written ?? 0;
    const written = Math.max(Date.now(), last + 1); // two in one millisecond keep their order, and so does a clock set back
    return this.#write({ client, sealed, written, problem });
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
