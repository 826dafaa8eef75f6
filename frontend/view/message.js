// A message: who, what, when, and what became of it. Its element stays the same from the first keystroke's echo to the
// last; only what has changed is touched, so that a selection or the focus in it is not lost.

import { handle, hue } from "../device/identities.js";
import { fold } from "../state/names.js";
import { isOnlyEmoji, pieces } from "../words/text.js";
import { exactly, timeBeside, timeOf } from "./clock.js";
import { copyOf, find, initial, make, name, part, tint } from "./dom.js";

/** @import { MessageEntry } from "../types.js" */

const template = find("message-template", HTMLTemplateElement);

export const create = () => copyOf(template);

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 * @param {boolean} grouped its writer's name stands above already
 */
export function fill(item, entry, grouped) {
  item.dataset.state = entry.state;
  item.classList.toggle("mine", entry.mine);
  item.classList.toggle("grouped", grouped);
  item.classList.toggle("action", entry.action);
  if (item.dataset.signer !== entry.signer) fillWriter(item, entry);
  item.classList.toggle("wordless", isOnlyEmoji(entry.text));
  fillText(part(item, ".text"), entry.text);
  fillMoment(item, entry.at);
  line(item, "borrowed", entry.borrowedFrom ? warning(entry) : []);
  line(item, "late", entry.late ? [lateness(entry)] : []);
  fate(item, entry);
}

/** @param {MessageEntry} entry */
const warning = ({ alias, namesake }) =>
  namesake ? ["Has your name, but another key."] : ["Not the ", name(alias), " who spoke before: another key."];

/** @param {MessageEntry} entry */
export function spoken({ mine, alias, signer, action, text, borrowedFrom, namesake }) {
  const who = mine ? "You" : fold(alias) === "you" ? `${alias}, ${handle(signer)}` : alias;
  const known = namesake ? ", who has your name" : ", not the one who spoke before under this name";
  const warned = borrowedFrom ? who + known : who;
  return action ? `${warned} ${text}` : `${warned}: ${text}`;
}

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 */
function fillWriter(item, { signer, alias }) {
  item.dataset.signer = signer;
  tint(item, hue(signer));
  part(item, ".face").textContent = initial(alias);
  part(item, ".alias").textContent = alias;
  part(item, ".handle").textContent = handle(signer);
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function fillText(element, text) {
  if (element.textContent === text) return;
  element.replaceChildren(...pieces(text).map((piece) => (piece.url ? link(piece.text, piece.url) : piece.text)));
}

/**
 * A way out that tells nobody where it came from, and gives nobody a hold on this page.
 * @param {string} text
 * @param {string} href
 */
const link = (text, href) =>
  make(
    "a",
    { className: "link", dir: "ltr", href, rel: "noopener noreferrer nofollow ugc", target: "_blank", tabIndex: -1 },
    text,
  );

/**
 * @param {HTMLElement} item
 * @param {number} at
 */
function fillMoment(item, at) {
  const [time, button] = [timeOf(at), part(item, ".moment")];
  if (button.dataset.exact === exactly(at)) return;
  button.dataset.exact = exactly(at);
  button.ariaLabel = `Details, ${exactly(at)}`;
  part(item, "time").textContent = time;
  part(item, "time").setAttribute("datetime", new Date(at).toISOString());
  part(item, ".text").dataset.time = time; // the stylesheet keeps its room free at the end of the last line
}

/** @param {MessageEntry} entry */
function lateness({ written, at }) {
  if (written > at) return `By its writer’s clock it was ${timeBeside(written, at)}.`;
  return `Written at ${timeBeside(written, at)}, arrived later.`;
}

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 */
function fate(item, { state, problem }) {
  const words = { sending: "Sending…", waiting: "Waits its turn", failed: `Not sent. ${problem}`, sent: "" }[state];
  const before = item.querySelector(".fate");
  if (!words) return before?.remove();
  const after = make("div", { className: "fate" }, make("span", { className: "fate-words", textContent: words }));
  if (state === "failed") after.append(button("retry", "Retry"), button("discard", "Delete"));
  if (before) before.replaceWith(after);
  else item.append(after);
}

/**
 * @param {string} className
 * @param {string} textContent
 */
const button = (className, textContent) =>
  make("button", { className: `button ${className}`, type: "button", textContent, tabIndex: -1 });

/**
 * A line of its own within the bubble, or none.
 * @param {HTMLElement} item
 * @param {string} className
 * @param {(Node | string)[]} content
 */
function line(item, className, content) {
  const before = item.querySelector(`.${className}`);
  if (!content.length) return before?.remove();
  const after = make("p", { className }, ...content);
  if (before) before.replaceWith(after);
  else part(item, ".bubble").append(after);
}
