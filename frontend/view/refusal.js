// Where the browser has no encryption to offer, the page says so and does nothing else.

import { find } from "./dom.js";

/** @param {string} httpsAddress where it would work; "" where nobody knows */
export function refuse(httpsAddress) {
  const link = find("refusal-link", HTMLAnchorElement);
  find("refusal-way", HTMLElement).hidden = !httpsAddress;
  link.href = httpsAddress;
  link.textContent = httpsAddress;
  find("refusal", HTMLElement).hidden = false;
}
