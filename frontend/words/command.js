// What somebody means by what they wrote. Only what is certainly no command is ever published.

import { clean } from "./text.js";

export const HELP = [
  "/nick Ada – be called Ada",
  "/me waves – say what you are doing",
  "/clear – clear this screen",
  "/leave – leave the room",
  "/help – show this",
  "//me – say “/me”: two slashes for a text that begins with one",
].join("\n");

/**
 * @typedef {{kind: "say", text: string} | {kind: "me", text: string} | {kind: "nick", alias: string} | {kind: "help"}
 *   | {kind: "clear"} | {kind: "leave"} | {kind: "unknown", name: string}} Command
 */

/**
 * @param {string} written
 * @returns {Command}
 */
export function parse(written) {
  const text = clean(written);
  if (text.startsWith("//")) return { kind: "say", text: text.slice(1) };
  if (!text.startsWith("/")) return { kind: "say", text };
  const [, name, rest] = /^\/(\S*)\s*(.*)$/s.exec(text) ?? ["", "", ""];
  switch (name.toLowerCase()) {
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
