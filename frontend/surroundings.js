// What happens around a room: somebody comes back to the page or leaves it, the network changes, the server is there or not.

import { lasts } from "./device/device.js";
import { connected } from "./view/status.js";

/**
 * @typedef {object} SurroundingsListener
 * @property {() => void} looked the page is seen now, or is not any more
 * @property {(another: boolean) => void} network it has changed; `another`: what was open on the one before may be dead
 */

/**
 * @param {SurroundingsListener} on
 * @param {AbortSignal} signal ends it
 */
export function watchSurroundings(on, signal) {
  addEventListener("online", () => on.network(true), { signal });
  addEventListener("pageshow", on.looked, { signal });
  document.addEventListener("visibilitychange", on.looked, { signal });

  /** @type {(EventTarget & {type?: string}) | undefined} */
  const network = Reflect.get(navigator, "connection"); // not every browser has it, and desktops do not tell the type
  let before = network?.type;
  const changed = () => {
    const another = network?.type !== before;
    before = network?.type;
    on.network(another); // else it is faster or slower than it was
  };
  network?.addEventListener("change", changed, { signal });
}

/** Whether the server is there, and that it is said where it is not. */
export class Reach {
  #again;
  #ready = false; // in the room, and caught up
  #doubtful = false; // whether anybody answers is being asked
  #lost = false;

  /** @param {() => void} again it was lost, and is there again */
  constructor(again) {
    this.#again = again;
  }

  get isReady() {
    return this.#ready;
  }

  /** @param {boolean} yes */
  setReady(yes) {
    this.#ready = yes;
    this.show();
    if (yes && this.#lost) this.#again();
    this.#lost = !yes;
  }

  /** @param {boolean} yes */
  setDoubtful(yes) {
    this.#doubtful = yes;
    this.show();
  }

  show() {
    connected(this.#ready, this.#doubtful, lasts);
  }
}
