// The dialog "Keys and commands". It is made when somebody asks for it: from the menu, or with a key.

import { HELP } from "../../words/command.js";
import { find, make } from "../dom.js";
import { show } from "./dialog.js";

const TITLE = "Keys and commands";
const CLOSE = "Close";
/** @type {[string[], string][]} each with what it does */
const KEYS = [
  [["Enter"], "send"],
  [["Shift", "Enter"], "begin a new line; on a touch screen, Enter alone does"],
  [["Shift", "Tab"], "from writing to the messages"],
  [["↑", "↓", "Home", "End"], "go through the messages"],
  [["Esc"], "back to writing, or close a dialog"],
  [["F1"], "show this; so do Ctrl and /, and where you are not writing, ?"],
  [["Esc", "Esc", "Esc"], "leave at once, where the menu’s quick exit is switched on"],
];

/** @type {HTMLDialogElement | undefined} */
let dialog;

export function openKeys() {
  dialog ??= build();
  show(dialog);
}

function build() {
  const title = make("h2", { id: "keys-title", className: "sheet-title", textContent: TITLE });
  const close = make("button", { className: "button button-quiet", type: "button", textContent: CLOSE });
  close.dataset.close = "";
  const keys = make("dl", { className: "facts" });
  for (const [names, what] of KEYS) keys.append(make("dt", {}, ...keyed(names)), make("dd", {}, what));
  const commands = make("p", { className: "lines", textContent: HELP });
  const sheet = make(
    "div",
    { className: "sheet" },
    make("header", { className: "sheet-bar" }, title, close),
    keys,
    commands,
  );
  const built = make("dialog", { id: "keys-dialog", className: "dialog" }, sheet);
  built.setAttribute("aria-labelledby", title.id);
  document.body.append(built);
  return built;
}

/** @param {string[]} names */
const keyed = (names) => names.flatMap((name) => [make("kbd", { translate: false }, name), " "]);

/** @param {KeyboardEvent} event */
function asks({ key, target, ctrlKey, metaKey, altKey }) {
  if (key === "F1") return true;
  if (key === "/" && (ctrlKey || metaKey)) return true;
  if (key !== "?" || ctrlKey || metaKey || altKey) return false;
  // A single character is a key only where nothing else has the focus: somebody may be talking to the computer.
  return target === document.body || (target instanceof Node && find("log").contains(target));
}

document.addEventListener("keydown", (event) => {
  if (find("room").hidden || document.querySelector("dialog[open]") || !asks(event)) return;
  event.preventDefault();
  openKeys();
});
