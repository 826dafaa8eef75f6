// What the log says, as lines of text: for the clipboard and for a file. It is read from the screen, so that it says what
// was seen: without who is muted, with every warning.

import { find } from "./dom.js";

/**
 * @typedef {object} Said
 * @property {string} kind as the log has it: "message", "problem", "gap", "day"
 * @property {string} alias "" for what is no message
 * @property {string} handle
 * @property {boolean} mine
 * @property {boolean} action
 * @property {string} time as the log shows it
 * @property {Date | null} at
 * @property {string} text
 * @property {string[]} remarks what the page itself says about a message
 */

const SAYS_NOTHING = "[data-kind=unread], [data-kind=note]"; // but to who reads it now
const REMARKS = ".borrowed, .late, .fate-words";
const LINE_ENDS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;
const CONTINUED = "    ";

const list = find("messages");

/** The rows of the log, as far as others would understand them. */
export const rows = () => [...list.querySelectorAll("li")].filter((item) => !item.matches(SAYS_NOTHING));

/**
 * @param {Element} item a row
 * @param {(element: Element) => string} [words] of its text, those that are wanted
 * @returns {Said}
 */
export function read(item, words = textOf) {
  const time = item.querySelector("time");
  const { kind = "" } = /** @type {HTMLElement} */ (item).dataset;
  return {
    kind,
    alias: kind === "message" ? textOf(item.querySelector(".alias")) : "",
    handle: textOf(item.querySelector(".handle")),
    mine: item.matches(".mine"),
    action: item.matches(".action"),
    time: textOf(time),
    at: time ? new Date(time.dateTime) : null,
    text: words(item.querySelector(kind === "message" ? ".text" : "p, span") ?? item),
    remarks: [...item.querySelectorAll(REMARKS)].map(textOf),
  };
}

/** @param {Element | null} element */
const textOf = (element) => element?.textContent ?? "";

/**
 * Nobody's words can pass for another message: all of their lines but the first stand further in.
 * @param {string} text
 */
export const indented = (text) => text.split(LINE_ENDS).join(`\n${CONTINUED}`);

/**
 * "Ada, 14:03: hello"
 * @param {Said} said
 */
export function line({ kind, alias, handle, action, time, text, remarks }) {
  if (kind !== "message") return indented(text);
  const who = remarks.length ? `${alias} ${handle}, ${time} [${remarks.join(" ")}]` : `${alias}, ${time}`;
  return action ? `${who}: *${indented(text)}*` : `${who}: ${indented(text)}`;
}
