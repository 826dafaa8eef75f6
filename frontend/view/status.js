// What the page has to say by itself: trouble with the connection, a notice to the writer, a word to who listens.

import { follow, say } from "../words/say.js";
import { find, make } from "./dom.js";

/** @import { Said } from "../words/say.js" */

const TROUBLE_MS = 2000; // shorter interruptions are nobody's business
const DOUBT_MS = 1000; // answers usually come sooner
/** Long enough to read two sentences. */
const NOTICE_MS = 12_000;
/** Long enough for every screen reader to have fetched it; after that it would only be found a second time. */
const SPOKEN_MS = 3_000;
const COUNTDOWN_STEP_MS = 250;
const BURST = 5; // more than this many
const BURST_MS = 5_000; // within this time are too many to listen to

const bar = find("status");
const line = find("notice");
const words = find("notice-text");
const countdown = find("countdown");
const announcer = find("announcer");
const alarmRegion = find("alarm");

let ticking = 0;
let soon = 0;
/** @type {Said[]} what the bar and the line say: the person may choose another language meanwhile */
let [told, noticed] = ["", ""];

const close = find("notice-close", HTMLButtonElement);
close.onmousedown = (event) => event.preventDefault(); // a phone's keyboard stays, or stays away
close.onclick = () => notice("");

/**
 * Say that the room cannot be reached, while it cannot, or that nobody knows. Who comes back to the page is not greeted with
 * what happened meanwhile.
 * @param {boolean} yes
 * @param {boolean} [doubtful]
 * @param {() => boolean} [lasts] whether what is written would survive a reload
 */
export function connected(yes, doubtful = false, lasts = () => true) {
  clearTimeout(soon);
  if ((yes && !doubtful) || document.hidden) trouble("");
  else if (yes) soon = setTimeout(() => trouble("checking"), DOUBT_MS);
  else soon = setTimeout(() => trouble(lasts() ? "connecting" : "connecting-unkept"), TROUBLE_MS);
}

/** @param {Said} said */
function trouble(said) {
  if (told === said) return;
  told = said;
  bar.textContent = say(said);
  if (said && document.querySelector("dialog[open]")) announce(say(said)); // which the bar is not heard behind
}

/**
 * A line above the composer. With `seconds`, a countdown runs beside it, which nobody has to listen to, and ends it.
 * @param {Said} said "" takes it away
 * @param {number} [seconds]
 */
export function notice(said, seconds = 0) {
  clearInterval(ticking);
  noticed = said;
  const text = say(said);
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
    else if (seconds) countdown.textContent = say("seconds", { count: left });
  };
  ticking = setInterval(tick, COUNTDOWN_STEP_MS);
  tick();
}

/** What was to be told has been heeded, unless it is a wait. */
export const dismiss = () => countdown.textContent || notice("");

/**
 * For screen readers alone, in their own time.
 * @param {string} text
 */
export const announce = (text) => speak(announcer, text);

/**
 * For screen readers alone, at once.
 * @param {string} text
 */
export const alarm = (text) => speak(alarmRegion, text);

/**
 * @param {HTMLElement} region
 * @param {string} text
 */
function speak(region, text) {
  const spoken = make("p", { textContent: text });
  (document.querySelector(`dialog[open] .${region.id}`) ?? region).append(spoken);
  setTimeout(() => spoken.remove(), SPOKEN_MS);
}

// --- the log, for screen readers: it is not left to the browser, which would read out every button and time, and one's own
// words. Others' messages are spoken as "Ada: hello", and a burst of them as its number. ---

/** @type {number[]} when something was read out */
let times = [];
let unread = 0;
let burst = 0;

/** @param {string[]} lines one for each new message */
export function readOut(lines) {
  const now = Date.now();
  times = times.filter((at) => at > now - BURST_MS);
  if (unread || times.length + lines.length > BURST) return count(lines.length);
  for (const line of lines) {
    times.push(now);
    announce(line);
  }
}

/**
 * @param {number} messages that came together
 * @param {"heard-earlier" | "heard-messages" | "unseen"} which of them
 */
export function readNumber(messages, which) {
  if (messages) announce(say(which, { count: messages }));
}

/** Nobody is to hear about what was said in another room. */
export function stopReading() {
  clearTimeout(burst);
  [times, unread, burst] = [[], 0, 0];
}

/** @param {number} messages */
function count(messages) {
  unread += messages;
  burst ||= setTimeout(() => {
    announce(say("unseen", { count: unread }));
    stopReading();
  }, BURST_MS);
}

follow(() => {
  bar.textContent = say(told);
  words.textContent = say(noticed);
});
