// The first view. The landing page needs nothing of a room, whose parts are loaded right behind it; where the address names a
// room, they come at once, and visits.js shows it.

import { settings } from "./device/device.js";
import { showEntrance } from "./entrance.js";
import { showTheme } from "./view/dom.js";
import * as landing from "./view/landing.js";
import { randomAlias } from "./words/random.js";
import { speak, speaks } from "./words/say.js";

/** @typedef {typeof import("./visits.js").listener} VisitListener */

const WORKER = "sw.js"; // beside index.html, wherever this file lies
const PATIENCE_MS = 3000; // a language that takes longer takes English's place when it comes
const root = document.documentElement;

/** Speak what index.html has chosen, and has sent for. English stands in it. */
async function beginToSpeak() {
  const { lang } = root;
  if (lang === "en") return;
  root.lang = "en";
  const come = import("./language.js").then(({ use }) => use(lang));
  await Promise.race([come, new Promise((late) => setTimeout(late, PATIENCE_MS))]).catch(() => {});
}

/** What a room says in English, unless another language is spoken. */
async function loadEnglish() {
  if (speaks()) return;
  const { default: english } = await import("./languages/en.js");
  if (!speaks()) speak(english, "en");
}

/** Load what a room needs, all at once: index.html names it. From then on, visits.js shows what the address names. */
async function loadVisits() {
  for (const link of document.querySelectorAll("link[rel=room]")) link.setAttribute("rel", "modulepreload");
  await loadEnglish();
  return import("./visits.js");
}

/**
 * Say meanwhile that it is under way. Where a part does not come, index.html says so, or loads the page anew: a new version may
 * have come meanwhile, whose parts have other addresses.
 */
async function visits() {
  const come = landing.busySoon("opening");
  try {
    return await loadVisits();
  } catch (error) {
    landing.giveUp();
    throw error;
  } finally {
    come();
  }
}

/** @param {(listener: VisitListener) => void} use */
async function act(use) {
  const { listener } = await visits();
  landing.busy("");
  use(listener);
}

function start() {
  landing.wire({
    randomAlias,
    newRoom: (alias) => act((on) => on.newRoom(alias)),
    enterName: (name, alias, remember) => act((on) => on.enterName(name, alias, remember)),
    enterLink: (alias) => act((on) => on.enterLink(alias)),
    open: (fragment, alias) => act((on) => on.open(fragment, alias)),
    forget: (fragment) => act((on) => on.forget(fragment)),
    forgetEverything: () => act((on) => on.forgetEverything()),
  });
  if (location.hash) visits();
  else showEntrance();
  addEventListener("hashchange", visits, { once: true }); // once they are loaded, they follow it themselves
  if (document.readyState === "complete") loaded();
  else addEventListener("load", loaded, { once: true }); // the page itself comes first
}

/**
 * Load the rest, and make the page an app that can be installed and whose shell opens without a network: see sw.js. Nothing
 * happens where the browser has no service workers, or refuses them as private windows do.
 */
function loaded() {
  if (!location.hash && Reflect.get(navigator, "connection")?.saveData) return; // all that comes when a room is wanted
  loadVisits().catch(() => {}); // then it is said when somebody wants it
  import("./language.js").catch(() => {}); // then there is nothing to choose
  navigator.serviceWorker?.register(address()).catch(() => {});
}

// The only text that this page ever turns into the address of a script.
function address() {
  /** @type {{createPolicy(name: string, rules: object): {createScriptURL(text: string): string}} | undefined} */
  const trustedTypes = Reflect.get(globalThis, "trustedTypes");
  return trustedTypes?.createPolicy("anonchat", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;
}

// A policy in a page's own head cannot forbid frames.
const framed = top !== self;
await beginToSpeak();
showTheme(settings().theme);
if (!globalThis.crypto?.subtle) landing.refuse(location.href.replace(/^http:/, "https:"), false);
else if (framed) landing.refuse(location.href, true);
else start();
