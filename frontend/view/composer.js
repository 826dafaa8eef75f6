// Where one writes. Nothing that was written is thrown away here: the text goes when somebody has taken it.

import { bytes } from "../words/length.js";
import { follow as followLanguage, say } from "../words/say.js";
import { find } from "./dom.js";
import { announce, notice } from "./status.js";

/** The counter shows when this part of the limit is used up: before that nobody needs to count. */
const NEAR = 0.9;
/** Less than this is a toolbar, or a rounded pixel. */
const KEYBOARD_PX = 100;

const form = find("composer", HTMLFormElement);
const field = find("text", HTMLTextAreaElement);
const counter = find("counter");
const finePointer = matchMedia("(pointer: fine)");
const growsByItself = CSS.supports("field-sizing", "content");

let limit = Number.POSITIVE_INFINITY; // bytes
let composing = false; // an input method is at work
let pasted = false; // what the text begins with
/** @type {"" | "near" | "over"} */
let warned = "";
/** @type {{send: (text: string, pasted: boolean) => boolean, typed: (text: string) => void}} */
let on = { send: () => false, typed: () => {} };

/** @param {typeof on} listener `send` says whether the text was taken */
export function wire(listener) {
  on = listener;
}

/**
 * Another room, with what was left unsent there.
 * @param {string} draft
 */
export function reset(draft) {
  write(draft);
}

/** @param {number} most bytes, how long a message may be */
export function setLimit(most) {
  limit = most;
  count();
}

/**
 * Go on writing. Not where that would make a keyboard jump up.
 * @returns {boolean} whether one can
 */
export function focus() {
  if (finePointer.matches) field.focus();
  return finePointer.matches;
}

export const isEmpty = () => !field.value;

function submit() {
  if (on.send(field.value, pasted)) write("");
}

/**
 * Browsers end what an input method is at without a word.
 * @param {string} text
 */
function write(text) {
  [composing, pasted] = [false, false];
  field.value = text;
  changed();
}

function changed() {
  if (!growsByItself) {
    form.style.height = `${form.offsetHeight}px`; // or the log grows while this is measured, and is scrolled
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    form.style.height = "";
  }
  count();
}

// Screen readers hear of it twice at most: when it gets close, and when it is too long.
function count() {
  const left = limit - bytes(field.value);
  const state = left < 0 ? "over" : left < limit * (1 - NEAR) ? "near" : "";
  counter.textContent = state && (left < 0 ? say("over", { count: -left }) : say("left", { count: left }));
  field.ariaInvalid = String(left < 0);
  if (state === "over" && warned !== "over") announce(say("too-long"));
  if (state === "near" && warned === "") announce(say("room-left", { count: left }));
  warned = state;
}

/**
 * Enter sends where there is a keyboard to speak of; on a phone it makes a new line, and the button sends.
 * @param {KeyboardEvent} event
 */
function pressed(event) {
  if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
  if (composing || event.isComposing || event.keyCode === 229) return; // Enter chooses among characters
  if (!finePointer.matches && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  submit();
}

/** @param {DataTransfer | null} data */
const holdsFiles = (data) => Boolean(data?.types.includes("Files") && !data.types.includes("text/plain"));

function explainKeys() {
  field.enterKeyHint = finePointer.matches ? "send" : "enter";
  find("keys").textContent = finePointer.matches ? say("keys-hint") : "";
}

// Some browsers lay a phone's keyboard over the page and tell the visual viewport alone: the room follows that, so that
// its header and composer stay in sight.
function followKeyboard() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const { style } = document.documentElement;

  const follow = () => {
    const covered = window.innerHeight - viewport.height;
    const keyboard = viewport.scale === 1 && covered > KEYBOARD_PX; // who zooms in wants a larger page, not a smaller one
    if (keyboard) {
      style.setProperty("--height", `${viewport.height}px`);
      style.setProperty("--top", `${viewport.offsetTop}px`);
      style.setProperty("--keyboard", `${covered}px`);
    } else {
      for (const name of ["--height", "--top", "--keyboard"]) style.removeProperty(name);
    }
  };

  viewport.addEventListener("resize", follow);
  viewport.addEventListener("scroll", follow);
  follow();
}

form.onsubmit = (event) => {
  event.preventDefault();
  submit();
};
form.onmousedown = (event) => {
  if (event.target !== field) event.preventDefault(); // the focus stays, and with it a phone's keyboard
};
field.onkeydown = pressed;
field.oninput = () => {
  pasted &&= Boolean(field.value);
  changed();
  on.typed(field.value);
};
field.addEventListener("compositionstart", () => {
  composing = true;
});
field.addEventListener("compositionend", () => {
  setTimeout(() => {
    composing = false; // Safari tells of the key only after this event
  });
});
field.onpaste = (event) => {
  if (!field.selectionStart) pasted = true;
  if (!holdsFiles(event.clipboardData)) return;
  event.preventDefault();
  notice("unsendable");
};
// A file dropped anywhere would otherwise replace the page.
document.addEventListener("dragover", (event) => {
  if (holdsFiles(event.dataTransfer)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event.dataTransfer)) return;
  event.preventDefault();
  notice("unsendable");
});
finePointer.onchange = explainKeys;
explainKeys();
followLanguage(() => {
  explainKeys();
  count();
});
followKeyboard();
