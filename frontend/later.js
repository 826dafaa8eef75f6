// Dialogs, the list of people, what calls for attention, the look for a newer version: no first view has them. They are loaded
// right behind it: a new version may come any time, and these are gone then.

import { notice } from "./view/status.js";

/** @import { Settings } from "./device/types.js" */
/** @import { Entry, MessageEntry, State } from "./state/types.js" */
/** @import { Visit } from "./types.js" */

const alert = () => import("./view/alert.js");
const dialogs = () => import("./dialogs.js").then(({ place }) => place());
const details = () => dialogs().then(() => import("./view/dialogs/details.js"));
const quick = () => dialogs().then(() => import("./quick.js"));
const people = () =>
  dialogs()
    .then(() => import("./view/people.js"))
    .then(showList);
const share = () => dialogs().then(() => import("./view/dialogs/share.js"));
const version = () => import("./version.js");

export function loadLater() {
  document.querySelector("link[rel=later-stylesheet]")?.setAttribute("rel", "stylesheet");
  // Then it is said when somebody wants it.
  for (const part of [alert, details, people, quick, share, version]) part().catch(() => {});
}

// --- the list of people stands beside the log on wide screens: there it shows whatever is known when it comes ---

/** @typedef {typeof import("./view/people.js")} People */

/** @type {People | null} */
let list = null;
/** @type {Parameters<People["wire"]>[0]} */
let onPeople = { mute() {}, opened() {} };
/** @type {Parameters<People["render"]>[0] | null} */
let room = null;

/** @param {Parameters<People["wire"]>[0]} on */
export function wirePeople(on) {
  onPeople = on;
  list?.wire(on);
}

/** @param {Parameters<People["render"]>[0]} state */
export function showPeople(state) {
  room = state;
  list?.render(state);
}

/** Nobody of the room stays on the page. */
export function clearPeople() {
  room = null;
  list?.clear();
}

/** @param {AbortSignal} signal nobody wants it any more */
export const openPeople = (signal) => use(people, (part) => part.open(), signal);

/** @param {People} part */
function showList(part) {
  list = part;
  part.wire(onPeople);
  if (room) part.render(room);
  return part;
}

// --- the others ---

/**
 * Call for attention, as the person wishes.
 * @param {MessageEntry | null} message null where there may be several
 * @param {Settings} settings
 */
export const call = (message, settings) => attempt(alert, (part) => part.call(message, settings));

/** @param {() => boolean} loses whether loading a newer version now would lose words */
export const lookForNewer = (loses) => attempt(version, (part) => part.lookForNewer(loses));

/**
 * @param {Visit} visit
 * @param {AbortSignal} signal nobody wants it any more
 */
export const openShare = (visit, signal) => use(share, (dialog) => dialog.open(visit), signal);

/** @typedef {typeof import("./quick.js")} Quick */

/**
 * @param {Parameters<Quick["openMenu"]>[0]} on
 * @param {Parameters<Quick["openMenu"]>[1]} what
 * @param {AbortSignal} signal nobody wants it any more
 */
export const openMenu = (on, what, signal) => use(quick, (part) => part.openMenu(on, what), signal);

/** @param {() => unknown} forget the room that is entered */
export const offerExit = (forget) => attempt(quick, (part) => part.enter(forget));

/**
 * @param {Entry} entry
 * @param {{room: string, state: State, mute: (signer: string, muted: boolean) => void}} where
 * @param {AbortSignal} signal nobody wants it any more
 */
export function openDetails(entry, { room, state, mute }, signal) {
  /** @param {Awaited<ReturnType<typeof details>>} dialog */
  const open = (dialog) => {
    dialog.wire({ mute });
    dialog.open(entry, room, state);
  };
  use(details, open, signal);
}

/**
 * @template Part
 * @param {() => Promise<Part>} part
 * @param {(part: Part) => void} open
 * @param {AbortSignal} signal
 */
async function use(part, open, signal) {
  const loaded = await part().catch(() => notice("not-whole"));
  if (loaded && !signal.aborted) open(loaded);
}

/**
 * Do without what does not come.
 * @template Part
 * @param {() => Promise<Part>} part
 * @param {(part: Part) => unknown} use
 */
const attempt = (part, use) => part().then(use, () => {});
