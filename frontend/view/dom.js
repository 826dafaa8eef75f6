// The few things the view does with the document. Text enters it here as text nodes, never as markup.

/** @import { Settings } from "../device/types.js" */

/** @type {NodeListOf<HTMLMetaElement>} of the browser's own bars: one for either look */
const [light, dark] = document.head.querySelectorAll("meta[name=theme-color]");
const colours = { light: light.content, dark: dark.content };

/**
 * The element with this id, known to be of this type.
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function find(id, type = /** @type {any} */ (HTMLElement)) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`#${id} is missing`);
}

/**
 * A new element: its properties (className, type, dir…) and its children, of which strings become text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * Somebody's name, kept from turning the direction of what stands around it.
 * @param {string} alias
 */
export const name = (alias) => make("bdi", { className: "alias", translate: false, textContent: alias });

/**
 * What no translation may touch.
 * @param {string} textContent
 */
export const code = (textContent) => make("span", { translate: false, textContent });

/**
 * What stands in a template, anew.
 * @param {HTMLTemplateElement} template
 */
export const copyOf = (template) =>
  /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);

/**
 * A part of what was made of a template, known to be there.
 * @param {HTMLElement} item
 * @param {string} selector
 */
export const part = (item, selector) => /** @type {HTMLElement} */ (item.querySelector(selector));

let leaveLast = () => {};

/**
 * What is asked there is asked no more once the person does something else: goes elsewhere, presses Escape, lets it be, or is
 * asked something else. To be called before it is asked.
 * @param {HTMLElement} element that will have the focus, or hold it
 * @param {(focused: boolean) => void} action `focused`: the focus is still there
 */
export function untilLeft(element, action, ms = 10_000) {
  const left = new AbortController();
  const { signal } = left;
  let [pressed, outside] = [false, false];
  /** @param {EventTarget | null} target */
  const holds = (target) => target instanceof Node && element.contains(target);
  const leave = () => {
    if (signal.aborted) return;
    left.abort();
    clearTimeout(timer);
    action(holds(document.activeElement));
  };
  const timer = setTimeout(leave, ms);
  leaveLast();
  leaveLast = leave;
  // What is pressed may take the focus or not (Safari), and must not move before it is clicked.
  const press = (/** @type {Event} */ { target }) => {
    [pressed, outside] = [true, !holds(target)];
  };
  const release = () => {
    pressed = false;
    if (outside) leave();
  };
  const type = (/** @type {KeyboardEvent} */ { key }) => {
    pressed = false;
    if (key === "Escape") leave();
  };
  document.addEventListener("pointerdown", press, { signal, capture: true });
  for (const end of ["click", "pointercancel"]) document.addEventListener(end, release, { signal });
  document.addEventListener("keydown", type, { signal });
  const lose = (/** @type {FocusEvent} */ { relatedTarget }) => pressed || holds(relatedTarget) || leave();
  queueMicrotask(() => element.addEventListener("focusout", lose, { signal })); // once the focus is there
}

/** Whether what had the focus is not to be seen any more. */
export const isFocusLost = () => document.activeElement instanceof HTMLElement && !document.activeElement.offsetParent;

/**
 * The row before this one in the log, whose rows stand in chunks.
 * @param {Element} item
 */
export const before = (item) =>
  item.previousElementSibling ?? item.parentElement?.previousElementSibling?.lastElementChild ?? null;

/**
 * The row after it.
 * @param {Element} item
 */
export const after = (item) =>
  item.nextElementSibling ?? item.parentElement?.nextElementSibling?.firstElementChild ?? null;

/**
 * Light or dark: as the device has it, or as the person wants it.
 * @param {Settings["theme"]} theme
 */
export function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  light.content = colours[theme === "system" ? "light" : theme];
  dark.content = colours[theme === "system" ? "dark" : theme];
}
