// The dialog "Message details": who and when, what this browser has checked, and what the server has of it.

import { bytes } from "../../words/length.js";
import { exactly } from "../clock.js";
import { code, find, make, name } from "../dom.js";
import { handle, tint } from "../person.js";
import { copy, show } from "./dialog.js";

/** @import { Entry, MessageEntry, ProblemEntry, State } from "../../state/types.js" */
/** @import { Limits, SaidFrame } from "../../types.js" */

const NOT_COPIED = "Your browser does not let the page copy.";

const dialog = find("details", HTMLDialogElement);
const quote = find("details-text");
const muteButton = find("details-mute", HTMLButtonElement);
const copyButton = find("details-copy", HTMLButtonElement);
const status = find("details-status");

/** @type {(signer: string, muted: boolean) => void} */
let mute = () => {};

/** @param {{mute: (signer: string, muted: boolean) => void}} on */
export function wire(on) {
  ({ mute } = on);
}

/**
 * @param {Entry} entry
 * @param {string} room its id
 * @param {State} state
 */
export function open(entry, room, { muted, limits }) {
  if (entry.kind === "gap" || entry.kind === "note") return; // there is no more to it
  if (entry.signer) tint(dialog, entry.signer);
  const sentences = entry.kind === "message" ? verdict(entry) : [wrong(entry)];
  find("details-verdict").replaceChildren(...sentences.map((words) => make("p", {}, ...words)));
  find("details-facts").replaceChildren(...facts(entry));
  quote.textContent = entry.text;
  quote.hidden = !entry.text;
  status.textContent = "";
  offerToMute(entry, muted.has(entry.signer));
  offerToCopy(entry.text);
  showBytes("sent", sent(room, entry));
  showBytes("stored", entry.frame ? stored(room, entry.frame, limits) : "");
  find("details-inside").hidden = !entry.signer; // who knows what is in there
  show(dialog);
}

// --- in plain words ---

/**
 * What is known of a message whose seal and signature are right.
 * @param {MessageEntry} entry
 */
function verdict(entry) {
  /** @type {(Node | string)[][]} */
  const sentences = [[entry.mine ? delivery(entry) : genuine(entry)]];
  if (entry.late) {
    sentences.push([
      "Between its writing and its arrival lies more time than usual: it was held back on its way, or a clock is wrong.",
    ]);
  }
  if (entry.namesake) sentences.push(["They have your name, but another key."]);
  else if (entry.borrowedFrom) {
    const first = handle(entry.borrowedFrom);
    sentences.push([
      `Somebody else, ${first}, was first to be called `,
      name(entry.alias),
      " here. These may be two people.",
    ]);
  }
  return sentences;
}

/** @param {MessageEntry} entry */
function delivery({ state, problem }) {
  switch (state) {
    case "sending":
      return "On its way. The server has not confirmed it yet.";
    case "waiting":
      return "It waits its turn and goes out by itself.";
    case "failed":
      return `Not sent. ${problem}`;
    case "sent":
      return "Sent. The server has passed it on, with the very words you wrote.";
  }
}

/** @param {MessageEntry} entry */
const genuine = ({ signer }) =>
  `Genuine. It was sealed with this room’s key and signed by ${handle(signer)}; nobody has changed it on its way.`;

/**
 * @param {ProblemEntry} entry
 * @returns {(Node | string)[]}
 */
function wrong({ problem, alias, signer }) {
  switch (problem) {
    case "undecryptable":
      return ["This room’s key does not open it. Somebody without the link made it, or it was damaged on its way."];
    case "newer":
      return [
        "A newer version of this page made it with this room’s key. This version cannot read it: reload the page.",
      ];
    case "forged":
      return [
        "Somebody who has the link made it, but its signature is wrong: it was changed, or it claims to be from somebody else.",
      ];
    case "replayed":
      return [name(alias), `, ${handle(signer)}, did write this, but it was somebody else who sent it again.`];
    case "conflict":
      return [name(alias), `, ${handle(signer)}, gave two different messages the same number. This is the other one.`];
  }
}

// --- who and when ---

/** @param {MessageEntry | ProblemEntry} entry */
function facts(entry) {
  const { alias, signer, at, frame } = entry;
  const written = entry.written ? fact("Written", `${exactly(entry.written)}, by the writer’s clock`) : [];
  const arrived = frame ? fact("Arrived", `${exactly(at)}, by the server’s clock`) : [];
  const key = signer ? [...fact("Handle", code(handle(signer))), ...fact("Key", code(inFours(signer)))] : [];
  return [...fact("From", signer ? name(alias) : "Nobody knows"), ...key, ...written, ...arrived];
}

/**
 * @param {string} term
 * @param {Node | string} description
 */
const fact = (term, description) => [make("dt", {}, term), make("dd", {}, description)];

/** @param {string} text */
const inFours = (text) => text.replace(/.{4}(?=.)/g, "$& ");

// --- what can be done ---

/**
 * @param {MessageEntry | ProblemEntry} entry
 * @param {boolean} muted
 */
function offerToMute(entry, muted) {
  const { alias, signer } = entry;
  muteButton.hidden = entry.kind !== "message" || entry.mine; // words sent again are not their writer's doing
  muteButton.replaceChildren(make("span", {}, muted ? "Unmute " : "Mute ", make("bdi", { translate: false }, alias)));
  muteButton.onclick = () => {
    mute(signer, !muted);
    offerToMute(entry, !muted);
    status.textContent = muted ? "Shown again." : "Hidden on this device. Nobody is told.";
  };
}

/** @param {string} text */
function offerToCopy(text) {
  copyButton.hidden = !text;
  copyButton.onclick = async () => {
    status.textContent = (await copy(text)) ? "Copied." : NOT_COPIED;
  };
}

// --- what the server sees ---

/**
 * The frame that its writer sent, to the letter.
 * @param {string} room
 * @param {MessageEntry | ProblemEntry} entry
 */
function sent(room, entry) {
  const { text, client } = entry.kind === "message" ? { text: entry.sealed, client: entry.client } : entry.frame;
  return JSON.stringify({ action: "send", room, text, client });
}

/**
 * The row that the table holds of a message, as the layer's rows.py writes it.
 * @param {string} room
 * @param {SaidFrame} frame
 * @param {Limits} limits
 */
function stored(room, { id, client, from, text, at }, { historySeconds, overlapSeconds }) {
  const expiresAt = Math.ceil(at / 1000) + historySeconds + overlapSeconds;
  const row = {
    pk: `ROOM#${room}`,
    sk: `MESSAGE#${id}`,
    client,
    memberId: from.id,
    alias: from.alias,
    text,
    expiresAt,
  };
  return JSON.stringify(row, null, 1);
}

/**
 * @param {"sent" | "stored"} what
 * @param {string} text "" where there is nothing
 */
function showBytes(what, text) {
  find(`details-${what}-part`).hidden = !text;
  find(`details-${what}`).textContent = text;
  find(`details-${what}-size`).textContent = size.format(bytes(text));
}

const size = new Intl.NumberFormat("en", { style: "unit", unit: "byte", unitDisplay: "long" });
