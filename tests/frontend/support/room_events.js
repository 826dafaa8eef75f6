// A room to play with: messages as the envelope opens them, and a store in which nothing can be changed in place.

import { initial, reduce } from "../../../frontend/state/room.js";

export const NOON = new Date(2024, 4, 17, 12).getTime();
export const MINUTE = 60_000;
export const [ME, ANN, BOB, EVE] = ["me", "ann", "bob", "eve"].map((name) => name.padEnd(22, "-"));
export const LIMITS = { text: 4096, perMinute: 30, room: 50, historySeconds: 600, overlapSeconds: 15 };

/** Ids sort as the moments that they begin with. */
export const idAt = (at, suffix = "a") => `${String(Math.round(at)).padStart(13, "0")}-${suffix}`;

/** A message frame as it was opened; whatever is not said is ordinary. */
export function message({
  at = NOON,
  id = idAt(at),
  signer = ANN,
  carrier = signer,
  client = `client-${id}`,
  text = "Hello",
  alias = signer.replace(/-+$/, ""),
  action = false,
  written = at,
  member = `${carrier}-member`,
  online = 2,
  verdict = "genuine",
} = {}) {
  const from = { id: member, alias: "sealed alias" };
  const frame = { type: "message", id, client, from, text: "sealed text", at, online };
  return verdict === "genuine"
    ? { frame, carrier, verdict, signer, alias, text, action, written }
    : { frame, carrier, verdict };
}

export const received = (...messages) => ({ type: "received", messages, fresh: true });
export const history = (...messages) => ({ type: "received", messages, fresh: false });
export const attended = (attentive) => ({ type: "attended", attentive });
export const joined = (people, online = people.length) => ({ type: "joined", people, online, limits: LIMITS });
export const person = (signer, id = `${signer}-member`) => ({ id, alias: signer.replace(/-+$/, ""), signer });

export function written(client, { text = "Hello", alias = "me", action = false, at = NOON } = {}) {
  return { type: "written", client, alias, text, action, written: at };
}

/** The echo of what was `written`. */
export const echo = (client, { text = "Hello", at = NOON, id = idAt(at), ...more } = {}) =>
  message({ signer: ME, client, text, at, id, written: NOON, ...more });

/** The state after these actions. Any attempt to change an earlier state throws. */
export function play(...actions) {
  return playOn(initial(ME, "me"), ...actions);
}

export function playOn(state, ...actions) {
  return actions.reduce((before, action) => reduce(sealedOff(before), sealedOff(action)).state, state);
}

/** Nothing in it can be changed any more. */
function sealedOff(value) {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map || value instanceof Set) {
    for (const change of ["set", "add", "delete", "clear"]) {
      Object.defineProperty(value, change, { value: () => assertNever(change) });
    }
  }
  Object.freeze(value);
  for (const part of value instanceof Map ? value.values() : Object.values(value)) sealedOff(part);
  return value;
}

function assertNever(change) {
  throw new Error(`An earlier state was changed by ${change}`);
}

export const texts = (state) => state.entries.map(({ text, said, kind }) => text || said || kind);
