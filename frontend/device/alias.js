// The name a person goes by: kept in this browser, or a friendly random one.

import { somebody } from "../words/random.js";
import { kept } from "./storage.js";

const KEY = "anonchat.alias";

let unsaved = ""; // where nothing can be stored, the name lives as long as the page

export function randomAlias() {
  return somebody(crypto.getRandomValues(new Uint8Array(2)));
}

/** "" where there is none. */
export function rememberedAlias() {
  return unsaved || (kept.getItem(KEY) ?? "");
}

/** @param {string} alias */
export function rememberAlias(alias) {
  try {
    kept.setItem(KEY, alias);
    unsaved = "";
  } catch {
    unsaved = alias;
  }
  return alias;
}
