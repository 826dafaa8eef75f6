// The dialog "Menu": one's name, the looks, the calls for attention, and what stays on this device.

import { aliasProblem } from "../../words/length.js";
import { say } from "../../words/say.js";
import { canNotify, chime, mayNotify } from "../alert.js";
import { find, showTheme, untilLeft } from "../dom.js";
import { show } from "./dialog.js";
import { openKeys } from "./keys.js";
import { wireExit, wireLog } from "./parts.js";

/** @import { Settings } from "../../device/types.js" */

/**
 * @typedef {object} Wishes
 * @property {(alias: string) => string} rename the name as it is now; "" if that was none
 * @property {(part: Partial<Settings>) => unknown} settings
 * @property {() => unknown} forgetRoom
 * @property {() => unknown} clear the screen
 * @property {() => unknown} leaveAndForget
 * @property {() => unknown} quickExit
 */

const dialog = find("menu", HTMLDialogElement);
const alias = find("menu-alias", HTMLInputElement);
const themes = find("menu-themes", HTMLFieldSetElement);
const sound = find("menu-sound", HTMLInputElement);
const notifications = find("menu-notifications", HTMLInputElement);
const words = find("menu-words", HTMLInputElement);
const forget = find("menu-forget", HTMLButtonElement);
const sure = find("menu-sure");
const READ_MS = 60_000; // for the question

const nothing = () => {};
/** @type {Wishes} */
let on = {
  rename: () => "",
  settings: nothing,
  forgetRoom: nothing,
  clear: nothing,
  leaveAndForget: nothing,
  quickExit: nothing,
};

/** @param {() => unknown} action that leads out of the menu */
const then = (action) => () => {
  dialog.close();
  action();
};
const resetLog = wireLog({ print: then(() => print()), clear: then(() => on.clear()) });
const quick = wireExit({
  leaveAndForget: then(() => on.leaveAndForget()),
  quickExit: () => on.quickExit(),
  quick: (yes) => on.settings({ quick: yes }),
});
find("menu-keys", HTMLButtonElement).onclick = then(openKeys);

/** @param {Wishes} wishes */
export function wire(wishes) {
  on = wishes;
}

/** @param {{alias: string, settings: Settings}} now */
export function open(now) {
  alias.value = now.alias;
  alias.ariaInvalid = "false";
  for (const choice of themes.querySelectorAll("input")) choice.checked = choice.value === now.settings.theme;
  sound.checked = now.settings.sound;
  notifications.checked = now.settings.notifications;
  words.checked = now.settings.words;
  words.disabled = !notifications.checked;
  quick.checked = now.settings.quick;
  resetLog();
  find("menu-notifications-part").hidden = !canNotify();
  tell("name", "");
  tell("notifications", "");
  askAgain(false);
  show(dialog);
}

find("menu-rename", HTMLFormElement).onsubmit = (event) => {
  event.preventDefault();
  if (measure()) return alias.focus();
  const name = on.rename(alias.value);
  if (name)
    alias.value = name; // without what is invisible
  else alias.focus();
  alias.ariaInvalid = String(!name);
  tell("name", name ? "name-is" : "name-is-none");
};

/** While one types. */
function measure() {
  const problem = aliasProblem(alias.value);
  alias.ariaInvalid = String(Boolean(problem));
  tell("name", problem);
  return problem;
}
alias.oninput = measure;

themes.onchange = () => {
  const chosen = /** @type {Settings["theme"]} */ (themes.querySelector("input:checked")?.getAttribute("value"));
  showTheme(chosen);
  on.settings({ theme: chosen });
};

sound.onchange = () => {
  on.settings({ sound: sound.checked });
  if (sound.checked) chime(); // so that one knows what to expect
};

notifications.onchange = async () => {
  tell("notifications", "");
  const allowed = !notifications.checked || (await mayNotify());
  if (!allowed) tell("notifications", "not-allowed");
  notifications.checked &&= allowed; // they may have changed their mind while the browser asked
  words.disabled = !notifications.checked;
  on.settings({ notifications: notifications.checked });
};

words.onchange = () => on.settings({ words: words.checked });

forget.onclick = () => {
  untilLeft(sure, keep, READ_MS);
  askAgain(true);
  find("menu-keep", HTMLButtonElement).focus();
};
find("menu-keep", HTMLButtonElement).onclick = () => keep(true);
find("menu-forget-now", HTMLButtonElement).onclick = () => {
  dialog.close();
  on.forgetRoom();
};

/** @param {boolean} focused whether the focus is at the question */
function keep(focused) {
  askAgain(false);
  if (focused) forget.focus();
}

/** @param {boolean} asking */
function askAgain(asking) {
  forget.hidden = asking;
  sure.hidden = !asking;
}

/**
 * @param {"name" | "notifications"} about
 * @param {import("../../words/say.js").Said} said
 */
function tell(about, said) {
  find(`menu-${about}-status`).textContent = say(said);
}
