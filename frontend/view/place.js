// Where the reader is in the log, by eye and by keyboard, and that they stay there whatever comes in around it.

import { after, before } from "./dom.js";

/** These move when something comes in beside them: no place to hold on to. */
const LINES = "[data-kind=day], [data-kind=unread]";
/** Rounded pixels, a line of a new message: still the end. */
const END_PX = 80;
/** Above the first unread row, when there is more than one screen of them. */
const UNREAD_PX = 12;
const CONTROLS = "a, button";
/** @type {Record<string, (at: number, last: number) => number>} */
const STEPS = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * The place on the screen: at the end while one is at the end, else the first visible row stays where it is. (Safari has no
 * scroll anchoring, and no browser's knows the end.)
 */
export class Scroll {
  atEnd = true;
  #log;
  #list;
  #moved;
  #top = 0; // where it was left
  #size = "";
  /** @type {{item: Element, top: number}[]} rows on the screen and where; the first of them that survives is held */
  #held = [];

  /**
   * @param {HTMLElement} log the element that scrolls
   * @param {HTMLElement} list its rows
   * @param {() => void} moved called when the reader is somewhere else
   */
  constructor(log, list, moved) {
    this.#log = log;
    this.#list = list;
    this.#moved = moved;
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const resized = new ResizeObserver(() => this.keep());
    resized.observe(log);
    resized.observe(list);
  }

  /** To be called before rows change. */
  look() {
    if (this.#log.scrollTop === this.#top) return;
    this.#top = this.#log.scrollTop;
    this.atEnd = this.below() < END_PX;
    this.#hold();
  }

  /** To be called after rows have changed. */
  keep() {
    const scrolledPx = this.#scrolledPx();
    this.#held = this.#held.filter(({ item }) => item.isConnected);
    const [held] = this.#held;
    if (this.atEnd) this.#log.scrollTop = this.#end();
    else if (held) this.#log.scrollTop += this.#topOf(held.item) - (held.top - scrolledPx);
    if (scrolledPx) this.#held = [];
    this.#settle();
  }

  /** A row changes its size by the reader's own doing: also at the end, what is seen now stays. */
  stay() {
    this.#top = this.#log.scrollTop;
    this.atEnd = false;
    this.#hold();
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#settle();
  }

  /** How many pixels there are below what is shown. */
  below() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight;
  }

  #scrolled() {
    if (this.#measure() !== this.#size) return this.keep(); // moved by a change of size, and its observer comes later
    this.look();
    this.#moved();
  }

  // How far the reader has scrolled since `keep` or `look`. At the very end it may have been the browser.
  #scrolledPx() {
    return this.below() > 1 ? this.#log.scrollTop - this.#top : 0;
  }

  #settle() {
    this.#top = this.#log.scrollTop;
    this.#size = this.#measure();
    this.atEnd = this.below() < END_PX;
    if (this.atEnd || !this.#held.length) this.#hold(); // else what comes in next to it could take its place
    this.#moved();
  }

  // While nobody looks, the log does not run past the first message that nobody has seen.
  #end() {
    const unread = document.hidden && this.#list.querySelector("[data-kind=unread]");
    const end = this.#log.scrollHeight;
    return unread ? Math.min(end, this.#log.scrollTop + this.#topOf(unread) - UNREAD_PX) : end;
  }

  #hold() {
    this.#held = [];
    if (this.atEnd) return;
    /** @type {Element | null} */
    let item = this.#firstVisible();
    for (; item; item = after(item)) {
      const top = this.#topOf(item);
      if (top > this.#log.clientHeight) break;
      if (!item.matches(LINES)) this.#held.push({ item, top });
    }
  }

  #firstVisible() {
    const chunk = this.#firstBelow(this.#list.children);
    return chunk && (this.#firstBelow(chunk.children) ?? after(chunk.children[chunk.children.length - 1]));
  }

  /** @param {HTMLCollection} elements from top to bottom */
  #firstBelow(elements) {
    let [low, high] = [0, elements.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#topOf(elements[middle]) + elements[middle].clientHeight > 0) high = middle;
      else low = middle + 1;
    }
    return elements[low] ?? null;
  }

  /** @param {Element} item */
  #topOf(item) {
    return item.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
  }

  #measure() {
    return `${this.#log.clientWidth}×${this.#log.clientHeight} ${this.#log.scrollHeight}`;
  }
}

/** The focus: one row at a time can be reached by Tab, the arrows choose which, Escape leads back to the writing. */
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
      if (target instanceof Element) this.#activate(target.closest("li"));
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
    const last = /** @type {HTMLElement | null} */ (this.#list.lastElementChild?.lastElementChild ?? null);
    this.#activate(among ? this.#active : last);
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
    /** @type {NodeListOf<HTMLElement>} */
    const controls = item.querySelectorAll(CONTROLS);
    for (const control of controls) control.tabIndex = tabIndex;
  }

  #rows() {
    return [...this.#list.querySelectorAll("li")];
  }
}
