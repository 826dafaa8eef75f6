// What a room leaves on this device, sealed with the room's key: messages that have not gone out, a draft, who is muted,
// and which name was whose.

import { openMessage } from "../crypto/message.js";
import { forgetIdentity } from "./identities.js";
import { clear, itemOf, kept, tab } from "./storage.js";
import { Outbox } from "./unsent.js";
import { Vault } from "./vault.js";

/**
 * @typedef {import("../types.js").Identity} Identity
 * @typedef {import("../types.js").MessageFrame} MessageFrame
 * @typedef {import("../types.js").RoomKey} RoomKey
 * @typedef {import("../types.js").State} State
 * @typedef {import("../types.js").Unsent} Unsent
 */

const DRAFT_MS = 300; // a pause in typing this long saves the draft
const KNOWN_NAMES = 200; // whose signer is remembered from visit to visit: the first, or a flood would wash them out

export class Memory {
  #room;
  #me;
  #vault;
  #drafts;
  #outbox;
  /** @type {Map<string, string> | null} */
  #names = null; // that were looked at last
  #savedNames = "";
  #muting = Promise.resolve(); // one after the other, or the later would undo the earlier
  #draft = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #closed = false;

  /**
   * @param {RoomKey} room
   * @param {Identity} me
   */
  constructor(room, me) {
    this.#room = room;
    this.#me = me;
    this.#vault = new Vault(room, kept);
    this.#drafts = new Vault(room, tab); // a tab's own: others may use this computer later
    this.#outbox = new Outbox(room.id, kept);
  }

  /**
   * What an earlier visit has left.
   * @returns {Promise<{names: [string, string][], muted: string[], unsent: Unsent[]}>}
   */
  async restore() {
    const names = (await this.#vault.get("names")) ?? [];
    const unsent = await Promise.all(this.#outbox.all().map((item) => this.#unseal(item)));
    return { names, muted: await this.muted(), unsent: unsent.filter((item) => item !== null) };
  }

  /** @param {Map<string, string>} names */
  keepNames(names) {
    if (names === this.#names || this.#closed) return;
    this.#names = names;
    const first = [...names].slice(0, KNOWN_NAMES);
    const text = JSON.stringify(first);
    if (text !== this.#savedNames) this.#vault.put("names", first);
    this.#savedNames = text;
  }

  /** @returns {Promise<string[]>} signers */
  async muted() {
    return (await this.#vault.get("muted")) ?? [];
  }

  /**
   * Other tabs may have muted others.
   * @param {string} signer
   * @param {boolean} muted
   */
  keepMuted(signer, muted) {
    this.#muting = this.#muting.then(async () => {
      const others = (await this.muted()).filter((other) => other !== signer);
      await this.#vault.put("muted", muted ? [...others, signer] : others);
    });
  }

  /**
   * Whether what another tab has written or removed is this room's, and not about a message.
   * @param {string | null} key of the browser's storage; null where all of it was removed
   */
  concerns(key) {
    return key === null || ["muted", "names"].some((name) => key === itemOf(this.#room.id, name));
  }

  /** @returns {Promise<string>} */
  async draft() {
    return (await this.#drafts.get("draft")) ?? "";
  }

  /**
   * Saved in a moment, however long somebody goes on typing.
   * @param {string} text
   */
  keepDraft(text) {
    this.#draft = text;
    this.#timer ??= setTimeout(() => this.save(), DRAFT_MS);
  }

  /** What waits to be saved is saved now. */
  save() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#draft) this.#drafts.put("draft", this.#draft);
    else this.#drafts.remove("draft");
  }

  /**
   * @param {string} client
   * @param {string} sealed
   * @returns {boolean} whether it would survive a reload
   */
  keepMessage(client, sealed) {
    return !this.#closed && this.#outbox.put(client, sealed);
  }

  /**
   * It does not go out by itself any more.
   * @param {string} client
   * @param {string} problem
   */
  markFailed(client, problem) {
    this.#outbox.fail(client, problem);
  }

  /** @param {string} client */
  dropMessage(client) {
    this.#outbox.remove(client);
  }

  /** Nothing is kept any more. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /**
   * @param {{client: string, sealed: string, problem: string}} item
   * @returns {Promise<Unsent | null>}
   */
  async #unseal({ client, sealed, problem }) {
    /** @type {MessageFrame} */
    const frame = { type: "message", id: "", client, from: { id: "", alias: "" }, text: sealed, at: 0, online: 0 };
    const opened = await openMessage(this.#room, frame);
    if (opened.verdict !== "genuine") return null;
    const { signer, alias, text, action, written } = opened;
    const lost = signer === this.#me.signer ? "" : "This browser has lost the key it was written with.";
    return { client, sealed: lost ? "" : sealed, alias, text, action, written, problem: problem || lost };
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
