// Timers that have names: setting one anew replaces it.

/** @import { World } from "../types.js" */

/** @template {string} Name */
export class Timers {
  #world;
  /** @type {Map<Name, number>} */
  #running = new Map();

  /** @param {Pick<World, "setTimeout" | "clearTimeout">} world */
  constructor(world) {
    this.#world = world;
  }

  /**
   * @param {Name} name
   * @param {number} ms
   * @param {() => void} action
   */
  set(name, ms, action) {
    this.clear(name);
    const run = () => {
      this.#running.delete(name);
      action();
    };
    this.#running.set(name, this.#world.setTimeout(run, ms));
  }

  /** @param {Name} name */
  runs(name) {
    return this.#running.has(name);
  }

  /** @param {Name[]} names */
  clear(...names) {
    for (const name of names) {
      this.#world.clearTimeout(this.#running.get(name));
      this.#running.delete(name);
    }
  }

  clearAll() {
    this.clear(...this.#running.keys());
  }
}
