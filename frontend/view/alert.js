// How the page calls for attention when nobody looks: with a sound, with a notification.

import { isolated } from "../words/isolated.js";
import { say } from "../words/say.js";

/** @import { Settings } from "../device/types.js" */
/** @import { MessageEntry } from "../state/types.js" */

/** Two soft notes, the second a fifth above the first. */
const NOTES_HZ = [587.33, 880];
const NOTE_SECONDS = 0.12; // from one note to the next
const FADE_SECONDS = 0.5;
const LOUDNESS = 0.08; // of 1
const SUDDEN_MS = 1000; // a sound that the browser held back longer would come out of the blue

/** @type {AudioContext | undefined} */
let audio;

/**
 * Call for attention, as the person wishes.
 * @param {MessageEntry | null} message null where there may be several
 * @param {Settings} settings
 */
export function call(message, { sound, notifications, words }) {
  if (sound) chime();
  if (!notifications || !document.hidden) return;
  if (message) notify(say("message-from", { name: isolated(message.alias) }), words ? message.text : "");
  else notify(say("new-messages"));
}

/** Silent until somebody has touched the page: browsers want it so. */
export async function chime() {
  try {
    if (!audio) {
      if (!navigator.userActivation?.hasBeenActive) return;
      audio = new AudioContext();
    }
    if (audio.state !== "running" && !(await resumed(audio))) return;
    for (const [turn, pitch] of NOTES_HZ.entries()) play(audio, pitch, audio.currentTime + turn * NOTE_SECONDS);
  } catch {
    // no sound, then
  }
}

const resume = () => void audio?.resume().catch(() => {});

/** @param {AudioContext} audio */
async function resumed(audio) {
  const asked = Date.now();
  addEventListener("pointerup", resume, { once: true }); // iOS: within a touch only
  await audio.resume();
  return Date.now() - asked < SUDDEN_MS;
}

/**
 * @param {AudioContext} audio
 * @param {number} pitch
 * @param {number} start
 */
function play(audio, pitch, start) {
  const [tone, volume] = [new OscillatorNode(audio, { frequency: pitch }), new GainNode(audio, { gain: 0 })];
  volume.gain.setTargetAtTime(LOUDNESS, start, 0.01);
  volume.gain.setTargetAtTime(0, start + NOTE_SECONDS, FADE_SECONDS / 4);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS + FADE_SECONDS);
}

/** Whether this browser has notifications at all. */
export const canNotify = () => "Notification" in globalThis;

/** Ask the person, if they have not answered before. */
export async function mayNotify() {
  try {
    return (await Notification.requestPermission()) === "granted";
  } catch {
    return false;
  }
}

/** @type {() => void} takes away what is shown */
let close = () => {};

// Who is back has seen it; and no notification outlives its page.
document.addEventListener("visibilitychange", () => document.hidden || close());
addEventListener("pagehide", () => close());

/**
 * Show a notification, in the place of the one before, but calling anew. A click on it leads to this page.
 * @param {string} title
 * @param {string} [body]
 */
async function notify(title, body = "") {
  if (!canNotify() || Notification.permission !== "granted") return;
  const worker = (await navigator.serviceWorker?.getRegistration())?.active;
  if (!document.hidden) return;
  if (!worker) return showHere(title, body);
  worker.postMessage(body ? { title, body } : title); // Android lets nobody else show one
  close = () => worker.postMessage("");
}

/** Other tabs have their own. */
const tag = `anonchat ${Math.random()}`;

/**
 * @param {string} title
 * @param {string} body
 */
function showHere(title, body) {
  try {
    const options = { tag, renotify: true, body };
    const notification = new Notification(title, options);
    close = () => notification.close();
    notification.onclick = () => {
      window.focus();
      close();
    };
  } catch {
    // a phone without a service worker
  }
}
