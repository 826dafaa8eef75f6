// The rooms this browser remembers, and how it forgets everything it ever stored for this page.

import { clear, holds, kept } from "./storage.js";

/** @import { RecentRoom } from "../types.js" */

const OWN = "anonchat."; // every key of this page begins so
const KEY = `${OWN}recent`;
const MOST = 20;

/** @returns {RecentRoom[]} the latest first */
export function recentRooms() {
  try {
    /** @type {unknown} */
    const rooms = JSON.parse(kept.getItem(KEY) ?? "[]");
    return Array.isArray(rooms) ? rooms.filter(isRoom) : [];
  } catch {
    return []; // nothing that this page has written
  }
}

/** @param {RecentRoom} room */
export function rememberRoom(room) {
  save([room, ...others(room.fragment)].slice(0, MOST));
}

/** @param {string} fragment */
export function forgetRoom(fragment) {
  save(others(fragment));
}

/** Names, settings, rooms, drafts, messages that have not gone out. Key pairs are elsewhere: crypto/identity.js. */
export function forgetEverything() {
  clear(OWN);
}

/** Whether there is anything to forget. */
export function hasTraces() {
  return holds(OWN);
}

/** @param {string} fragment */
function others(fragment) {
  return recentRooms().filter((room) => room.fragment !== fragment);
}

/** @param {RecentRoom[]} rooms */
function save(rooms) {
  try {
    if (rooms.length) kept.setItem(KEY, JSON.stringify(rooms));
    else kept.removeItem(KEY);
  } catch {
    // Then they are not remembered.
  }
}

/**
 * @param {any} room
 * @returns {room is RecentRoom}
 */
function isRoom(room) {
  return typeof room?.fragment === "string" && typeof room.title === "string" && typeof room.at === "number";
}
