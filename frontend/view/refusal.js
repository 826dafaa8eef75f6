// Where the browser has no encryption to offer, or another page has put this one into a frame, the page says so and does
// nothing else.

import { find } from "./dom.js";

const FRAMED = "It is shown inside another page, which could be anybody’s and trick you into clicks.";

/**
 * @param {string} address where it would work
 * @param {boolean} framed
 */
export function refuse(address, framed) {
  if (framed) find("refusal-reason", HTMLElement).textContent = FRAMED;
  const link = find("refusal-link", HTMLAnchorElement);
  link.href = address;
  link.textContent = address;
  link.target = "_top";
  find("refusal", HTMLElement).hidden = false;
}
