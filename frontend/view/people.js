// Who is here: each person once, however many devices they use. The list stands beside the log on wide screens and in
// the dialog "People" on others: one list, which moves.

import { borrowedFrom } from "../state/names.js";
import { follow, say } from "../words/say.js";
import { show } from "./dialogs/dialog.js";
import { copyOf, find, part } from "./dom.js";
import { handle, initial, tint } from "./person.js";

/** @import { Entry, Names } from "../state/types.js" */
/** @import { OpenedPerson } from "../types.js" */

/**
 * @typedef {object} Somebody
 * @property {string} signer "" for all those whose name could not be checked
 * @property {string} alias
 * @property {number} devices 0 if they are not here
 * @property {boolean} me
 * @property {boolean} muted
 * @property {string} borrowed from whom, where somebody else was first to use this name
 */

/**
 * @typedef {object} Room
 * @property {Map<string, OpenedPerson>} people
 * @property {number} online
 * @property {string} me
 * @property {Set<string>} muted signers
 * @property {Names} names
 * @property {Entry[]} entries
 */

const dialog = find("people", HTMLDialogElement);
const aside = find("people-aside");
const content = find("people-content");
const list = find("people-list", HTMLUListElement);
const more = find("people-more");
const template = find("person-template", HTMLTemplateElement);
const wide = matchMedia("(min-width: 64rem)");

/** @type {Map<string, HTMLElement>} signer → item */
const items = new Map();
/** @type {(signer: string, muted: boolean) => void} */
let mute = () => {};
/** @type {Room} */
const NOBODY = { people: new Map(), online: 0, me: "", muted: new Set(), names: new Map(), entries: [] };
let drawn = NOBODY;
let opened = () => {};

/** @param {{mute: (signer: string, muted: boolean) => void, opened: () => void}} on */
export function wire(on) {
  ({ mute, opened } = on);
}

/** Bring the list before the person's eyes. */
export function open() {
  opened();
  if (wide.matches) aside.focus();
  else show(dialog);
}

/** @param {Room} room */
export function render(room) {
  const { people, online, muted, names } = room;
  if (people === drawn.people && online === drawn.online && muted === drawn.muted && names === drawn.names) return;
  drawn = room;
  const everybody = merged(room);
  const present = new Set(everybody.map(({ signer }) => signer));
  for (const [signer, item] of items) {
    if (present.has(signer)) continue;
    items.delete(signer);
    item.remove();
  }
  for (const [at, somebody] of everybody.entries()) {
    const item = items.get(somebody.signer) ?? create(somebody.signer);
    fill(item, somebody, room.me);
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  }
  const others = online - people.size;
  more.textContent = others > 0 ? say("and-more", { count: others }) : "";
}

export const clear = () => render(NOBODY);

/**
 * Oneself first, the others by name, then whom nobody can vouch for, and last who is muted and has gone.
 * @param {Room} room
 */
function merged({ people, me, muted, names, entries }) {
  /** @type {Map<string, Somebody>} */
  const bySigner = new Map();
  for (const { signer, alias } of people.values()) {
    const key = signer ?? "";
    const devices = (bySigner.get(key)?.devices ?? 0) + 1;
    const borrowed = alias === null ? "" : borrowedFrom(names, alias, key);
    const shown = { alias: alias ?? say("unverified"), me: key === me, muted: muted.has(key), borrowed };
    bySigner.set(key, { signer: key, devices, ...shown });
  }
  for (const signer of muted) {
    if (bySigner.has(signer)) continue;
    const said = entries.findLast((entry) => entry.kind === "message" && entry.signer === signer);
    const alias = said?.kind === "message" ? said.alias : say("somebody");
    bySigner.set(signer, { signer, alias, devices: 0, me: false, muted: true, borrowed: "" });
  }
  return [...bySigner.values()].sort((a, b) => rank(a) - rank(b) || a.alias.localeCompare(b.alias));
}

/** @param {Somebody} somebody */
const rank = ({ me, signer, devices }) => (me ? 0 : !signer ? 2 : devices ? 1 : 3);

/** @param {string} signer */
function create(signer) {
  const item = copyOf(template);
  if (signer) tint(item, signer);
  part(item, ".handle").textContent = signer && handle(signer);
  items.set(signer, item);
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {Somebody} somebody
 * @param {string} self
 */
function fill(item, { signer, alias, devices, me, muted, borrowed }, self) {
  item.classList.toggle("muted", muted);
  item.classList.toggle("unverified", !signer);
  part(item, ".face").textContent = signer ? initial(alias) : "?";
  part(item, ".alias").textContent = alias;
  part(item, ".you").hidden = !me;
  part(item, ".devices").textContent =
    devices > 1 ? say("devices", { count: devices }) : devices ? "" : say("not-here");
  const first = say(borrowed === self ? "has-your-name" : "not-first");
  part(item, ".borrowed").textContent = borrowed && first;
  const button = part(item, "button");
  button.hidden = me || !signer;
  button.textContent = say(muted ? "unmute" : "mute");
  button.ariaLabel = say(muted ? "unmute-name" : "mute-name", { name: alias });
  button.onclick = () => mute(signer, !muted);
}

function place() {
  if (wide.matches) dialog.close();
  (wide.matches ? aside : find("people-place")).append(content);
}

wide.onchange = place;
place();
follow(() => {
  const room = drawn;
  drawn = NOBODY;
  render(room);
});
