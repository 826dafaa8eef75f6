// The bar on top of a room: where one is, who else is here, and the ways out.

import { find } from "./dom.js";

const title = find("title", HTMLElement);
const privacy = find("privacy", HTMLElement);
const count = find("people-count", HTMLElement);

/** @param {{leave(): void, share(): void, people(): void, menu(): void}} on */
export function wire(on) {
  find("leave", HTMLButtonElement).onclick = () => on.leave();
  find("share-button", HTMLButtonElement).onclick = () => on.share();
  find("invite", HTMLButtonElement).onclick = () => on.share();
  find("people-button", HTMLButtonElement).onclick = () => on.people();
  find("menu-button", HTMLButtonElement).onclick = () => on.menu();
}

/** @param {{title: string, named: boolean}} room */
export function show(room) {
  title.textContent = room.title;
  find("privacy-short", HTMLElement).textContent = room.named ? "Guessable name" : "Encrypted end to end";
  find("privacy-rest", HTMLElement).textContent = room.named ? ": anyone who guesses it can read along" : "";
  privacy.dataset.named = String(room.named);
  find("room", HTMLElement).inert = !room.title; // between two rooms, nothing is written, to neither
  people(0);
}

/** Where the focus goes that a keyboard on the screen would follow to a field. */
export function focus() {
  title.focus();
}

/** @param {number} online how many are here; 0 while nobody knows */
export function people(online) {
  count.textContent = String(online || "…");
  find("room", HTMLElement).classList.toggle("unknown", !online);
}
