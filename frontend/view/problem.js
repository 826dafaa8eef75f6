// What arrived and is no message to be trusted: shown as what it is, never hidden.

import { handle } from "../device/identities.js";
import { timeBeside } from "./clock.js";
import { make, name } from "./dom.js";

/** @import { ProblemEntry } from "../types.js" */

/**
 * @param {HTMLElement} item
 * @param {ProblemEntry} entry
 */
export function fill(item, entry) {
  item.dataset.problem = entry.problem;
  const details = make("button", { className: "button details", type: "button", textContent: "Details", tabIndex: -1 });
  item.replaceChildren(make("p", {}, ...sentence(entry)), details);
}

/** @param {ProblemEntry} entry */
export const spoken = (entry) => make("p", {}, ...sentence(entry)).textContent ?? "";

/**
 * @param {ProblemEntry} entry
 * @returns {(Node | string)[]}
 */
function sentence(entry) {
  switch (entry.problem) {
    case "undecryptable":
      return ["A message that this room’s key does not open."];
    case "forged":
      return ["A message whose signature is false: somebody changed it, or pretends to be somebody else."];
    case "replayed":
      return [
        "Somebody sent again what ",
        ...writer(entry),
        ` wrote at ${timeBeside(entry.written, entry.at)}: `,
        quote(entry.text),
      ];
    case "conflict":
      return [
        ...writer(entry),
        " signed two different messages as one and the same. The other one says: ",
        quote(entry.text),
      ];
  }
}

/** @param {ProblemEntry} entry */
const writer = ({ alias, signer }) => [name(alias), ` ${handle(signer)}`];

/** @param {string} text */
const quote = (text) => make("q", { dir: "auto", textContent: text });
