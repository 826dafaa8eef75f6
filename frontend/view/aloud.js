// What a screen reader is told of the log. It is not left to the browser, which would read out every button and time,
// and one's own words: others' messages are spoken as "Ada: hello", and a burst of them as its number.

import { announce } from "./status.js";

const BURST = 5; // more than this many
const BURST_MS = 5_000; // within this time are too many to listen to

/** @type {number[]} when something was read out */
let times = [];
let unread = 0;
let timer = 0;

/** @param {string[]} lines one for each new message */
export function read(lines) {
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
 * @param {"" | "earlier " | "new "} which of them
 */
export function readHistory(messages, which) {
  if (messages) announce(`${messages} ${which}${messages === 1 ? "message" : "messages"}`);
}

/** Nobody is to hear about what was said in another room. */
export function hush() {
  clearTimeout(timer);
  [times, unread, timer] = [[], 0, 0];
}

/** @param {number} messages */
function count(messages) {
  unread += messages;
  timer ||= setTimeout(() => {
    announce(`${unread} new messages`);
    hush();
  }, BURST_MS);
}
