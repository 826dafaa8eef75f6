// The dialog "Message details": who and when, what this browser has checked, and what the server has of it.

import { handle, hue } from "../../device/identities.js";
import { bytes } from "../../words/text.js";
import { exactly } from "../clock.js";
import { find, make, name, tint } from "../dom.js";
import { copy, show } from "./dialog.js";

/** @import { MessageEntry, ProblemEntry } from "../../types.js" */

/**
 * @typedef {object} Evidence
 * @property {string} sent the frame that its writer sent, to the letter
 * @property {string | null} stored the row that the server keeps of it
 * @property {boolean} muted
 */

const NOT_COPIED = "Your browser does not let the page copy.";

const dialog = find("details", HTMLDialogElement);
const quote = find("details-text", HTMLElement);
const muteButton = find("details-mute", HTMLButtonElement);
const copyButton = find("details-copy", HTMLButtonElement);
const status = find("details-status", HTMLElement);

/** @type {(signer: string, muted: boolean) => void} */
let mute = () => {};

/** @param {{mute: (signer: string, muted: boolean) => void}} on */
export function wire(on) {
  ({ mute } = on);
}

/**
 * @param {MessageEntry | ProblemEntry} entry
 * @param {Evidence} evidence
 */
export function open(entry, { sent, stored, muted }) {
  if (entry.signer) tint(dialog, hue(entry.signer));
  const sentences = entry.kind === "message" ? verdict(entry) : [wrong(entry)];
  find("details-verdict", HTMLElement).replaceChildren(...sentences.map((words) => make("p", {}, ...words)));
  find("details-facts", HTMLElement).replaceChildren(...facts(entry));
  quote.textContent = entry.text;
  quote.hidden = !entry.text;
  status.textContent = "";
  offerToMute(entry, muted);
  offerToCopy(entry.text);
  showBytes("sent", sent);
  showBytes("stored", stored ?? "");
  find("details-inside", HTMLElement).hidden = !entry.signer; // who knows what is in there
  show(dialog);
}

// --- in plain words ---

/**
 * What is known of a message whose seal and signature are right.
 * @param {MessageEntry} entry
 */
function verdict(entry) {
  /** @type {(Node | string)[][]} */
  const sentences = [[entry.mine ? fate(entry) : genuine(entry)]];
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
function fate({ state, problem }) {
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
  const key = signer ? [...fact("Handle", handle(signer)), ...fact("Key", inFours(signer))] : [];
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
  muteButton.replaceChildren(make("span", {}, muted ? "Unmute " : "Mute ", make("bdi", {}, alias)));
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
 * @param {"sent" | "stored"} what
 * @param {string} text "" where there is nothing
 */
function showBytes(what, text) {
  find(`details-${what}-part`, HTMLElement).hidden = !text;
  find(`details-${what}`, HTMLElement).textContent = text;
  find(`details-${what}-size`, HTMLElement).textContent = size.format(bytes(text));
}

const size = new Intl.NumberFormat("en", { style: "unit", unit: "byte", unitDisplay: "long" });
