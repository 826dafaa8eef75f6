// What the server says, if it is what docs/protocol.md promises. Anything else counts as silence: whatever is wrong with a
// server must not break the page. API Gateway has frames of its own, without a `type`: it has not taken what was asked.

/** @import { ErrorFrame, Frame } from "../types.js" */

/** @typedef {(value: any) => boolean} Rule */

const ID = /^\d{13}-/;
const RETRY_SECONDS = 5; // where the server does not say how long to wait
const LATEST = 10 ** 13; // ids have room for 13 digits of milliseconds

/** @type {Rule} */
const text = (value) => typeof value === "string";
/** @type {Rule} */
const flag = (value) => typeof value === "boolean";
/** @type {Rule} */
const count = (value) => Number.isInteger(value) && value >= 0 && value < LATEST;
/** @type {Rule} */
const id = (value) => text(value) && ID.test(value);
/** @type {(rule: Rule) => Rule} */
const optional = (rule) => (value) => value === undefined || rule(value);
/** @type {(rule: Rule) => Rule} */
const list = (rule) => (value) => Array.isArray(value) && value.every(rule);
/** @type {(fields: Record<string, Rule>) => Rule} */
const object = (fields) => (value) =>
  typeof value === "object" && value !== null && Object.entries(fields).every(([name, rule]) => rule(value[name]));

const person = object({ id: text, alias: text });
const message = object({ id, client: text, from: person, text, at: count, online: count });
const limits = object({ text: count, perMinute: count, room: count, historySeconds: count, overlapSeconds: count });
const members = list(person);

/** @type {Map<unknown, Rule>} */
const RULES = new Map([
  ["message", message],
  ["joined", object({ members, online: count, history: list(message), more: flag, gap: flag, limits })],
  ["presence", object({ online: count, joined: members, left: members })],
  ["error", object({ code: text, message: text, client: optional(text), retryAfter: optional(count) })],
]);

/**
 * @param {string} data
 * @returns {Frame | null} null for what is no such frame
 */
export function read(data) {
  try {
    const frame = JSON.parse(data);
    if (text(frame.message) && !frame.type) return { type: "error", code: "server_error", message: "" };
    return RULES.get(frame.type)?.(frame) ? frame : null;
  } catch {
    return null;
  }
}

/** @param {ErrorFrame} frame */
export const retryMs = ({ retryAfter = RETRY_SECONDS }) => retryAfter * 1000;
