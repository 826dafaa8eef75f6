// The list of members may disagree with their number for a moment, since frames overtake each other. If it goes on to, the
// list is fetched anew.

/** @import { State } from "./state/types.js" */

const LIST_MS = 5_000; // it may disagree for this long
const LISTED = 20; // above this many members the server does not name who comes and goes

export class Attendance {
  #refresh;
  #timer = 0;

  /** @param {() => void} refresh */
  constructor(refresh) {
    this.#refresh = refresh;
  }

  /** @param {State} state as it is now */
  check({ people, online }) {
    if (people.size !== online) this.#refresh();
  }

  /** @param {() => State} state as it is at the time */
  watch(state) {
    clearTimeout(this.#timer);
    const { people, online } = state();
    if (people.size !== online && online <= LISTED) this.#timer = setTimeout(() => this.check(state()), LIST_MS);
  }

  close() {
    clearTimeout(this.#timer);
  }
}
