// The dialog "Share this room": its link to copy, to hand to another app, and to scan.

import { correction, generate } from "../../vendor/lean-qr.js";
import { say } from "../../words/say.js";
import { find } from "../dom.js";
import { copy, show } from "./dialog.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white around a QR code, as its standard asks

const dialog = find("share", HTMLDialogElement);
const field = find("share-link", HTMLInputElement);
const status = find("share-status");
const shareWith = find("share-with", HTMLButtonElement);

/** @param {{address: string, named: boolean}} room */
export function open({ address, named }) {
  field.value = address;
  status.textContent = "";
  find("share-warning").textContent = say(named ? "warn-name" : "warn-key");
  find("share-qr").replaceChildren(drawing(address));
  shareWith.hidden = !("share" in navigator);
  show(dialog);
}

field.onfocus = () => field.select();
find("share-copy", HTMLButtonElement).onclick = async () => {
  if (await copy(field.value)) return tell("copied");
  field.focus();
  tell("copy-yourself");
};
shareWith.onclick = async () => {
  try {
    await navigator.share({ title: "anonchat", url: field.value });
  } catch (failure) {
    if (!(failure instanceof DOMException && failure.name === "AbortError")) tell("share-failed");
  }
};

/** @param {import("../../words/say.js").Key} key */
const tell = (key) => {
  status.textContent = say(key);
};

/**
 * A QR code, dark on light in every theme: scanners ask for it.
 * @param {string} text
 */
function drawing(text) {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const side = code.size + 2 * QUIET;
  const svg = shape("svg", {
    viewBox: `0 0 ${side} ${side}`,
    role: "img",
    "aria-label": say("qr-code"),
    "shape-rendering": "crispEdges",
  });
  svg.append(
    shape("path", { fill: "#fff", d: `M0 0h${side}v${side}H0z` }),
    shape("path", { fill: "#000", d: outline(code) }),
  );
  return svg;
}

/**
 * Every dark module as a square.
 * @param {import("../../vendor/lean-qr.js").Code} code
 */
function outline({ size, get }) {
  const places = Array.from({ length: size * size }, (_, at) => [at % size, Math.floor(at / size)]);
  const dark = places.filter(([x, y]) => get(x, y));
  return dark.map(([x, y]) => `M${x + QUIET} ${y + QUIET}h1v1h-1z`).join("");
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
