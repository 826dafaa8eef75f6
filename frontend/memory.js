// What a room leaves on this device, sealed with the room's key: messages that have not gone out, a draft, who is muted,
// and which name was whose.

import { openMessage } from "./crypto/envelope.js";
import { forgetIdentity } from "./crypto/identity.js";
import { Vault } from "./crypto/vault.js";
import { Outbox } from "./outbox.js";
import { clear, kept, tab } from "./storage.js";

/**
 * @typedef {import("./types.js").Identity} Identity
 * @typedef {import("./types.js").MessageFrame} MessageFrame
 * @typedef {import("./types.js").RoomKey} RoomKey
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Unsent} Unsent
 */

const DRAFT_MS = 300; // a pause in typing this long saves the draft
const KNOWN_NAMES = 200; // whose signer is remembered from visit to visit: the first, or a flood would wash them out

export class Memory {
  #room;
  #me;
  #vault;
  #drafts;
  #outbox;
  #remembered = ""; // what was saved last
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

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
    const { names = [], muted = [] } = (await this.#vault.get("memory")) ?? {};
    const unsent = await Promise.all(this.#outbox.all().map((item) => this.#unseal(item)));
    return { names, muted, unsent: unsent.filter((item) => item !== null) };
  }

  /** @param {State} state */
  remember({ names, muted }) {
    const memory = { names: [...names].slice(0, KNOWN_NAMES), muted: [...muted] };
    const text = JSON.stringify(memory);
    if (text !== this.#remembered) this.#vault.put("memory", memory);
    this.#remembered = text;
  }

  /** @returns {Promise<string>} */
  async draft() {
    return (await this.#drafts.get("draft")) ?? "";
  }

  /** @param {string} text */
  keepDraft(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (text ? this.#drafts.put("draft", text) : this.#drafts.remove("draft")), DRAFT_MS);
  }

  /**
   * @param {string} client
   * @param {string} sealed
   */
  keepMessage(client, sealed) {
    this.#outbox.put(client, sealed);
  }

  /** @param {string} client */
  dropMessage(client) {
    this.#outbox.remove(client);
  }

  /** Nothing is kept any more. */
  close() {
    clearTimeout(this.#timer);
  }

  // If this browser's key was lost meanwhile, the message is nobody's any more.
  /**
   * @param {{client: string, sealed: string}} item
   * @returns {Promise<Unsent | null>}
   */
  async #unseal({ client, sealed }) {
    /** @type {MessageFrame} */
    const frame = { type: "message", id: "", client, from: { id: "", alias: "" }, text: sealed, at: 0, online: 0 };
    const opened = await openMessage(this.#room, frame);
    if (opened.verdict === "genuine" && opened.signer === this.#me.signer) {
      const { alias, text, action, written } = opened;
      return { client, sealed, alias, text, action, written };
    }
    this.#outbox.remove(client);
    return null;
  }
}

/**
 * Nothing of this room stays on this device.
 * @param {RoomKey} room
 */
export async function forget(room) {
  clear(`anonchat.${room.id}.`);
  await forgetIdentity(room.id);
}
