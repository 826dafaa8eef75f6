// Two parts of the menu: what can be done with the log, and ways to be gone at once.

import { say } from "../../words/say.js";
import { find } from "../dom.js";
import { save } from "../saved.js";

/** @param {string} id */
const button = (id) => find(id, HTMLButtonElement);

/**
 * @param {{print: () => void, clear: () => void}} on
 * @returns {() => void} makes it as it is when nothing has been done
 */
export function wireLog(on) {
  const status = find("menu-log-status");
  /** @param {import("../saved.js").Format} format */
  const saving = (format) => async () => {
    const name = await save(format).catch(() => "");
    status.textContent = name ? say("saved-as", { name }) : say("not-saved");
  };
  button("menu-save-text").onclick = saving("text");
  button("menu-save-page").onclick = saving("page");
  button("menu-print").onclick = on.print;
  button("menu-clear").onclick = on.clear;
  return () => {
    status.textContent = "";
  };
}

/**
 * @param {{leaveAndForget: () => void, quickExit: () => void, quick: (yes: boolean) => void}} on
 * @returns {HTMLInputElement} whether the quick exit is always there
 */
export function wireExit(on) {
  const quick = find("menu-quick", HTMLInputElement);
  quick.onchange = () => on.quick(quick.checked);
  button("menu-leave-forget").onclick = on.leaveAndForget;
  button("menu-quick-exit").onclick = on.quickExit;
  return quick;
}
