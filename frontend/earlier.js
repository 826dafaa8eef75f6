// "Earlier messages": what was said before the room was entered, or has been pushed off the beginning of the log since.

import { beginning, hasRoom, isCutOff } from "./state/bound.js";
import { bytes } from "./words/length.js";

/** @import { State } from "./state/types.js" */
/** @import { JoinedFrame } from "./types.js" */
/** @import { Said } from "./words/say.js" */

/**
 * @typedef {object} EarlierOwner
 * @property {() => State} state
 * @property {(known: string, spanMs: number) => Promise<boolean>} fetch some of it; true if there is no more
 * @property {(said: Said) => void} note says at the beginning of the log
 * @property {() => void} changed whether it is offered
 * @property {() => void} uncover what was cleared from the screen
 */

const FULL_BYTES = 14 * 1024; // a frame this long may have been cut to 32 KB: the longest message, escaped, has 17

export class Earlier {
  #owner;
  #more = false; // whether the server may have more
  #loading = false;
  #cut = ""; // where the log was cut off when the server had no more

  /** @param {EarlierOwner} owner */
  constructor(owner) {
    this.#owner = owner;
  }

  /** Whether there may be messages from before the first one shown. */
  get offered() {
    const state = this.#owner.state();
    if (state.cleared) return true;
    return !this.#loading && (this.#more || state.cut !== this.#cut) && hasRoom(state);
  }

  /** @param {JoinedFrame} frame that has brought the newest messages */
  entered(frame) {
    this.#more = bytes(JSON.stringify(frame)) > FULL_BYTES;
  }

  async load() {
    const { cut, cleared } = this.#owner.state();
    if (cleared) return this.#owner.uncover();
    const { known, spanMs } = beginning(this.#owner.state());
    this.#loading = true;
    this.#owner.changed();
    const whole = await this.#owner.fetch(known, spanMs);
    this.#loading = false;
    this.#more = !whole;
    if (whole) this.#cut = cut;
    const after = this.#owner.state();
    if (whole && isCutOff(after)) this.#owner.note("earlier-gone");
    else if (!hasRoom(after)) this.#owner.note("earlier-full");
    this.#owner.changed();
  }
}
