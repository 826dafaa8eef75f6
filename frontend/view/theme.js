// Light or dark: as the device has it, or as the person wants it, from the moment this is loaded.

import { settings } from "../device/settings.js";

/** @import { Settings } from "../types.js" */

/** @type {NodeListOf<HTMLMetaElement>} of the browser's own bars: one for either look */
const [light, dark] = document.head.querySelectorAll("meta[name=theme-color]");
const colours = { light: light.content, dark: dark.content };

/** @param {Settings["theme"]} theme */
export function show(theme) {
  document.documentElement.dataset.theme = theme;
  light.content = colours[theme === "system" ? "light" : theme];
  dark.content = colours[theme === "system" ? "dark" : theme];
}

show(settings().theme);
