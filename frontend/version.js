// Whether a newer version of this page has been deployed since it was loaded: index.html names the files of today's. It is
// offered and never forced, since somebody may be writing.

import { announce, notice } from "./view/status.js";

const EVERY_MS = 60_000; // as often as it is looked for, at most
const MAIN = new URL("main.js", import.meta.url).href;
const NAMED = /<script type="module" src="([^"]+)"/; // nothing else has it: no error of a server, no login of a hotel
/** @type {HTMLMetaElement | null} */
const policy = document.querySelector("meta[http-equiv]"); // names the socket's address, which may be another

let lookedAt = Number.NEGATIVE_INFINITY;
let offered = false;

/**
 * Look for a newer version, unless that was done lately, and offer it.
 * @param {() => boolean} loses whether loading it now would lose words
 */
export async function lookForNewer(loses) {
  if (offered || performance.now() - lookedAt < EVERY_MS) return;
  lookedAt = performance.now();
  const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
  const page = answer?.ok ? await answer.text().catch(() => "") : "";
  const [, main] = page.match(NAMED) ?? [];
  if (!main || (new URL(main, location.href).href === MAIN && page.includes(policy?.content ?? ""))) return;
  offered = true;
  /** @type {NodeListOf<HTMLElement>} */
  const offers = document.querySelectorAll(".newer-version");
  announce(offers[0].querySelector("p")?.textContent ?? "");
  for (const offer of offers) show(offer, loses);
}

/**
 * @param {HTMLElement} offer
 * @param {() => boolean} loses
 */
function show(offer, loses) {
  offer.hidden = false;
  const button = /** @type {HTMLButtonElement} */ (offer.querySelector("button"));
  button.onclick = () => (loses() ? notice("send-first") : location.reload());
}
