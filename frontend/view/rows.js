// One row of the log: which kind of element it is, what stands in it, and how it sounds.

import { fold } from "../state/names.js";
import { pieces } from "../words/pieces.js";
import { parts, say } from "../words/say.js";
import { isOnlyEmoji } from "../words/text.js";
import { dateOf, dayOf, exactly, timeBeside, timeOf } from "./clock.js";
import { code, copyOf, find, make, name, part } from "./dom.js";
import { handle, initial, tint } from "./person.js";

/** @import { GapEntry, MessageEntry, NoteEntry, ProblemEntry, Row } from "../state/types.js" */
/** @import { Key } from "../words/say.js" */
/** @import { Piece } from "../words/pieces.js" */

const template = find("message-template", HTMLTemplateElement);

/** @param {Row} row */
export const kindOf = (row) => (row.type === "entry" ? row.entry.kind : row.type);

/**
 * An item that says what the row says.
 * @param {Row} row
 */
export function create(row) {
  const kind = kindOf(row);
  const item = kind === "message" ? copyOf(template) : make("li", { className: kind });
  item.dataset.kind = kind;
  fill(item, row);
  return item;
}

/**
 * Whether `fill` would change nothing. A day's name changes as time goes by.
 * @param {Row} before
 * @param {Row} after
 */
export function same(before, after) {
  if (before.type !== "entry" || after.type !== "entry") return before.type === after.type && before.type !== "day";
  return before.entry === after.entry && before.grouped === after.grouped;
}

/**
 * @param {HTMLElement} item
 * @param {Row} row
 */
export function fill(item, row) {
  if (row.type === "unread") item.replaceChildren(make("span", { textContent: say("new-messages") }));
  else if (row.type === "day")
    item.replaceChildren(make("span", { textContent: dayOf(row.at), title: dateOf(row.at) }));
  else if (row.entry.kind === "message") fillMessage(item, row.entry, row.grouped);
  else if (row.entry.kind === "problem") fillProblem(item, row.entry);
  else item.replaceChildren(make("p", { dir: "auto", textContent: line(row.entry) }));
}

/** @param {GapEntry | NoteEntry} entry */
const line = (entry) => say(entry.kind === "gap" ? "gap" : entry.said);

/**
 * The row as one would read it out.
 * @param {Row} row
 */
export function spoken(row) {
  if (row.type === "unread") return say("new-messages");
  if (row.type === "day") return dayOf(row.at);
  if (row.entry.kind === "message") return spokenMessage(row.entry);
  if (row.entry.kind === "problem") return make("p", {}, ...sentence(row.entry)).textContent ?? "";
  return line(row.entry);
}

// --- a message: who, what, when, and what became of it. Its element stays the same from the first keystroke's echo to the
// last; only what has changed is touched, so that a selection or the focus in it is not lost. ---

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 * @param {boolean} grouped its writer's name stands above already
 */
function fillMessage(item, entry, grouped) {
  item.dataset.state = entry.state;
  item.classList.toggle("mine", entry.mine);
  item.classList.toggle("grouped", grouped);
  item.classList.toggle("action", entry.action);
  if (item.dataset.signer !== entry.signer) fillWriter(item, entry);
  item.classList.toggle("wordless", isOnlyEmoji(entry.text));
  fillText(part(item, ".text"), entry.text);
  fillMoment(item, entry.at);
  remark(item, "borrowed", entry.borrowedFrom ? warning(entry) : []);
  remark(item, "late", entry.late ? [lateness(entry)] : []);
  fillDelivery(item, entry);
}

/** @param {MessageEntry} entry */
const warning = ({ alias, namesake }) => (namesake ? [say("namesake")] : parts("other-key", { name: name(alias) }));

/** @param {MessageEntry} entry */
function spokenMessage({ mine, alias, signer, action, text, borrowedFrom, namesake }) {
  const you = say("you");
  const borrowsIt = fold(alias) === fold(you);
  const who = mine ? you : borrowsIt ? say("who-handle", { name: alias, handle: handle(signer) }) : alias;
  const warned = borrowedFrom ? say(namesake ? "who-namesake" : "who-borrows", { name: who }) : who;
  return say(action ? "does" : "says", { name: warned, text });
}

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 */
function fillWriter(item, { signer, alias }) {
  item.dataset.signer = signer;
  tint(item, signer);
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
  element.replaceChildren(...pieces(text).flatMap(nodesOf));
}

/**
 * @param {Piece} piece
 * @returns {(Node | string)[]}
 */
function nodesOf({ text, url, code }) {
  if (!code) return [url ? link(text, url) : text];
  const { kind, before, inside, after } = code;
  const shown = make("code", { className: `code-${kind}`, dir: "ltr", translate: false, textContent: inside });
  return [mark(before), shown, mark(after)];
}

/** @param {string} textContent that says only how to show what is beside it */
const mark = (textContent) => make("span", { hidden: true, textContent });

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
  const label = say("details-at", { time: exactly(at) });
  if (button.ariaLabel === label) return;
  button.ariaLabel = label;
  button.dataset.exact = exactly(at);
  part(item, "time").textContent = time;
  part(item, "time").setAttribute("datetime", new Date(at).toISOString());
  part(item, ".text").dataset.time = time; // the stylesheet keeps its room free at the end of the last line
}

/** @param {MessageEntry} entry */
function lateness({ written, at }) {
  if (written > at) return say("late-ahead", { time: timeBeside(written, at) });
  return say("late", { time: timeBeside(written, at) });
}

/**
 * @param {HTMLElement} item
 * @param {MessageEntry} entry
 */
function fillDelivery(item, { state, problem }) {
  const before = item.querySelector(".fate");
  if (state === "sent") return before?.remove();
  const textContent = fate(state, problem);
  const after = make("div", { className: "fate" }, make("span", { className: "fate-words", textContent }));
  if (state === "failed") after.append(button("retry", say("retry")), button("discard", say("delete")));
  if (before) before.replaceWith(after);
  else item.append(after);
}

/**
 * What becomes of one's own message.
 * @param {MessageEntry["state"]} state
 * @param {string} problem
 */
function fate(state, problem) {
  if (state === "failed") return say("not-sent", { problem: { key: /** @type {Key} */ (problem) } });
  return say(state === "sending" ? "sending" : "waits-its-turn");
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
function remark(item, className, content) {
  const before = item.querySelector(`.${className}`);
  if (!content.length) return before?.remove();
  const after = make("p", { className }, ...content);
  if (before) before.replaceWith(after);
  else part(item, ".bubble").append(after);
}

// --- what arrived and is no message to be trusted: shown as what it is, never hidden ---

/**
 * @param {HTMLElement} item
 * @param {ProblemEntry} entry
 */
function fillProblem(item, entry) {
  item.dataset.problem = entry.problem;
  const details = make("button", {
    className: "button details",
    type: "button",
    textContent: say("details-short"),
    tabIndex: -1,
  });
  item.replaceChildren(make("p", {}, ...sentence(entry)), details);
}

/**
 * @param {ProblemEntry} entry
 * @returns {(Node | string)[]}
 */
function sentence({ problem, alias, signer, written, at, text }) {
  if (problem !== "replayed" && problem !== "conflict") return [say(problem)];
  const quote = make("q", { dir: "auto", textContent: text });
  const values = { name: name(alias), handle: code(handle(signer)), quote };
  return parts(problem, problem === "replayed" ? { ...values, time: timeBeside(written, at) } : values);
}
