// What this browser keeps for the page: its storage, and in it what holds for all rooms: a person's
// name and settings, and which rooms were visited.

/** @import { RecentRoom, Settings } from "./types.js" */

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} StorageArea */

const OWN = "anonchat."; // every key of this page begins so

/**
 * Keeps things for as long as the page lives, and says that this is no keeping, as a storage does that is full.
 * @returns {StorageArea}
 */
function memory() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => {
      items.set(key, value);
      throw Error();
    },
    removeItem: (key) => void items.delete(key),
  };
}

/**
 * @param {() => Storage} open asking for a storage that is switched off throws, or gives nothing
 * @returns {StorageArea}
 */
function area(open) {
  try {
    return open() ?? memory();
  } catch {
    return memory();
  }
}

/** Stays until it is cleared, and is shared by all tabs. */
export const kept = area(() => localStorage);

/** This tab's own: survives a reload, not the tab. */
export const tab = area(() => sessionStorage);

/** Whether what is written now would survive a reload. */
export const lasts = () => survives(kept, () => localStorage) && survives(tab, () => sessionStorage);

const TRIAL = `${OWN}trial`;
const TRIAL_LENGTH = 10_000; // of some messages

/**
 * @param {StorageArea} area
 * @param {() => Storage} open
 */
function survives(area, open) {
  try {
    if (area !== open()) return false;
    area.setItem(TRIAL, "x".repeat(TRIAL_LENGTH));
    area.removeItem(TRIAL);
    return true;
  } catch {
    return false; // full, or switched off
  }
}

/**
 * What an item of a room is called; the beginning of all of them without a name.
 * @param {string} room
 * @param {string} [name]
 */
export const itemOf = (room, name = "") => `${OWN}${room}.${name}`;

/**
 * The names of all items that begin so.
 * @param {StorageArea} area
 * @param {string} prefix
 */
export function keys(area, prefix) {
  const all = Array.from({ length: area.length }, (_, index) => area.key(index) ?? "");
  return all.filter((key) => key.startsWith(prefix));
}

/** Whether this page has stored anything. */
export const hasTraces = () => [kept, tab].some((area) => keys(area, OWN).length > 0);

/** Remove names, settings, rooms, drafts, messages that have not gone out. Key pairs are elsewhere: crypto/signer.js. */
export function clearAll() {
  clear(OWN);
  unsaved.clear();
  unsavedRooms = [];
}

/**
 * Remove everything whose name begins so.
 * @param {string} prefix
 */
export function clear(prefix, areas = [kept, tab]) {
  for (const area of areas) for (const key of keys(area, prefix)) area.removeItem(key);
}

// --- the name and the settings ---

export const ALIAS = "anonchat.alias";
const SETTINGS = "anonchat.settings";
const THEMES = ["system", "light", "dark"];

/** @type {Settings} */
const USUAL = { theme: "system", sound: false, notifications: false, words: false, quick: false };

/** @type {Map<string, string>} what could not be stored lives as long as the page */
const unsaved = new Map();

/** @param {string} key */
const read = (key) => unsaved.get(key) ?? kept.getItem(key) ?? "";

/**
 * @param {string} key
 * @param {string} text
 */
function write(key, text) {
  unsaved.delete(key);
  try {
    kept.setItem(key, text);
  } catch {
    unsaved.set(key, text);
  }
}

/** "" where there is none. */
export const rememberedAlias = () => read(ALIAS);

/** @param {string} alias */
export function rememberAlias(alias) {
  write(ALIAS, alias);
  return alias;
}

/** @returns {Settings} */
export function settings() {
  return { ...USUAL, ...stored() };
}

/**
 * @param {Partial<Settings>} part
 * @returns {Settings}
 */
export function change(part) {
  const changed = { ...settings(), ...part };
  write(SETTINGS, JSON.stringify(changed));
  return changed;
}

/** @returns {Partial<Settings>} what is stored and makes sense */
function stored() {
  try {
    const entries = Object.entries(JSON.parse(read(SETTINGS)));
    return Object.fromEntries(entries.filter(([name, value]) => isValid(name, value)));
  } catch {
    return {};
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function isValid(name, value) {
  if (name === "theme") return THEMES.some((theme) => theme === value);
  return Object.hasOwn(USUAL, name) && typeof value === "boolean";
}

// --- the rooms that this browser remembers ---

export const RECENT = "anonchat.recent";
export const MOST_ROOMS = 20;

/** @type {RecentRoom[]} what could not be stored lives as long as the page */
let unsavedRooms = [];

/** @returns {RecentRoom[]} the latest first */
export const recentRooms = () => [...unsavedRooms, ...storedRooms()];

/** @returns {RecentRoom[]} */
function storedRooms() {
  try {
    /** @type {unknown} */
    const rooms = JSON.parse(kept.getItem(RECENT) ?? "[]");
    return Array.isArray(rooms) ? rooms.filter(isRoom) : [];
  } catch {
    return []; // nothing that this page has written
  }
}

/** @param {RecentRoom} room */
export function rememberRoom(room) {
  save([room, ...others(room.fragment)].slice(0, MOST_ROOMS));
}

/** @param {string} fragment */
export function forgetRoom(fragment) {
  save(others(fragment));
}

/** @param {string} fragment */
function others(fragment) {
  return recentRooms().filter((room) => room.fragment !== fragment);
}

/** @param {RecentRoom[]} rooms */
function save(rooms) {
  try {
    if (rooms.length) kept.setItem(RECENT, JSON.stringify(rooms));
    else kept.removeItem(RECENT);
    unsavedRooms = [];
  } catch {
    const stored = new Set(storedRooms().map(({ fragment }) => fragment));
    unsavedRooms = rooms.filter(({ fragment }) => !stored.has(fragment));
  }
}

/**
 * @param {any} room
 * @returns {room is RecentRoom}
 */
function isRoom(room) {
  return typeof room?.fragment === "string" && typeof room.title === "string" && typeof room.at === "number";
}
