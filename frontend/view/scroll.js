// Where the reader is in the log, and that it stays there: at the end while one is at the end, else with the first
// visible row at its place, whatever comes in around it. (Safari has no scroll anchoring, and no browser's knows the end.)

import { after } from "./dom.js";

/** These move when something comes in beside them: no place to hold on to. */
const LINES = "[data-kind=day], [data-kind=unread]";
/** Rounded pixels, a line of a new message: still the end. */
const END_PX = 80;
/** Above the first unread row, when there is more than one screen of them. */
const UNREAD_PX = 12;

export class Scroll {
  atEnd = true;
  #log;
  #list;
  #moved;
  #top = 0; // where `keep` or `look` left it
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
    const wandered = this.#wandered();
    this.#held = this.#held.filter(({ item }) => item.isConnected);
    const [held] = this.#held;
    if (this.atEnd) this.#log.scrollTop = this.#end();
    else if (held) this.#log.scrollTop += this.#topOf(held.item) - (held.top - wandered);
    if (wandered) this.#held = [];
    this.#settle();
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
  #wandered() {
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
    const leaf = this.#firstBelow(this.#list.children);
    return leaf && (this.#firstBelow(leaf.children) ?? after(leaf.children[leaf.children.length - 1]));
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
