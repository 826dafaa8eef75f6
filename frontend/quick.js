// The menu, and ways to be gone at once, for who may be looked at: the room is forgotten on this device without a question,
// and with the quick exit another page stands in place of this one.

import { settings } from "./device/device.js";
import "./view/copying.js";
import * as menu from "./view/dialogs/menu.js";
import { find, make } from "./view/dom.js";
import "./view/fold.js";
import { follow, say } from "./words/say.js";

const HARMLESS = "https://www.wikipedia.org/";
const KEY = "Escape";
const TIMES = 3;
const WITHIN_MS = 1500; // all of them
const PATIENCE_MS = 1000; // with a browser's database, before one goes all the same

/** @type {() => unknown} forgets the room that one is in */
let forgetRoom = () => {};
/** @type {number[]} when the key was pressed last */
let pressed = [];

const door = make("button", { className: "button button-icon", type: "button" });
door.append(icon("M13 4H5v16h8M10 12h10m0 0l-4-4m4 4l-4 4"));
door.onclick = quickExit;
door.hidden = true;
find("menu-button").before(door);

const problem = find("landing-problem");
const banner = make("p", { className: "banner", role: "alert" });
let forgotten = false; // and that is to be said
problem.before(banner);

function show() {
  door.ariaLabel = door.title = say("quick-exit");
  banner.textContent = forgotten ? say("forgotten") : "";
}
follow(show);
show();

/**
 * Another room.
 * @param {() => unknown} forget
 */
export function enter(forget) {
  forgetRoom = forget;
  forgotten = false;
  show();
  offer();
}

// As the person has it now.
function offer() {
  door.hidden = !settings().quick;
}

/** @typedef {Omit<Parameters<typeof menu.wire>[0], "leaveAndForget" | "quickExit">} Wishes */

/**
 * @param {Wishes} on
 * @param {Parameters<typeof menu.open>[0]} what
 */
export function openMenu(on, what) {
  /** @type {Wishes["settings"]} */
  const change = (part) => {
    on.settings(part);
    offer();
  };
  menu.wire({ ...on, settings: change, leaveAndForget, quickExit });
  menu.open(what);
}

async function leaveAndForget() {
  await forgetRoom();
  forgotten = !problem.textContent; // else something may be there still
  show();
}

/** Nothing of this page is seen from the first moment on, nor when somebody comes back to it. */
async function quickExit() {
  document.documentElement.hidden = true;
  document.title = "";
  addEventListener("pageshow", away);
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([forgetRoom(), patience]);
  away();
}

const away = () => location.replace(HARMLESS);

/** @param {string} path */
function icon(path) {
  const [svg, line] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

document.addEventListener(
  "keydown",
  ({ key, repeat, isComposing, timeStamp }) => {
    if (repeat || isComposing) return;
    pressed = key === KEY && settings().quick ? [...pressed, timeStamp].slice(-TIMES) : [];
    if (pressed.length === TIMES && timeStamp - pressed[0] < WITHIN_MS) quickExit();
  },
  true,
);
