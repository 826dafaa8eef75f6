// The wiring of the page: what the address names is shown, the landing page or a room. Everything a room does is in session.js.

import config from "./config.js";
import { fragment, nameProblem, newKeyLink, normalName, parse } from "./crypto/link.js";
import { roomKey } from "./crypto/roomkey.js";
import { randomAlias, rememberAlias, rememberedAlias } from "./device/alias.js";
import { forgetAllIdentities } from "./device/identities.js";
import { forget } from "./device/memory.js";
import { forgetEverything, forgetRoom, hasTraces, recentRooms, rememberRoom } from "./device/rooms.js";
import { install } from "./install.js";
import { Session } from "./room.js";
import * as landing from "./view/landing.js";
import { refuse } from "./view/refusal.js";
import { cleanAlias } from "./words/text.js";

/** @typedef {import("./types.js").Link} Link @typedef {import("./types.js").RoomKey} RoomKey */

/** @type {{fragment: string, session: Session} | null} */
let current = null;
let visits = 0; // the latest look at the address; an older one that is still deriving a key gives up
const remembering = new Set(); // fragments of named rooms that the person asked to remember

async function route() {
  const visit = ++visits;
  const { link, problem = "", proposal = "" } = parse(location.hash);
  if (link && fragment(link) === current?.fragment) return;
  leave();
  if (!link) return showLanding({ problem, name: proposal });
  if (link.kind === "name") landing.busy("Opening the room…"); // its key takes a moment on purpose
  const room = await roomKey(link);
  if (visit !== visits) return;
  if (rememberedAlias()) await enter(link, room, () => visit === visits);
  else showLanding({ invited: room.title });
}

/**
 * @param {Link} link
 * @param {RoomKey} room
 * @param {() => boolean} stillWanted
 */
async function enter(link, room, stillWanted) {
  const name = fragment(link);
  const known = recentRooms().some((recent) => recent.fragment === name);
  const wished = remembering.delete(name); // once: who forgets the room is not to find it in the list again
  if (!room.named || known || wished) rememberRoom({ fragment: name, title: room.title, at: Date.now() });
  const address = new URL(`#${name}`, location.href).href;
  const session = await Session.open({
    room,
    address,
    alias: rememberedAlias(),
    url: config.websocketUrl,
    leave: (unsent) => goHome(unsent ? waiting(unsent, room.title) : ""),
    denied(problem) {
      leave();
      showLanding({ invited: room.title, problem });
    },
    forgotten() {
      forgetRoom(name);
      history.replaceState(null, "", location.pathname + location.search); // or the way back would lead there
      goHome();
    },
  });
  if (!stillWanted()) return session.close();
  current = { fragment: name, session };
  landing.hide();
  session.show();
}

// A new room gets a new socket: frames of the old one cannot stray into it, and the two memberships share no id.
function leave() {
  current?.session.close();
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
  else location.hash = name; // and `route` enters
}

function start() {
  landing.wire({
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
      forgetEverything();
      landing.forgetQuestion(false);
      await forgetAllIdentities();
      showLanding({});
    },
  });
  addEventListener("hashchange", route);
  route();
  install();
}

// A policy in a page's own head cannot forbid frames.
const framed = top !== self;
if (!globalThis.crypto?.subtle) refuse(location.href.replace(/^http:/, "https:"), false);
else if (framed) refuse(location.href, true);
else start();
