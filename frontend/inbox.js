// What the server sent is opened with the room's key: what the state is told of it.

import { openMessage, openPerson } from "./crypto/envelope.js";

/** @import { ActionOf } from "./state/types.js" */
/** @import { JoinPurpose } from "./net/types.js" */
/** @import { JoinedFrame, MessageFrame, Person, PresenceFrame, RoomKey } from "./types.js" */

/**
 * @param {RoomKey} room
 * @param {JoinedFrame} frame
 * @param {JoinPurpose} purpose
 * @returns {Promise<[ActionOf<"received">, ActionOf<"joined">]>} its history first: it was there before who is here now
 */
export async function openJoined(room, { members, online, limits, history }, purpose) {
  const people = await openPeople(room, members);
  const messages = await Promise.all(history.map((frame) => openMessage(room, frame)));
  const fresh = purpose === "resume" || purpose === "refresh";
  return [
    { type: "received", messages, fresh },
    { type: "joined", people, online, limits },
  ];
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
