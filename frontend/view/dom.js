// The few things the view does with the document. Text enters it here as text nodes, never as markup.

/**
 * The element with this id, known to be of this type.
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function find(id, type) {
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

/** Whether what had the focus is not to be seen any more. */
export const isFocusLost = () => document.activeElement instanceof HTMLElement && !document.activeElement.offsetParent;

/**
 * Somebody's name, kept from turning the direction of what stands around it.
 * @param {string} alias
 */
export const name = (alias) => make("bdi", { className: "alias", textContent: alias });

/**
 * Give an element the colour of a signer; the stylesheet makes it light or dark enough to read.
 * @param {HTMLElement} element
 * @param {number} hue
 */
export const tint = (element, hue) => element.style.setProperty("--hue", String(hue));

/**
 * What stands for somebody in a small circle: the first character of the name that shows by itself.
 * @param {string} alias
 */
export const initial = (alias) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.exec(alias)?.[0] ?? "?";

/**
 * The row before this one in the log, whose rows stand in leaves.
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
