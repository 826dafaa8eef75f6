// What an earlier visit to a room has left on this device, perhaps an earlier or a later version of the page: it may not suit.

import { reduce } from "./state/room.js";
import { LEFT_ASIDE } from "./words/sentences.js";

/** @import { ActionOf, State } from "./state/types.js" */

/**
 * @param {State} state before
 * @param {() => Promise<Pick<ActionOf<"restored">, "names" | "muted" | "unsent">>} read
 * @returns {Promise<{state: State, problem: string}>} with what was left, or without it and why
 */
export async function remembered(state, read) {
  try {
    const left = await read();
    return { ...reduce(state, { type: "restored", ...left, now: Date.now() }), problem: "" };
  } catch {
    return { state, problem: LEFT_ASIDE };
  }
}
