// Two parts of the menu: what can be done with the log, and ways to be gone at once.

import { make } from "../dom.js";
import { save } from "../saved.js";

const LOG = "This conversation";
const LOG_HINT =
  "As it is on this screen, with everybody’s handle and every warning. It is made on this device and sent nowhere; a file is not encrypted.";
const SAVE_TEXT = "Save as text";
const SAVE_PAGE = "Save as a page";
const PRINT = "Print";
const CLEAR = "Clear the screen";
const NOT_SAVED = "Your browser does not let the page save a file.";

const EXIT = "Leave at once";
const LEAVE_HINT =
  "“Leave and forget” asks nothing: the room’s link, your key in it, your draft and what waits to be sent are gone from this device. “Quick exit” does that, too, and shows Wikipedia in place of this page.";
const EXIT_LIMITS =
  "It cannot do everything: the browser’s history still lists this page, with the room’s link; whoever runs your network or this computer can know that you were here; and what others have stays with them.";
const LEAVE = "Leave and forget";
const QUICK = "Quick exit";
const ALWAYS = "Quick exit beside the menu, and by Esc three times";

/** @param {{print: () => void, clear: () => void}} on */
export function logPart(on) {
  const said = make("p", { className: "said", role: "status" });
  /** @param {import("../saved.js").Format} format */
  const saving = (format) => async () => {
    const name = await save(format).catch(() => "");
    said.textContent = name ? `Saved as ${name}.` : NOT_SAVED;
  };
  const buttons = [
    button(SAVE_TEXT, saving("text")),
    button(SAVE_PAGE, saving("page")),
    button(PRINT, on.print),
    button(CLEAR, on.clear),
  ];
  const part = section("menu-log", LOG, make("p", { className: "hint" }, LOG_HINT), row(buttons), said);
  const reset = () => {
    said.textContent = "";
  };
  return { part, reset };
}

/** @param {{leaveAndForget: () => void, quickExit: () => void, quick: (yes: boolean) => void}} on */
export function exitPart(on) {
  const quick = make("input", { id: "menu-quick", type: "checkbox" });
  quick.onchange = () => on.quick(quick.checked);
  const buttons = [button(LEAVE, on.leaveAndForget), button(QUICK, on.quickExit)];
  const hints = [LEAVE_HINT, EXIT_LIMITS].map((text) => make("p", { className: "hint" }, text));
  const always = make("label", { className: "check" }, quick, ALWAYS);
  return { part: section("menu-exit", EXIT, hints[0], row(buttons), hints[1], always), quick };
}

/**
 * @param {string} id
 * @param {string} heading
 * @param {...Node} content
 */
function section(id, heading, ...content) {
  const title = make("h3", { id, className: "sheet-heading" }, heading);
  const part = make("section", { className: "part" }, title, ...content);
  part.setAttribute("aria-labelledby", id);
  return part;
}

/** @param {Node[]} content */
const row = (content) => make("div", { className: "row" }, ...content);

/**
 * @param {string} textContent
 * @param {() => void} onclick
 */
const button = (textContent, onclick) => make("button", { className: "button", type: "button", textContent, onclick });
