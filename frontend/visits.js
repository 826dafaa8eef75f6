// What the address names is shown: the landing page, or the visit to a room. Everything a room does is in room.js.

import config from "./config.js";
import { decode } from "./crypto/box.js";
import { fragment, nameProblem, newKeyLink, normalName, parse, shownName } from "./crypto/link.js";
import { roomKey } from "./crypto/roomkey.js";
import { forgetAllIdentities } from "./crypto/signer.js";
import {
  clearAll,
  forgetRoom,
  recentRooms,
  rememberAlias,
  rememberedAlias,
  rememberRoom,
  settings,
} from "./device/device.js";
import { forget, isListed, isUnderWay, sweep } from "./device/places.js";
import { followDevice, showEntrance } from "./entrance.js";
import { loadLater, lookForNewer } from "./later.js";
import { Room } from "./room.js";
import { find } from "./view/dom.js";
import * as landing from "./view/landing.js";
import { notice } from "./view/status.js";
import { aliasProblem } from "./words/length.js";
import { placeName, randomAlias } from "./words/random.js";
import { cleanAlias } from "./words/text.js";

/** @import { Link, RoomKey } from "./types.js" */
/** @import { Said } from "./words/say.js" */

const TWICE_MS = 15_000; // who wants to leave in spite of a warning does so within this time

/** @type {{fragment: string, room: Room, listed: string} | null} */
let current = null;
let here = ""; // the id of the room that this tab is in, or entering
let opening = ""; // the title of the room that is being opened
let visits = 0; // the latest look at the address; an older one that is still deriving a key gives up
let agreed = { fragment: "", remember: false }; // to what the person has just said yes: only that is entered unasked
let warned = Number.NEGATIVE_INFINITY;

/** Show what the address names. Whatever goes wrong there, something is to be seen, and a way on. */
async function route() {
  const visit = visits + 1;
  const come = landing.busySoon("opening");
  try {
    await look();
  } catch (error) {
    if (visit === visits) showLanding({ problem: "not-opened", invited: opening });
    reportError(error);
  }
  come();
  find("broken").hidden = true; // it has come after all
}

async function look() {
  const [visit, wish] = [++visits, agreed];
  agreed = { fragment: "", remember: false };
  const { link, problem = "", proposal = "" } = parse(location.hash);
  const name = link ? fragment(link) : "";
  if (link && name === current?.fragment) return;
  if (current && !mayLeave()) return history.replaceState(null, "", `#${current.fragment}`);
  leave();
  opening = "";
  if (!link) return showLanding({ problem, name: proposal });
  if (link.kind === "name") landing.busy("opening"); // its key takes a moment on purpose
  const key = await roomKey(link);
  if (visit !== visits) return;
  opening = titleOf(key);
  const known = wish.fragment === name || isListed(name) || isUnderWay(key.id);
  const alias = rememberedAlias();
  if (!alias || aliasProblem(alias) || !known) return showLanding({ invited: opening });
  await enter(link, key, wish.fragment === name && wish.remember, () => visit === visits);
}

/** @param {RoomKey} key */
const titleOf = ({ name, id }) => shownName(name) || placeName(decode(id) ?? []);

/**
 * @param {Link} link
 * @param {RoomKey} key
 * @param {boolean} remember also one with a name
 * @param {() => boolean} stillWanted
 */
async function enter(link, key, remember, stillWanted) {
  const [name, title] = [fragment(link), titleOf(key)];
  here = key.id;
  if (!key.name || remember || isListed(name)) rememberRoom({ fragment: name, title, id: key.id, at: Date.now() });
  const listed = isListed(name) ? name : ""; // a full storage remembers nothing
  const address = new URL(`#${name}`, location.href).href;
  const room = await Room.open({
    key,
    title,
    named: Boolean(key.name),
    address,
    alias: rememberedAlias(),
    url: config.websocketUrl,
    listed,
    leave() {
      if (mayLeave())
        goHome(listed && waiting() ? { key: "left-unsent", values: { count: waiting(), room: title } } : "");
    },
    reconnected: lookAround,
    denied(problem) {
      leave();
      showLanding({ invited: title, problem });
    },
    forgotten: (done) => forgotten(name, done),
  });
  if (!stillWanted()) {
    room.close();
    return tidy();
  }
  current = { fragment: name, room, listed };
  landing.hide();
  room.show();
  tidy();
}

/**
 * @param {string} name of the room
 * @param {Promise<boolean>} done
 */
async function forgotten(name, done) {
  forgetRoom(name);
  const problem = await forgetting(done);
  history.replaceState(null, "", location.pathname + location.search); // or the way back would lead there
  goHome(problem);
}

/**
 * @param {Promise<boolean>} done the browser's database may take its time
 * @returns {Promise<Said>} what to say if something may still be there
 */
async function forgetting(done) {
  const come = landing.busySoon("forgetting");
  const certain = await done.catch(() => false);
  come();
  return certain ? "" : "keys-may-remain";
}

// Of rooms that were pushed off the list, or are left and were never on it, nothing stays.
const tidy = () => void sweep(() => here).catch(() => {}); // a storage that fails is left alone

/** Whoever leaves a room that is not remembered loses what has not gone out: they are told, and may leave all the same. */
function mayLeave() {
  if (current?.listed || !waiting() || Date.now() - warned < TWICE_MS) return true;
  warned = Date.now();
  notice({ key: "leave-unsent", values: { count: waiting() } });
  return false;
}

function lookAround() {
  if (!document.hidden) lookForNewer(() => current?.room.losesWords ?? false);
}

// A new room gets a new socket: frames of the old one cannot reach it, and the two memberships share no id.
function leave() {
  current?.room.close();
  current = null;
  here = "";
}

/** @param {Said} [problem] what is to be said there */
function goHome(problem) {
  if (location.hash) history[step()](null, "", location.pathname + location.search);
  visits++;
  leave();
  showLanding({ problem });
}

const waiting = () => current?.room.unsent ?? 0;

// Who may have to be gone at once leaves no way back to what they saw.
const step = () => (settings().quick ? "replaceState" : "pushState");

/** @param {{problem?: Said, name?: string, invited?: string}} what */
function showLanding(what) {
  tidy();
  showEntrance(what);
}

/** @param {string} written */
const takeAlias = (written) => rememberAlias(cleanAlias(written) || randomAlias());

/** @param {string} name */
function goTo(name, remember = false) {
  agreed = { fragment: name, remember };
  if (location.hash === `#${name}`) route();
  else if (settings().quick) location.replace(`#${name}`);
  else location.hash = name; // then route enters
}

/** @type {Omit<import("./view/landing.js").LandingListener, "randomAlias">} */
export const listener = {
  newRoom(alias) {
    takeAlias(alias);
    goTo(fragment(newKeyLink()));
  },
  enterName(name, alias, remember) {
    takeAlias(alias);
    const problem = nameProblem(name);
    if (problem) return showLanding({ problem, name });
    goTo(fragment({ kind: "name", name: normalName(name) }), remember);
  },
  enterLink(alias) {
    takeAlias(alias);
    const { link } = parse(location.hash);
    if (link) agreed.fragment = fragment(link);
    route();
  },
  open(name, alias) {
    takeAlias(alias);
    const { link } = parse(`#${name}`);
    const today = link ? fragment(link) : name; // an older version of the page may have spelt the room's name otherwise
    if (today !== name) forgetRoom(name);
    goTo(today, today !== name);
  },
  async forget(name) {
    forgetRoom(name);
    landing.showRecent(recentRooms());
    const { link } = parse(`#${name}`);
    if (link && !(await forget((await roomKey(link)).id))) landing.complain("keys-may-remain");
  },
  async forgetEverything() {
    clearAll();
    landing.forgetQuestion(false);
    showLanding({ problem: await forgetting(forgetAllIdentities()) });
  },
};

// Another tab, or this page's own way back to it, may have changed the list.
function follow() {
  if (!current) followDevice();
}

addEventListener("hashchange", route);
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  lookAround();
  follow();
});
document.addEventListener("visibilitychange", lookAround);
addEventListener("storage", ({ key }) => {
  if (key && key.split(".").length > 2) return; // an item of one room
  follow();
  tidy();
});
if (document.readyState === "complete") loadLater();
else addEventListener("load", loadLater, { once: true });
if (location.hash) route();
else tidy(); // main.js shows the landing page
