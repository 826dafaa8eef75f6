// The dialog "Keys and commands". It is there for who asks for it: from the menu, or with a key.

import { say } from "../../words/say.js";
import { find } from "../dom.js";
import { show } from "./dialog.js";

const dialog = find("keys-dialog", HTMLDialogElement);

export function openKeys() {
  find("keys-commands").textContent = say("help");
  show(dialog);
}

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
