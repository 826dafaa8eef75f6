// What was said in a room before it was entered, as far as the server still holds it: fetched page by page.

import { BEGINNING } from "./cursor.js";

export class Past {
  #since = BEGINNING;
  #resolve = (/** @type {boolean} */ _whole) => {};
  /** True when all of it is there, false when it will not be. @type {Promise<boolean>} */
  fetched = new Promise((resolve) => {
    this.#resolve = resolve;
  });

  /** Where the next page begins; "" if there is none. */
  get since() {
    return this.#since;
  }

  /**
   * A page has come.
   * @param {string} onward where the next one begins, "" if there is none
   * @param {string} known from this id on nothing is missing
   */
  read(onward, known) {
    this.#since = onward >= known ? "" : onward;
    if (!this.#since) this.#resolve(true);
  }

  giveUp() {
    this.#resolve(false);
  }
}
