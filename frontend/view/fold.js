// Long messages: of what is taller than about a screen, some twenty lines are shown until somebody wants the rest. All of it
// stays in the document: for screen readers, for copying, for a search in the page, and for paper.

import { follow, say } from "../words/say.js";
import { find, make } from "./dom.js";
import { stay } from "./log.js";

const FOLDABLE = ".text, .problem p";
/** Less than this is not looked at: it fills no screen, however large the letters are. */
const LONG = { characters: 200, lines: 12 };
const WORTH = 1.2; // what is folded is so many times as tall, or a button would stand for two lines

const list = find("messages");
/** @type {WeakSet<Element>} what somebody wants to see whole */
const whole = new WeakSet();
let width = 0;

/** @param {Element} element */
function mayBeLong({ textContent }) {
  const text = textContent ?? "";
  return text.length > LONG.characters || text.split("\n").length > LONG.lines;
}

/** @param {ParentNode} parent */
const foldable = (parent) => [...parent.querySelectorAll(FOLDABLE)].filter(mayBeLong);

// All are folded first and measured then, so that they are laid out once.
/** @param {Element[]} elements */
function fold(elements) {
  const candidates = elements.filter((element) => !whole.has(element));
  for (const element of candidates) element.classList.add("folded");
  const short = candidates.filter(({ scrollHeight, clientHeight }) => scrollHeight < clientHeight * WORTH);
  for (const element of short) element.classList.remove("folded");
  for (const element of candidates) offer(element, !short.includes(element));
}

/**
 * @param {Element} element
 * @param {boolean} folded
 */
function offer(element, folded) {
  const next = element.nextElementSibling;
  const button = next?.matches(".unfold") ? next : null;
  if (!folded) return button?.remove();
  if (button) return;
  const fresh = make("button", {
    className: "unfold",
    type: "button",
    textContent: say("show-all"),
    ariaExpanded: "false",
  });
  fresh.tabIndex = element.closest("li")?.tabIndex ?? -1; // with its row, which Tab may reach already
  fresh.onclick = () => (whole.has(element) ? close(element, fresh) : open(element));
  element.after(fresh);
}

/** @param {Element} element */
function open(element) {
  const button = element.nextElementSibling;
  if (!button?.matches(".unfold")) return;
  const seen = element.scrollTop; // where a search in the page, or the focus, has scrolled it to
  whole.add(element);
  element.classList.remove("folded");
  find("log").scrollTop += seen;
  stay();
  button.textContent = say("show-less");
  button.ariaExpanded = "true";
}

/**
 * @param {Element} element
 * @param {HTMLElement} button
 */
function close(element, button) {
  whole.delete(element);
  element.classList.add("folded");
  button.textContent = say("show-all");
  button.ariaExpanded = "false";
  element.closest("li")?.scrollIntoView({ block: "nearest" });
  stay();
}

/** @param {MutationRecord[]} changes */
function added(changes) {
  const elements = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter((node) => node instanceof Element);
  fold(elements.flatMap((element) => (element.matches(FOLDABLE) ? [element].filter(mayBeLong) : foldable(element))));
}

new MutationObserver(added).observe(list, { childList: true, subtree: true });
new ResizeObserver(() => {
  if (list.clientWidth === width) return;
  width = list.clientWidth;
  fold(foldable(list));
}).observe(list);
list.addEventListener(
  "scroll",
  ({ target }) => target instanceof Element && target.matches(".folded") && open(target),
  true,
);
follow(() => {
  for (const button of list.querySelectorAll(".unfold"))
    button.textContent = say(button.ariaExpanded === "true" ? "show-less" : "show-all");
});
