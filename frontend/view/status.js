// What the page has to say by itself: trouble with the connection, a notice to the writer, a word to who listens.

import { find, make } from "./dom.js";

/** Long enough to read two sentences. */
const NOTICE_MS = 12_000;
/** Long enough for every screen reader to have fetched it; after that it would only be found a second time. */
const SPOKEN_MS = 3_000;
const COUNTDOWN_STEP_MS = 250;

const bar = find("status", HTMLElement);
const line = find("notice", HTMLElement);
const words = find("notice-text", HTMLElement);
const countdown = find("countdown", HTMLElement);
const announcer = find("announcer", HTMLElement);
const siren = find("alarm", HTMLElement);

let ticking = 0;

const close = find("notice-close", HTMLButtonElement);
close.onmousedown = (event) => event.preventDefault(); // a phone's keyboard stays, or stays away
close.onclick = () => notice("");

/**
 * Say what is wrong with the connection for as long as it is; "" when nothing is.
 * @param {string} text
 */
export function trouble(text) {
  if (bar.textContent !== text) bar.textContent = text;
}

/**
 * A line above the composer. With `seconds`, a countdown runs beside it, which nobody has to listen to, and ends it.
 * @param {string} text "" takes it away
 * @param {number} [seconds]
 */
export function notice(text, seconds = 0) {
  clearInterval(ticking);
  if (!text && document.activeElement === close) find("text", HTMLTextAreaElement).focus();
  words.textContent = text;
  countdown.textContent = "";
  line.hidden = !text;
  if (!text) return;
  announce(text);
  const end = Date.now() + (seconds * 1000 || NOTICE_MS);
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) notice("");
    else if (seconds) countdown.textContent = `${left} s`;
  };
  ticking = setInterval(tick, COUNTDOWN_STEP_MS);
  tick();
}

/** What was to be told has been heeded, unless it is a wait. */
export const settled = () => countdown.textContent || notice("");

/**
 * For screen readers alone, in their own time.
 * @param {string} text
 */
export const announce = (text) => speak(announcer, text);

/**
 * For screen readers alone, at once.
 * @param {string} text
 */
export const alarm = (text) => speak(siren, text);

/**
 * @param {HTMLElement} region
 * @param {string} text
 */
function speak(region, text) {
  const spoken = make("p", { textContent: text });
  region.append(spoken);
  setTimeout(() => spoken.remove(), SPOKEN_MS);
}
