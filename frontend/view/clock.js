// Moments as people write them, in the browser's language. All of them are epoch milliseconds.

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const date = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const fullDate = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

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
  if (startOfDay(at) === startOfDay(Date.now())) return "Today";
  return startOfDay(at) === startOfDay(yesterday.getTime()) ? "Yesterday" : date.format(at);
}
