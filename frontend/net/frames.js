// What the server says, if it is what docs/protocol.md promises. Anything else is silence, and breaks nothing. API Gateway
// has frames of its own, without a `type`: it has not taken what was asked.

/** @import { ErrorFrame, Frame } from "../types.js" */

/** @typedef {(value: any) => any} Field what the page takes of a value; it throws where that is something else */

const ID = /^\d{13}-/;
const RETRY_SECONDS = 5; // where the server does not say how long to wait
const LATEST = 10 ** 13; // ids have room for 13 digits of milliseconds

/** @type {(test: (value: any) => boolean) => Field} */
const only = (test) => (value) => {
  if (test(value)) return value;
  throw new TypeError();
};
const text = only((value) => typeof value === "string");
const flag = only((value) => typeof value === "boolean");
const count = only((value) => Number.isInteger(value) && value >= 0 && value < LATEST);
const id = only((value) => ID.test(text(value)));
/** @type {(field: Field) => Field} */
const optional = (field) => (value) => (value === undefined ? value : field(value));
/** @type {(field: Field) => Field} */
const list = (field) => (value) => Array.from(only(Array.isArray)(value), field);
// What a newer server says besides goes no further: it may be of any size and depth.
/** @type {(fields: Record<string, Field>) => Field} */
const object = (fields) => (value) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field(value[name])]));

const person = object({ id: text, alias: text });
const members = list(person);
const missed = (/** @type {unknown} */ value) => value === true;
const said = { type: () => "message", id, client: text, from: person, text, at: count };
const message = object({ ...said, online: count, missed });
const messages = list(object({ ...said, online: optional(count) }));
const history = { history: messages, more: flag, gap: flag };
const limits = object({ text: count, perMinute: count, room: count, historySeconds: count, overlapSeconds: count });

/** @type {Map<unknown, Field>} */
const FRAMES = new Map([
  ["message", message],
  ["messages", object({ messages, online: count, missed })],
  ["joined", object({ members, online: count, ...history, limits })],
  ["page", object(history)],
  ["roster", object({ members, online: count, more: flag })],
  ["presence", object({ online: count, joined: members, left: members, missed })],
  ["error", object({ code: text, message: text, client: optional(text), retryAfter: optional(count) })],
]);

/**
 * @param {string} data
 * @returns {Frame[]} with the fields that the page knows; none of what is no frame
 */
export function read(data) {
  try {
    const frame = JSON.parse(data);
    const { type, message } = frame;
    if (typeof message === "string" && !type) return [{ type: "error", code: "server_error", message: "" }];
    const known = FRAMES.get(type)?.(frame);
    const { messages = [known], ...beside } = known;
    return messages.map((/** @type {any} */ each) => ({ type, ...each, ...beside }));
  } catch {
    return [];
  }
}

/** @param {ErrorFrame} frame */
export const retryMs = ({ retryAfter = RETRY_SECONDS }) => retryAfter * 1000;
