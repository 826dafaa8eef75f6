// The log by keyboard: one row at a time can be reached by Tab, the arrows choose which, Escape leads back to the writing.

import { after, before } from "./dom.js";

const CONTROLS = "a, button";
/** @type {Record<string, (at: number, last: number) => number>} */
const STEPS = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
};

export class Focus {
  #log;
  #list;
  #name;
  /** @type {HTMLElement | null} the row that Tab reaches */
  #active = null;
  /** @type {HTMLElement | null} what had the focus before the rows changed */
  #focused = null;
  /** @type {(Element | null)[]} where the focus may go if that is gone */
  #nearby = [];

  /**
   * @param {HTMLElement} log
   * @param {HTMLElement} list
   * @param {{name: (item: HTMLElement) => string, leave: () => void}} on
   */
  constructor(log, list, { name, leave }) {
    this.#log = log;
    this.#list = list;
    this.#name = name;
    log.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      else if (!this.#step(event)) return;
      event.preventDefault();
    });
    list.addEventListener("focusin", ({ target }) => {
      if (target instanceof Element) this.#activate(/** @type {HTMLElement} */ (target.closest("li")));
    });
  }

  /** To be called before rows change. */
  look() {
    const focused = document.activeElement;
    this.#focused = focused instanceof HTMLElement && this.#log.contains(focused) ? focused : null;
    const row = this.#focused?.closest("li") ?? null;
    this.#nearby = [this.#focused, row, row && after(row), row && before(row), this.#log];
  }

  /** To be called after rows have changed: the focus stays where it was, or as near as possible. */
  keep() {
    const among = this.#focused !== null && this.#list.contains(this.#active);
    this.#activate(
      among ? this.#active : /** @type {HTMLElement | null} */ (this.#list.lastElementChild?.lastElementChild ?? null),
    );
    if (!this.#focused || document.activeElement === this.#focused) return;
    const nearest = this.#nearby.find((element) => element instanceof HTMLElement && element.offsetParent);
    if (nearest instanceof HTMLElement) nearest.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #step({ key, altKey, ctrlKey, metaKey, shiftKey }) {
    if (!Object.hasOwn(STEPS, key) || altKey || ctrlKey || metaKey || shiftKey) return false;
    const rows = this.#rows();
    const at = rows.findIndex((item) => item.contains(document.activeElement));
    const target = rows[STEPS[key](at < 0 ? rows.length : at, rows.length - 1)];
    if (!target) return false;
    this.#activate(target);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
    return true;
  }

  /** @param {HTMLElement | null} item */
  #activate(item) {
    if (this.#active && this.#active !== item) {
      this.#reach(this.#active, -1);
      this.#active.ariaLabel = null;
    }
    this.#active = item;
    if (!item) return;
    this.#reach(item, 0);
    item.ariaLabel = this.#name(item);
  }

  /**
   * @param {HTMLElement} item
   * @param {number} tabIndex
   */
  #reach(item, tabIndex) {
    item.tabIndex = tabIndex;
    for (const control of item.querySelectorAll(CONTROLS)) /** @type {HTMLElement} */ (control).tabIndex = tabIndex;
  }

  #rows() {
    return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("li")]);
  }
}
