// Moments as people write them, in the page's language. All of them are epoch milliseconds.

import { follow, locale, say } from "../words/say.js";

/** @type {Intl.DateTimeFormat} */
let time;
/** @type {Intl.DateTimeFormat} */
let second;
/** @type {Intl.DateTimeFormat} */
let exact;
/** @type {Intl.DateTimeFormat} */
let date;
/** @type {Intl.DateTimeFormat} */
let fullDate;
/** @type {Intl.DateTimeFormat} */
let dateAndTime;

// With the person's own hours: of 12 or of 24.
const { hourCycle } = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).resolvedOptions();

function speak() {
  time = new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle });
  second = new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle });
  exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "medium", hourCycle });
  date = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  fullDate = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
  dateAndTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle });
}

/**
 * "Saturday, 22 November 2025"
 * @param {number | Date} at
 */
export const dateOf = (at) => fullDate.format(at);

/** @param {number} at */
const startOfDay = (at) => new Date(at).setHours(0, 0, 0, 0);

/**
 * "14:03"
 * @param {number} at
 */
export const timeOf = (at) => time.format(at);

/**
 * "14:03:09"
 * @param {number | Date} at
 */
export const timeToTheSecond = (at) => second.format(at);

/**
 * "Saturday, 22 November 2025 at 14:03:09"
 * @param {number} at
 */
export const exactly = (at) => exact.format(at);

/**
 * "14:03", with the date where it is not the day of `beside`.
 * @param {number} at
 * @param {number} beside
 */
export const timeBeside = (at, beside) => (startOfDay(at) === startOfDay(beside) ? timeOf(at) : dateAndTime.format(at));

/**
 * "Today", "Yesterday", "Thursday, 20 November"
 * @param {number} at
 */
export function dayOf(at) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (startOfDay(at) === startOfDay(Date.now())) return say("today");
  return startOfDay(at) === startOfDay(yesterday.getTime()) ? say("yesterday") : date.format(at);
}

follow(speak);
speak();
