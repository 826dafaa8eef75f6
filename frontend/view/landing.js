// The page before a room: a new one, one with a name, one that somebody's link leads to, one of those visited before.

import { aliasProblem } from "../words/length.js";
import { follow as followLanguage, parts, say } from "../words/say.js";
import { find, isFocusLost, make, untilLeft } from "./dom.js";

/** @import { RecentRoom } from "../device/types.js" */
/** @import { Said } from "../words/say.js" */

/**
 * @typedef {object} LandingListener
 * @property {(alias: string) => void} newRoom
 * @property {(name: string, alias: string, remember: boolean) => void} enterName
 * @property {(alias: string) => void} enterLink
 * @property {() => string} randomAlias
 * @property {(fragment: string, alias: string) => void} open
 * @property {(fragment: string) => void} forget
 * @property {() => void} forgetEverything
 */

const landing = find("landing");
const room = find("room");
const problemLine = find("landing-problem");
const busyLine = find("landing-busy");
const aliasForm = find("alias-form", HTMLFormElement);
const aliasField = find("alias", HTMLInputElement);
const nameForm = find("name-form", HTMLFormElement);
const nameField = find("room-name", HTMLInputElement);
const remember = find("remember", HTMLInputElement);
const recentPart = find("recent");
const list = find("recent-rooms", HTMLUListElement);
const enterLink = find("enter-link", HTMLButtonElement);
const SLOW_MS = 300; // what takes longer is said to be under way
const READ_MS = 60_000; // for a question of two lines
const finePointer = matchMedia("(pointer: fine)");

let hasName = false; // from an earlier visit
let slow = 0; // the timer of what is not said yet
/** @type {Said[]} what is wrong, and what is waited for: the person may choose another language meanwhile */
let [problem, waiting] = ["", ""];
/** @type {RecentRoom[]} */
let recent = [];

/** @param {LandingListener} on */
export function wire(on) {
  /** @param {(alias: string) => void} enter under a name that fits */
  const under = (enter) => (measure() ? aliasField.focus() : enter(aliasField.value.trim() || on.randomAlias()));
  aliasForm.onsubmit = (event) => {
    event.preventDefault();
    under(find("new-room").hidden ? on.enterLink : on.newRoom);
  };
  nameForm.onsubmit = (event) => {
    event.preventDefault();
    under((alias) => on.enterName(nameField.value, alias, remember.checked));
  };
  find("another", HTMLButtonElement).onclick = () => {
    aliasField.value = on.randomAlias();
    nameEntrance();
  };
  aliasField.oninput = nameEntrance;
  find("forget-everything", HTMLButtonElement).onclick = () => forgetQuestion(true);
  find("forget-keep", HTMLButtonElement).onclick = () => forgetQuestion(false);
  find("forget-now", HTMLButtonElement).onclick = () => on.forgetEverything();
  list.onclick = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const fragment = target.closest("li")?.dataset.fragment;
    if (fragment === undefined) return;
    const forget = target.closest("button");
    if (forget) twice(forget, () => on.forget(fragment));
    else if (target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      under((alias) => on.open(fragment, alias));
    }
  };
}

/**
 * @param {object} what
 * @param {string} what.alias
 * @param {RecentRoom[]} what.recent
 * @param {string} what.name typed or proposed for a room
 * @param {Said} what.problem
 * @param {string} what.invited title of the room that the link leads to, or ""
 * @param {boolean} what.traces whether anything is kept on this device
 * @param {boolean} what.known whether the name is one that the person has had before
 */
export function show({ alias, recent, name, problem, invited, traces, known }) {
  const focused = document.activeElement !== document.body;
  document.title = "anonchat";
  busy("");
  room.hidden = true;
  landing.hidden = false;
  aliasField.value = alias;
  nameField.value = name;
  nameField.ariaInvalid = String(Boolean(name && problem));
  complain(problem);
  find("invited-title").textContent = invited;
  find("invitation").hidden = !invited;
  enterLink.hidden = !invited;
  hasName = known;
  nameEntrance();
  find("elsewhere").hidden = !invited;
  find("new-room").hidden = Boolean(invited);
  nameForm.hidden = Boolean(invited);
  ask(false);
  follow(recent, traces);
  focus(name, invited, focused);
}

/** @param {Said} said */
export function complain(said) {
  problem = said;
  problemLine.textContent = say(said);
}

export function hide() {
  busy("");
  remember.checked = false; // it was meant for this room
  landing.hidden = true;
  room.hidden = false;
}

/**
 * Say what is being waited for; "" for nothing. Where nothing else is to be seen here yet, that is all there is.
 * @param {Said} said
 */
export function busy(said) {
  clearTimeout(slow);
  waiting = said;
  busyLine.textContent = say(said);
  for (const part of [aliasForm, nameForm, recentPart]) part.inert = Boolean(said);
  if (!said) return landing.classList.remove("opening");
  landing.classList.toggle("opening", Boolean(landing.hidden) || landing.classList.contains("opening"));
  landing.hidden = false;
  room.hidden = true;
}

/**
 * Say what is being waited for, if that takes a while and nothing else is shown or waited for meanwhile.
 * @param {Said} said
 * @returns {() => void} what to call when it has come
 */
export function busySoon(said) {
  clearTimeout(slow);
  const own = setTimeout(() => busy(said), SLOW_MS);
  slow = own;
  return () => clearTimeout(own);
}

/** Show nothing: the page is not whole, and index.html says so. */
export function giveUp() {
  landing.hidden = true;
}

/**
 * Say why the page does nothing here: the browser has no encryption to offer, or another page has this one in a frame.
 * @param {string} address where it would work
 * @param {boolean} framed
 */
export function refuse(address, framed) {
  if (framed) find("refusal-reason").textContent = say("framed");
  const link = find("refusal-link", HTMLAnchorElement);
  link.href = address;
  link.textContent = address;
  link.target = "_top";
  find("refusal").hidden = false;
}

/** Tell at once of a name that is too long. */
function measure() {
  const problem = aliasProblem(aliasField.value);
  find("alias-measure").textContent = say(problem);
  aliasField.ariaInvalid = String(Boolean(problem));
  return problem;
}

// Whoever has a name sees under which one they would enter: a link alone is not to speak for them.
function nameEntrance() {
  measure();
  const alias = aliasField.value.trim();
  const name = make("bdi", { translate: false, textContent: alias });
  const words = alias && hasName ? parts("enter-as", { name }) : [say("enter")];
  enterLink.replaceChildren(make("span", {}, ...words));
}

/** @param {boolean} asked whether the person is to say once more that nothing is to stay */
export function forgetQuestion(asked) {
  if (asked) untilLeft(find("forget"), (focused) => (focused ? forgetQuestion : ask)(false), READ_MS);
  ask(asked);
  find(asked ? "forget-keep" : "forget-everything").focus();
}

/** @param {boolean} asked */
function ask(asked) {
  find("forget-everything").hidden = asked;
  for (const id of ["forget-question", "forget-keep", "forget-now"]) find(id).hidden = !asked;
}

/**
 * What is on this device now.
 * @param {RecentRoom[]} rooms
 * @param {boolean} traces
 */
export function follow(rooms, traces) {
  find("forget").hidden = !traces;
  showRecent(find("invitation").hidden ? rooms : []);
}

/** @param {RecentRoom[]} rooms */
export function showRecent(rooms) {
  const focused = list.contains(document.activeElement);
  recent = rooms;
  recentPart.hidden = rooms.length === 0;
  list.replaceChildren(...rooms.map(recentRoom));
  if (focused) find("new-room").focus();
}

/**
 * The first click only asks, as long as the person stays with it: the list may be the last place that has the room's link.
 * @param {HTMLButtonElement} button
 * @param {() => void} action
 */
function twice(button, action) {
  if (button.dataset.sure) return action();
  const { ariaLabel } = button;
  untilLeft(button, () => {
    delete button.dataset.sure;
    button.textContent = say("forget");
    button.ariaLabel = ariaLabel;
  });
  button.dataset.sure = "true";
  button.ariaLabel = button.textContent = say("forget-sure");
  button.focus(); // Safari leaves it where it was
}

/** @param {RecentRoom} room */
function recentRoom({ fragment, title }) {
  const name = make("bdi", { translate: false, textContent: title });
  const link = make("a", { className: "link truncate", href: `#${fragment}` }, name);
  const forget = make("button", { className: "button button-quiet", type: "button", textContent: say("forget") });
  forget.ariaLabel = say("forget-room-named", { room: title });
  const item = make("li", {}, link, forget);
  item.dataset.fragment = fragment;
  return item;
}

// Where one would write next; on a phone the keyboard would hide what this page is about. Who comes out of a room, or
// has a line taken away, is not to start all over.
/**
 * @param {string} name
 * @param {string} invited
 * @param {boolean} focused whether the focus was anywhere
 */
function focus(name, invited, focused) {
  if (name) nameField.focus();
  else if (invited && finePointer.matches) aliasField.select();
  else if (focused && isFocusLost()) for (const id of ["new-room", "enter-link"]) find(id).focus(); // the one that is there
}

followLanguage(() => {
  complain(problem);
  busyLine.textContent = say(waiting);
  nameEntrance(); // and measures it
  showRecent(recent);
});
