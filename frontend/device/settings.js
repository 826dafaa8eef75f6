// How this person likes the page, in all rooms: kept in this browser.

import { kept } from "./storage.js";

/** @import { Settings } from "../types.js" */

const KEY = "anonchat.settings";
const THEMES = ["system", "light", "dark"];

/** @type {Settings} */
const USUAL = { theme: "system", sound: false, notifications: false };

/** @type {Settings | null} */
let unsaved = null; // where nothing can be stored, settings live as long as the page

/** @returns {Settings} */
export function settings() {
  return unsaved ?? { ...USUAL, ...stored() };
}

/**
 * @param {Partial<Settings>} part
 * @returns {Settings}
 */
export function change(part) {
  const changed = { ...settings(), ...part };
  try {
    kept.setItem(KEY, JSON.stringify(changed));
    unsaved = null;
  } catch {
    unsaved = changed;
  }
  return changed;
}

/** @returns {Partial<Settings>} what is stored and makes sense */
function stored() {
  try {
    const entries = Object.entries(JSON.parse(kept.getItem(KEY) ?? "{}"));
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
  return (name === "sound" || name === "notifications") && typeof value === "boolean";
}
