// One room on the page: the bar on top of it, and everything that shows its state.

import { rows } from "../state/log.js";
import { follow, locale, say } from "../words/say.js";
import * as composer from "./composer.js";
import { closeAll } from "./dialogs/dialog.js";
import { find } from "./dom.js";
import * as log from "./log.js";
import * as status from "./status.js";

/** @import { State } from "../state/types.js" */

const title = find("title");
const privacy = find("privacy");
const number = find("people-count");
const here = find("people-here");
let named = false;
let present = 0;

/** @param {{title: string, named: boolean}} room */
export function show(room) {
  showHeader(room);
  log.reset();
}

/**
 * Bring the page to this state.
 * @param {State} state
 * @param {string} title of the room
 * @param {{quiet: boolean, canLoadEarlier: boolean}} options as the log has them
 */
export function render(state, title, options) {
  log.render(rows(state), options);
  log.unread(state.unread);
  count(state.online);
  badge(state.unread, title);
}

/** Nothing of the room stays on the page. */
export function clear() {
  closeAll();
  status.connected(true);
  status.notice("");
  badge(0, "");
  show({ title: "", named: false });
  composer.reset("");
}

// --- the bar on top: where one is, who else is here, and the ways out; and the page's title ---

/** @param {{leave(): void, share(): void, people(): void, menu(): void}} on */
export function wire(on) {
  find("leave", HTMLButtonElement).onclick = () => on.leave();
  find("share-button", HTMLButtonElement).onclick = () => on.share();
  find("invite", HTMLButtonElement).onclick = () => on.share();
  find("people-button", HTMLButtonElement).onclick = () => on.people();
  find("menu-button", HTMLButtonElement).onclick = () => on.menu();
}

/** @param {{title: string, named: boolean}} room */
function showHeader(room) {
  title.textContent = room.title;
  named = room.named;
  showPrivacy();
  privacy.dataset.named = String(named);
  find("room").inert = !room.title; // between two rooms, nothing is written, to neither
  count(0);
}

/** Where the focus goes that a keyboard on the screen would follow to a field. */
export function focus() {
  title.focus();
}

function showPrivacy() {
  find("privacy-short").textContent = say(named ? "guessable" : "encrypted");
  find("privacy-rest").textContent = named ? say("guessable-more") : "";
}

/** @param {number} online how many are here; 0 while nobody knows */
function count(online) {
  present = online;
  number.textContent = online ? online.toLocaleString(locale) : "…";
  here.textContent = online ? say("here", { count: online }) : "…";
  find("room").classList.toggle("unknown", !online);
}

follow(() => {
  showPrivacy();
  count(present);
});

/**
 * How much is unread, in the page's title and on the installed app's icon.
 * @param {number} count
 * @param {string} name of the room; "" outside of one
 */
function badge(count, name) {
  const page = name ? `${name} · anonchat` : "anonchat";
  const text = count ? `(${count}) ${page}` : page;
  if (document.title === text) return;
  document.title = text;
  if (!("setAppBadge" in navigator)) return;
  const done = count ? navigator.setAppBadge(count) : navigator.clearAppBadge();
  done.catch(() => {}); // an icon without a number
}
