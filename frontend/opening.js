// What a visit to a room begins with: who one is there, and what an earlier visit has left on this device. That was perhaps
// another version of the page, whose things may not suit this one.

import { sealAlias } from "./crypto/envelope.js";
import { Memory, UnsentMessages } from "./device/memory.js";
import { settle } from "./device/places.js";
import { restored } from "./outbox.js";
import { initial, reduce } from "./state/room.js";

/** @import { ActionOf, State } from "./state/types.js" */
/** @import { Identity, Visit } from "./types.js" */
/** @import { Said } from "./words/say.js" */

/**
 * @typedef {object} Beginning
 * @property {Identity} me
 * @property {Memory} memory
 * @property {UnsentMessages} unsent
 * @property {State} state
 * @property {string} sealed the alias
 * @property {Said} problem what is to be said about it; "" for nothing
 */

/**
 * @param {Visit} visit
 * @returns {Promise<Beginning>}
 */
export async function begin({ key, alias, listed }) {
  const { me, places } = await settle(key, listed);
  const [memory, unsent] = [new Memory(key, places), new UnsentMessages(key.id, places.lasting)];
  const sealed = await sealAlias(key, me, alias);
  const { state, problem } = await remembered(initial(me.signer, alias), async () => ({
    names: await memory.names(),
    muted: await memory.muted(),
    unsent: await restored(key, me, unsent),
  }));
  return { me, memory, unsent, state, sealed, problem: problem || (me.fleeting ? "not-lasting" : "") };
}

/**
 * @param {State} state before
 * @param {() => Promise<Pick<ActionOf<"restored">, "names" | "muted" | "unsent">>} read
 * @returns {Promise<{state: State, problem: Said}>} with what was left, or without it and why
 */
async function remembered(state, read) {
  try {
    const left = await read();
    return { ...reduce(state, { type: "restored", ...left, now: Date.now() }), problem: "" };
  } catch {
    return { state, problem: "left-aside" };
  }
}
