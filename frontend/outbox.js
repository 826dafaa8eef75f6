// The only queue of what goes out: what this person has written and no echo has acknowledged yet. A message is shown and
// sealed, kept on this device, and handed to the connection when that asks for the next one, until its echo has come.

import { newClient, openMessage, sealMessage } from "./crypto/envelope.js";
import { next } from "./state/unsent.js";
import { refusal, say } from "./words/say.js";

/** @import { UnsentMessages } from "./device/memory.js" */
/** @import { Unsent } from "./device/types.js" */
/** @import { Action, MessageEntry } from "./state/types.js" */
/** @import { ErrorFrame, Identity, MessageFrame, RoomKey, Words } from "./types.js" */
/** @import { Key, Said } from "./words/say.js" */

/**
 * @typedef {object} OutboxOwner
 * @property {() => MessageEntry[]} pending the state's: all that is in this queue, the oldest first
 * @property {(action: Action) => void} dispatch changes it
 * @property {() => void} filled there may be a message to send now
 * @property {(client: string) => void} settled it need not be sent any more
 * @property {(said: Said, seconds?: number) => void} notice tells the person
 * @property {(text: string) => void} alarm tells the person that a message was not sent
 */

export class Outbox {
  #room;
  #me;
  #kept;
  #owner;
  #closed = false;
  #warned = false;
  /** What was written first is kept first, though sealing takes its time. */
  #turn = Promise.resolve();

  /**
   * @param {RoomKey} room
   * @param {Identity} me
   * @param {UnsentMessages} kept
   * @param {OutboxOwner} owner
   */
  constructor(room, me, kept, owner) {
    this.#room = room;
    this.#me = me;
    this.#kept = kept;
    this.#owner = owner;
  }

  /** How many messages go out by themselves. */
  get waiting() {
    return this.#owner.pending().filter(({ state }) => state !== "failed").length;
  }

  /**
   * Show a message, and send it when its turn comes.
   * @param {Words} words
   * @returns {Promise<void>} when it is kept on this device
   */
  add(words) {
    const client = newClient();
    this.#owner.dispatch({ type: "written", client, ...words });
    return this.#seal(client, words);
  }

  /** For the connection, whose turn it is: the message to be sent now. It comes again until it is settled or has failed. */
  next() {
    if (this.#owner.pending().some(({ state }) => state === "waiting")) this.#owner.dispatch({ type: "released" });
    const message = next({ pending: this.#owner.pending() });
    return message && { client: message.client, text: message.sealed };
  }

  /**
   * A genuine echo has come.
   * @param {string} client
   */
  settle(client) {
    this.#kept.remove(client);
    this.#owner.settled(client);
  }

  /**
   * The server refused a message: for now, and then the connection asks for it again, or for good.
   * @param {ErrorFrame & {client: string}} frame
   */
  refused({ client, code, retryAfter }) {
    if (code !== "rate_limited") return this.#fail(client, refusal(code));
    this.#owner.dispatch({ type: "held" });
    this.#owner.notice("quick", retryAfter);
  }

  /** @param {string} client */
  unconfirmed(client) {
    this.#fail(client, "unconfirmed");
  }

  /**
   * The person wants to send once more what has failed.
   * @param {string} client
   */
  async retry(client) {
    const entry = this.#owner.pending().find((unsent) => unsent.client === client);
    this.#owner.dispatch({ type: "retried", client });
    if (entry?.sealed) await this.#inTurn(client, entry.sealed);
    else if (entry) await this.#seal(client, entry); // with today's key: the one it was written with is lost
  }

  /** @param {string} client */
  discard(client) {
    this.#kept.remove(client);
    this.#owner.dispatch({ type: "discarded", client });
  }

  /**
   * Keep once more, in their order, all that wait: the storage may have been full, or the browser may have emptied it.
   * @returns {boolean} whether all of them would survive a reload
   */
  keepAll() {
    return this.#owner
      .pending()
      .every(({ client, sealed, problem }) =>
        sealed ? this.#keep(client, sealed, problem) : this.#kept.all().some((item) => item.client === client),
      );
  }

  /** Nothing is kept any more. */
  close() {
    this.#closed = true;
  }

  /**
   * @param {string} client
   * @param {Words} words
   */
  #seal(client, words) {
    return this.#inTurn(
      client,
      sealMessage(this.#room, this.#me, client, words).catch(() => ""),
    );
  }

  /**
   * @param {string} client
   * @param {string | Promise<string>} sealing
   */
  #inTurn(client, sealing) {
    const turn = this.#turn.then(async () => this.#sealed(client, await sealing));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * @param {string} client
   * @param {string} sealed "" where that failed
   */
  #sealed(client, sealed) {
    if (this.#closed) return;
    if (!sealed) return this.#fail(client, "not-encrypted");
    const kept = this.#keep(client, sealed);
    if (!kept && !this.#warned) this.#owner.notice("not-kept");
    this.#warned = !kept; // where a browser keeps nothing at all, it would be said of every message
    this.#owner.dispatch({ type: "sealed", client, sealed });
    this.#owner.filled();
  }

  /**
   * @param {string} client
   * @param {string} sealed
   * @param {string} [problem]
   * @returns {boolean} whether it would survive a reload
   */
  #keep(client, sealed, problem) {
    return !this.#closed && this.#kept.put(client, sealed, problem);
  }

  /**
   * @param {string} client
   * @param {Key} problem
   */
  #fail(client, problem) {
    this.#kept.fail(client, problem);
    this.#owner.dispatch({ type: "failed", client, problem });
    this.#owner.alarm(say("not-sent-alarm", { problem: { key: problem } }));
  }
}

/**
 * The messages that an earlier visit has left, as far as this room's key opens them.
 * @param {RoomKey} room
 * @param {Identity} me
 * @param {UnsentMessages} kept
 */
export async function restored(room, me, kept) {
  const unsent = await Promise.all(kept.all().map((item) => opened(room, me, item)));
  return unsent.filter((item) => item !== null);
}

/**
 * @param {RoomKey} room
 * @param {Identity} me
 * @param {{client: string, sealed: string, problem: string}} item
 * @returns {Promise<Unsent | null>}
 */
async function opened(room, me, { client, sealed, problem }) {
  /** @type {MessageFrame} */
  const frame = { type: "message", id: "", client, from: { id: "", alias: "" }, text: sealed, at: 0, online: 0 };
  const message = await openMessage(room, frame);
  if (message.verdict !== "genuine") return null;
  const { signer, alias, text, action, written } = message;
  const lost = signer === me.signer ? "" : "lost-key";
  return { client, sealed: lost ? "" : sealed, alias, text, action, written, problem: problem || lost };
}
