// Which language the page speaks, of those that index.html names: the browser's, or the one that the person has chosen.

import { kept } from "./device/device.js";
import { add, say, speak } from "./words/say.js";

/** @typedef {import("./words/say.js").Dictionary} Dictionary */

const CHOICE = "anonchat.language"; // index.html reads it
const PLACE = /\{(\d)\}/; // of an element in a sentence
const MARKS = { "data-say": "", "data-say-label": "aria-label", "data-say-placeholder": "placeholder" };
const root = document.documentElement;
/** @type {NodeListOf<HTMLLinkElement>} */
const links = document.querySelectorAll("link[hreflang]");

/**
 * What index.html says, English: of an element in the order of the page, with the elements in it, or of one of its attributes.
 * @typedef {{element: Element, name: string, key: string, text: string, within: Element[]}} Place `name` of the attribute, or ""
 */
/** @type {Place[]} */
let places = [];
/** @type {HTMLSelectElement[]} */
let choices = [];
/** @type {Dictionary} */
let spoken = {}; // English stands in index.html
let wanted = "";

/**
 * Bring in a language and show everything in it. Nothing happens if it does not come.
 * @param {string} tag
 */
export async function use(tag) {
  const link = [...links].find(({ hreflang }) => hreflang === tag);
  if (!link) throw new RangeError(tag);
  wanted = tag;
  /** @type {{default: Dictionary}} */
  const { default: dictionary } = await import(link.href);
  const words = tag === "en" ? { ...dictionary, ...(await laterEnglish()) } : dictionary;
  if (wanted !== tag) return; // the person has chosen another one meanwhile
  [root.lang, root.dir] = [tag, link.dir];
  spoken = words;
  translate();
  speak(words, tag, link.dir === "rtl");
  for (const choice of choices) choice.value = tag;
  navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage({ language: link.href }));
}

const laterEnglish = async () => (await import("./languages/en-later.js")).default;

/** Take in what later.js has brought into the page, and the words for it. */
export async function readOn() {
  if (root.lang === "en") add(await laterEnglish());
  read();
}

/** Find what is marked, also in templates, and say it. */
function read() {
  const templates = Array.from(document.querySelectorAll("template"), ({ content }) => content);
  const parts = [document, ...templates];
  const found = Object.entries(MARKS).flatMap(([mark, name]) =>
    parts.flatMap((part) => Array.from(part.querySelectorAll(`[${mark}]`), (element) => placeOf(element, mark, name))),
  );
  places = found.map(
    (place) => places.find((known) => known.element === place.element && known.name === place.name) ?? place,
  );
  choices = [...document.querySelectorAll("select")];
  choices.filter(({ onchange }) => !onchange).forEach(offer);
  translate();
}

/**
 * @param {Element} element
 * @param {string} mark
 * @param {string} name
 * @returns {Place}
 */
function placeOf(element, mark, name) {
  const text = name ? element.getAttribute(name) : textOf(element);
  return { element, name, key: element.getAttribute(mark) ?? "", text: text ?? "", within: [...element.children] };
}

/** @param {Element} element that says something, with other elements as {1}, {2}… */
const textOf = ({ childNodes, children }) =>
  Array.from(childNodes, (node) =>
    node instanceof Element ? `{${[...children].indexOf(node) + 1}}` : node.textContent,
  ).join("");

function translate() {
  for (const { element, name, key, text, within } of places) {
    const words = String(spoken[key] ?? text);
    if (name) element.setAttribute(name, words);
    else
      element.replaceChildren(...words.split(PLACE).map((piece, at) => (at % 2 ? within[Number(piece) - 1] : piece)));
  }
}

/**
 * Let the person choose.
 * @param {HTMLSelectElement} choice
 */
function offer(choice) {
  choice.replaceChildren(...Array.from(links, ({ hreflang }) => new Option(nameOf(hreflang), hreflang)));
  for (const option of choice.options) option.lang = option.value;
  choice.value = root.lang;
  choice.onchange = () => choose(choice);
}

/**
 * As who speaks it calls it.
 * @param {string} tag
 */
const nameOf = (tag) => new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;

/** @param {HTMLSelectElement} choice */
async function choose(choice) {
  const [tag, status] = [choice.value, /** @type {HTMLElement} */ (choice.parentElement?.querySelector(".said"))];
  status.textContent = "";
  try {
    await use(tag);
    kept.setItem(CHOICE, tag);
  } catch {
    status.textContent = root.lang === tag ? "" : say("language-not-come");
    choice.value = root.lang;
  }
}

read();
