// What all dialogs have in common. Escape and the way back to where the focus was are the browser's own.

import { find, isFocusLost } from "../dom.js";

const LIVE = ["announcer", "alarm"];

/**
 * Show it over everything. Its "Close" button and a click beside it close it again.
 * @param {HTMLDialogElement} dialog its whole area is covered by a child
 */
export function show(dialog) {
  let pressedBeside = false; // and not a selection that ended there
  dialog.onpointerdown = ({ target }) => {
    pressedBeside = target === dialog;
  };
  dialog.onclick = ({ target }) => {
    const beside = target === dialog && pressedBeside;
    if (beside || (target instanceof Element && target.closest("[data-close]"))) dialog.close();
  };
  dialog.onclose = () => {
    if (isFocusLost()) find("log").focus({ preventScroll: true }); // with the row that it was on
  };
  for (const id of LIVE) if (!dialog.querySelector(`.${id}`)) dialog.append(live(id));
  const byKeyboard = document.querySelector(":focus-visible") !== null;
  if (!dialog.open) dialog.showModal();
  // Who uses a pointer is shown no ring, which Safari would.
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  if (!byKeyboard) focused.blur();
  focused.focus({ focusVisible: byKeyboard });
  dialog.scrollTop = 0;
}

/**
 * What is outside of an open dialog is inert, and screen readers do not hear it: so it has regions of its own.
 * @param {string} id of the region to be like
 */
function live(id) {
  const region = /** @type {HTMLElement} */ (find(id).cloneNode());
  region.removeAttribute("id");
  region.classList.add(id);
  return region;
}

/** What they were about is gone. */
export function closeAll() {
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
}

/**
 * Into the clipboard, where the browser allows it.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
