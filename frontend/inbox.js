// What the server sent is opened with the room's key: what the state is told of it.

import { openMessage, openPerson } from "./crypto/envelope.js";

/** @import { ActionOf } from "./state/types.js" */
/** @import { JoinPurpose } from "./net/types.js" */
/** @import { JoinedFrame, MessageFrame, PageFrame, Person, PresenceFrame, RoomKey } from "./types.js" */

/**
 * @param {RoomKey} room
 * @param {JoinedFrame | PageFrame} frame
 * @param {JoinPurpose} purpose
 * @returns {Promise<[ActionOf<"received">, ActionOf<"joined">?]>} what was said first: it was there before who is here now
 */
export async function openAnswer(room, frame, purpose) {
  const messages = await Promise.all(frame.history.map((each) => openMessage(room, each)));
  const fresh = purpose === "resume" || purpose === "refresh";
  const received = /** @type {const} */ ({ type: "received", messages, fresh });
  if (frame.type === "page") return [received];
  const { members, online, limits } = frame;
  return [received, { type: "joined", people: await openPeople(room, members), online, limits }];
}

/**
 * @param {RoomKey} room
 * @param {MessageFrame} frame
 * @returns {Promise<ActionOf<"received">>}
 */
export async function openLive(room, frame) {
  return { type: "received", messages: [await openMessage(room, frame)], fresh: true };
}

/**
 * @param {RoomKey} room
 * @param {PresenceFrame} frame
 * @returns {Promise<ActionOf<"presence">>}
 */
export async function openPresence(room, { joined, left, online }) {
  return { type: "presence", joined: await openPeople(room, joined), left: await openPeople(room, left), online };
}

/**
 * @param {RoomKey} room
 * @param {Person[]} people
 */
const openPeople = (room, people) => Promise.all(people.map((person) => openPerson(room, person)));
