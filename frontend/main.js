// The wiring of the page: what the address names is shown, the landing page or a room. Everything a room does is in room.js.

import config from "./config.js";
import { decode } from "./crypto/box.js";
import { fragment, nameProblem, newKeyLink, normalName, parse } from "./crypto/link.js";
import { roomKey } from "./crypto/roomkey.js";
import { forgetAllIdentities } from "./crypto/signer.js";
import {
  clearAll,
  forgetRoom,
  hasTraces,
  recentRooms,
  rememberAlias,
  rememberedAlias,
  rememberRoom,
  settings,
} from "./device/device.js";
import { forget } from "./device/memory.js";
import { Room } from "./room.js";
import { lookForNewer } from "./version.js";
import { find, showTheme } from "./view/dom.js";
import * as landing from "./view/landing.js";
import { placeName, randomAlias } from "./words/random.js";
import { NOT_OPENED, OPENING } from "./words/sentences.js";
import { cleanAlias } from "./words/text.js";

/** @import { Link, RoomKey } from "./types.js" */

const SLOW_MS = 300; // what takes longer is said to be under way
const WORKER = "sw.js"; // beside index.html, wherever this file lies

/** @type {{fragment: string, room: Room} | null} */
let current = null;
let opening = ""; // the title of the room that is being opened
let visits = 0; // the latest look at the address; an older one that is still deriving a key gives up
const remembering = new Set(); // fragments of named rooms that the person asked to remember

/** Show what the address names. Whatever goes wrong there, something is to be seen, and a way on. */
async function route() {
  const visit = visits + 1;
  const slow = setTimeout(() => current || landing.busy(OPENING), SLOW_MS);
  try {
    await look();
  } catch (error) {
    if (visit === visits) showLanding({ problem: NOT_OPENED, invited: opening });
    reportError(error);
  }
  clearTimeout(slow);
  find("broken").hidden = true; // it has come after all
}

async function look() {
  const visit = ++visits;
  const { link, problem = "", proposal = "" } = parse(location.hash);
  if (link && fragment(link) === current?.fragment) return;
  leave();
  opening = "";
  if (!link) return showLanding({ problem, name: proposal });
  if (link.kind === "name") landing.busy(OPENING); // its key takes a moment on purpose
  const key = await roomKey(link);
  if (visit !== visits) return;
  opening = titleOf(key);
  if (rememberedAlias()) await enter(link, key, () => visit === visits);
  else showLanding({ invited: opening });
}

/** @param {RoomKey} key */
const titleOf = ({ name, id }) => name || placeName(decode(id) ?? []);

/**
 * @param {Link} link
 * @param {RoomKey} key
 * @param {() => boolean} stillWanted
 */
async function enter(link, key, stillWanted) {
  const [name, title] = [fragment(link), titleOf(key)];
  const known = recentRooms().some((recent) => recent.fragment === name);
  const wished = remembering.delete(name); // once: who forgets the room is not to find it in the list again
  if (!key.name || known || wished) rememberRoom({ fragment: name, title, at: Date.now() });
  const address = new URL(`#${name}`, location.href).href;
  const room = await Room.open({
    key,
    title,
    named: Boolean(key.name),
    address,
    alias: rememberedAlias(),
    url: config.websocketUrl,
    leave: (unsent) => goHome(unsent ? waiting(unsent, title) : ""),
    reconnected: lookAround,
    denied(problem) {
      leave();
      showLanding({ invited: title, problem });
    },
    forgotten() {
      forgetRoom(name);
      history.replaceState(null, "", location.pathname + location.search); // or the way back would lead there
      goHome();
    },
  });
  if (!stillWanted()) return room.close();
  current = { fragment: name, room };
  landing.hide();
  room.show();
}

function lookAround() {
  if (!document.hidden) lookForNewer(() => current?.room.hasWords ?? false);
}

// A new room gets a new socket: frames of the old one cannot reach it, and the two memberships share no id.
function leave() {
  current?.room.close();
  current = null;
}

/** @param {string} [problem] what is to be said there */
function goHome(problem) {
  if (location.hash) history.pushState(null, "", location.pathname + location.search);
  visits++;
  leave();
  showLanding({ problem });
}

/**
 * @param {number} unsent
 * @param {string} title
 */
function waiting(unsent, title) {
  const what = unsent === 1 ? "1 message waits" : `${unsent} messages wait`;
  return `${what} to be sent in ${title}: open it again for that.`;
}

/** @param {{problem?: string, name?: string, invited?: string}} what */
function showLanding({ problem = "", name = "", invited = "" }) {
  const [alias, recent, traces] = [rememberedAlias() || randomAlias(), recentRooms(), hasTraces()];
  landing.show({ alias, recent, name, problem, invited, traces });
}

/** @param {string} written */
const takeAlias = (written) => rememberAlias(cleanAlias(written) || randomAlias());

/** @param {string} name */
function goTo(name) {
  if (location.hash === `#${name}`) route();
  else location.hash = name; // then route enters
}

/** @type {import("./view/landing.js").LandingListener} */
const listener = {
  randomAlias,
  newRoom(alias) {
    takeAlias(alias);
    goTo(fragment(newKeyLink()));
  },
  enterName(name, alias, remember) {
    takeAlias(alias);
    const problem = nameProblem(name);
    if (problem) return showLanding({ problem, name });
    const target = fragment({ kind: "name", name: normalName(name) });
    if (remember) remembering.add(target);
    goTo(target);
  },
  enterLink(alias) {
    takeAlias(alias);
    route();
  },
  open(name, alias) {
    takeAlias(alias);
    goTo(name);
  },
  async forget(name) {
    forgetRoom(name);
    landing.showRecent(recentRooms());
    const { link } = parse(`#${name}`);
    if (link) await forget(await roomKey(link));
  },
  async forgetEverything() {
    clearAll();
    landing.forgetQuestion(false);
    await forgetAllIdentities();
    showLanding({});
  },
};

function start() {
  landing.wire(listener);
  addEventListener("hashchange", route);
  addEventListener("pageshow", ({ persisted }) => persisted && lookAround());
  document.addEventListener("visibilitychange", lookAround);
  route();
  install();
}

/**
 * Make the page an app that can be installed and whose shell opens without a network: see sw.js. Nothing happens where the
 * browser has no service workers, or refuses them as private windows do.
 */
function install() {
  const register = () => navigator.serviceWorker?.register(address()).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true }); // the page itself comes first
}

// The only text that this page ever turns into the address of a script.
function address() {
  /** @type {{createPolicy(name: string, rules: object): {createScriptURL(text: string): string}} | undefined} */
  const trustedTypes = Reflect.get(globalThis, "trustedTypes");
  return trustedTypes?.createPolicy("anonchat", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;
}

// A policy in a page's own head cannot forbid frames.
const framed = top !== self;
showTheme(settings().theme);
if (!globalThis.crypto?.subtle) landing.refuse(location.href.replace(/^http:/, "https:"), false);
else if (framed) landing.refuse(location.href, true);
else start();
