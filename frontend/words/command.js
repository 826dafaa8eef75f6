// What somebody means by what they wrote. Only what is certainly no command is ever published.

import { clean, fromFirstSeen } from "./text.js";

/**
 * @typedef {{kind: "say", text: string} | {kind: "me", text: string} | {kind: "nick", alias: string} | {kind: "help"}
 *   | {kind: "clear"} | {kind: "leave"} | {kind: "unknown", name: string}} Command
 */

/**
 * A command is one line, and typed: what was pasted is meant as it is.
 * @param {string} written
 * @param {boolean} [pasted]
 * @returns {Command}
 */
export function parse(written, pasted = false) {
  const text = clean(written);
  const line = fromFirstSeen(text);
  if (pasted || !line.startsWith("/") || line.includes("\n")) return { kind: "say", text };
  if (line.startsWith("//")) return { kind: "say", text: line.slice(1) };
  const [, name, rest] = /^\/(\S*)\s*(.*)$/.exec(line) ?? ["", "", ""];
  switch (name.toLowerCase().replace(/\P{ASCII}/gu, "")) {
    case "me":
      return rest ? { kind: "me", text: rest } : { kind: "help" };
    case "nick":
      return { kind: "nick", alias: rest };
    case "help":
      return { kind: "help" };
    case "clear":
      return { kind: "clear" };
    case "leave":
      return { kind: "leave" };
    default:
      return { kind: "unknown", name };
  }
}
