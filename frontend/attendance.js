// The list of members may disagree with their number for a moment, since frames overtake each other. If it goes on to, the
// list is fetched anew. And a snapshot may be older than what was told while it was waited for.

/** @import { ActionOf, State } from "./state/types.js" */

const LIST_MS = 5_000; // it may disagree for this long
const ANSWER_MS = 10_000; // a snapshot that comes now was read so long ago at most: what was asked before is asked again
const LISTED = 20; // above this many members the server does not name who comes and goes

export class Attendance {
  #refresh;
  #timer = 0;
  /** @type {{action: ActionOf<"presence">, at: number}[]} */
  #told = [];

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

  /**
   * @param {ActionOf<"presence">} action who came and went
   * @param {number} [now] as performance.now()
   */
  told(action, now = performance.now()) {
    this.#told = [...this.#told.filter(({ at }) => now < at + ANSWER_MS), { action, at: now }];
  }

  /**
   * What a snapshot that comes now may not know. Said once more it changes nothing that the snapshot knows.
   * @param {number} online the number that the snapshot tells
   * @param {number} [now] as performance.now()
   * @returns {ActionOf<"presence">[]}
   */
  recent(online, now = performance.now()) {
    return this.#told.filter(({ at }) => now < at + ANSWER_MS).map(({ action }) => ({ ...action, online }));
  }

  close() {
    clearTimeout(this.#timer);
  }
}
