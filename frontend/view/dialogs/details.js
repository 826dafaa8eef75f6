// The dialog "Message details": who and when, what this browser has checked, and what the server has of it.

import { bytes } from "../../words/length.js";
import { locale, parts, say } from "../../words/say.js";
import { exactly } from "../clock.js";
import { code, find, make, name } from "../dom.js";
import { handle, tint } from "../person.js";
import { copy, show } from "./dialog.js";

/** @import { Entry, MessageEntry, ProblemEntry, State } from "../../state/types.js" */
/** @import { Limits, SaidFrame } from "../../types.js" */
/** @import { Key } from "../../words/say.js" */

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
  if (entry.late) sentences.push([say("long-way")]);
  if (entry.namesake) sentences.push([say("they-have-your-name")]);
  else if (entry.borrowedFrom)
    sentences.push(parts("first-called", { handle: handle(entry.borrowedFrom), name: name(entry.alias) }));
  return sentences;
}

/** @param {MessageEntry} entry */
function delivery({ state, problem }) {
  if (state !== "failed") return say(`was-${state}`);
  return say("not-sent", { problem: { key: /** @type {Key} */ (problem) } });
}

/** @param {MessageEntry} entry */
const genuine = ({ signer }) => say("genuine", { handle: handle(signer) });

/** @param {ProblemEntry} entry */
function wrong({ problem, alias, signer }) {
  const writer = problem === "replayed" || problem === "conflict";
  return writer ? parts(`wrong-${problem}`, { name: name(alias), handle: handle(signer) }) : [say(`wrong-${problem}`)];
}

// --- who and when ---

/** @param {MessageEntry | ProblemEntry} entry */
function facts(entry) {
  const { alias, signer, at, frame } = entry;
  const written = entry.written ? fact("written", say("by-writer", { time: exactly(entry.written) })) : [];
  const arrived = frame ? fact("arrived", say("by-server", { time: exactly(at) })) : [];
  const key = signer ? [...fact("handle", code(handle(signer))), ...fact("key", code(inFours(signer)))] : [];
  return [...fact("from", signer ? name(alias) : say("nobody-knows")), ...key, ...written, ...arrived];
}

/**
 * @param {Key} term
 * @param {Node | string} description
 */
const fact = (term, description) => [make("dt", {}, say(term)), make("dd", {}, description)];

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
  muteButton.replaceChildren(
    make("span", {}, ...parts(muted ? "unmute-name" : "mute-name", { name: make("bdi", { translate: false }, alias) })),
  );
  muteButton.onclick = () => {
    mute(signer, !muted);
    offerToMute(entry, !muted);
    status.textContent = say(muted ? "shown-again" : "hidden-here");
  };
}

/** @param {string} text */
function offerToCopy(text) {
  copyButton.hidden = !text;
  copyButton.onclick = async () => {
    status.textContent = say((await copy(text)) ? "copied" : "cannot-copy");
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
  const size = new Intl.NumberFormat(locale, { style: "unit", unit: "byte", unitDisplay: "long" });
  find(`details-${what}-size`).textContent = size.format(bytes(text));
}
