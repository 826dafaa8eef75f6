// Which rooms may leave something on this device: those on the list. What a visit to another one needs, so that the tab can
// be reloaded, stays in the tab and goes when the room is left.

import { parse } from "../crypto/link.js";
import { roomKey } from "../crypto/roomkey.js";
import { forgetIdentities, forgetIdentity, identity, tabIdentity } from "../crypto/signer.js";
import {
  ALIAS,
  clear,
  forgetRoom,
  itemOf,
  kept,
  keys,
  MOST_ROOMS,
  RECENT,
  recentRooms,
  rememberedAlias,
  tab,
} from "./device.js";
import { SealedStorage } from "./sealed.js";

/** @import { StorageArea } from "./device.js" */
/** @import { RoomKey } from "../types.js" */

const SIGNER = "signer"; // the item with the key pair of a tab's own
const ROOM = /^anonchat\.([\w-]+)\./; // the beginning of an item's name, with the room's id

/** @param {string} fragment */
export const isListed = (fragment) => recentRooms().some((room) => room.fragment === fragment);

/** Where one room keeps what. */
export class Places {
  /** What stays for later visits, if the room is on the list. */
  lasting;
  /** What stays for a reload. */
  tab;
  #listed;
  #over = false;

  /** @param {string} listed the room's fragment on the list; "" if it is not there */
  constructor(listed) {
    this.#listed = listed;
    this.tab = place(tab, () => !this.#over && !this.forgotten);
    this.lasting = listed ? place(kept, () => !this.#over && isListed(listed)) : this.tab;
  }

  /** Whether a later visit is to find something. */
  get remembered() {
    return Boolean(this.#listed);
  }

  /** Nothing is kept any more, also what is just being sealed. */
  end() {
    this.#over = true;
  }

  /** Whether nothing of this room is here any more, or of any. A room that others pushed off the list can be stayed in. */
  get forgotten() {
    const dropped = this.#listed && !isListed(this.#listed) && recentRooms().length < MOST_ROOMS;
    return dropped || !rememberedAlias();
  }

  /**
   * Whether another tab has just forgotten this room, or everything. What the browser itself has thrown away, nobody has.
   * @param {Pick<StorageEvent, "key" | "oldValue" | "newValue">} change
   */
  forgottenBy({ key, oldValue, newValue }) {
    const named = key === RECENT && oldValue?.includes(JSON.stringify(this.#listed));
    return (named || (key === ALIAS && !newValue) || key === null) && this.forgotten;
  }
}

/**
 * A storage that throws when it may not be written to, as one that is full does.
 * @param {StorageArea} area
 * @param {() => boolean} open
 * @returns {StorageArea}
 */
function place(area, open) {
  return {
    get length() {
      return area.length;
    },
    key: (index) => area.key(index),
    getItem: (key) => area.getItem(key),
    removeItem: (key) => area.removeItem(key),
    setItem(key, value) {
      if (!open()) throw new Error("nothing is kept here any more");
      area.setItem(key, value);
    },
  };
}

/** The rooms that have left something, by id. */
const found = () => [kept, tab].flatMap((area) => keys(area, "").flatMap((key) => ROOM.exec(key)?.[1] ?? []));

/** @type {Map<string, string>} fragment → id, of a list that an older version of the page has written */
const ids = new Map();

/** @param {string} fragment */
async function idOf(fragment) {
  const { link } = parse(fragment);
  return link ? (await roomKey(link)).id : "";
}

/**
 * Nothing stays of rooms that are not on the list, but for what a reload of this tab needs of the one it is in.
 * @param {() => string} here its id, or ""
 */
export async function sweep(here) {
  for (const { fragment, id } of recentRooms()) if (!id && !ids.has(fragment)) ids.set(fragment, await idOf(fragment));
  /** @param {string} room */
  const stays = (room) => recentRooms().some(({ fragment, id }) => room === (id || ids.get(fragment)));
  for (const room of found()) if (!stays(room)) clear(itemOf(room), room === here() ? [kept] : [kept, tab]);
  await forgetIdentities(stays);
}

/**
 * Nothing of this room stays on this device, whatever is just being sealed for it.
 * @param {string} room
 * @returns {Promise<boolean>} whether that is certain
 */
export async function forget(room) {
  for (const { fragment, id } of recentRooms()) if (id === room) forgetRoom(fragment);
  clear(itemOf(room));
  return forgetIdentity(room);
}

/**
 * Whether this tab is in this room, and has only been reloaded.
 * @param {string} room
 */
export const isUnderWay = (room) => tab.getItem(itemOf(room, SIGNER)) !== null;

/**
 * Who signs in a room, and where things are kept that it leaves.
 * @param {RoomKey} key
 * @param {string} listed the room's fragment on the list; "" if it is not there
 */
export async function settle(key, listed) {
  const places = new Places(listed);
  if (listed) return { places, me: await identity(key.id) };
  const sealed = new SealedStorage(key, places.tab);
  const { me, kept } = await tabIdentity(await sealed.get(SIGNER)).catch(() => tabIdentity(null));
  await sealed.put(SIGNER, kept);
  return { places, me };
}
