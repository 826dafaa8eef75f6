// From a link's secret to everything that follows from it: docs/encryption.md, "The room".

import { encode } from "./base64url.js";

/** @import { Link, RoomKey } from "../types.js" */

const SALT = bytes("anonchat/1");
const NAME_SALT = bytes("anonchat/1 name");
const NAME_ROUNDS = 600_000; // of PBKDF2: what guessing one name costs; about half a second on a phone
const NAME_KEY_BITS = 256;
const ROOM_BITS = 128;

/**
 * @param {Link} link
 * @returns {Promise<RoomKey>}
 */
export async function roomKey(link) {
  const named = link.kind === "name";
  const material = named ? await stretched(link.name) : link.secret;
  const secret = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits", "deriveKey"]);
  const room = new Uint8Array(await crypto.subtle.deriveBits(hkdf("room"), secret, ROOM_BITS));
  const aes = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(hkdf("key"), secret, aes, false, ["encrypt", "decrypt"]);
  return { id: encode(room), key, title: named ? link.name : twoWords(room), named };
}

/** @param {string} info */
const hkdf = (info) => ({ name: "HKDF", hash: "SHA-256", salt: SALT, info: bytes(info) });

/** @param {string} name */
async function stretched(name) {
  const password = await crypto.subtle.importKey("raw", bytes(name), "PBKDF2", false, ["deriveBits"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt: NAME_SALT, iterations: NAME_ROUNDS };
  return crypto.subtle.deriveBits(pbkdf2, password, NAME_KEY_BITS);
}

/** @param {string} text */
function bytes(text) {
  return new TextEncoder().encode(text);
}

// 64 and 64 words. A room is called by them when people speak of it, so they stay in this order.
const QUALITIES = `Amber Autumn Azure Blue Brave Bright Calm Cedar Clear Clever Coral Cosy Crimson Curious Dawn Distant
  Early Easy Emerald Evening Fair Far Fern Gentle Golden Grand Green Happy Hazel Hidden Honey Indigo
  Ivory Jade Kind Late Lemon Little Lively Lucky Maple Mellow Merry Misty Morning Noble Olive Open
  Patient Pearl Plum Quiet Ruby Sandy Scarlet Silent Silver Spring Still Summer Sunny Velvet Violet Winter`;
const PLACES = `Alley Anchor Arbour Arch Attic Balcony Barn Bay Beach Bridge Brook Cabin Canyon Castle Cave Cellar
  Coast Corner Cottage Court Cove Creek Dock Dune Farm Ferry Field Forest Fountain Garden Gate Glade
  Grove Harbour Haven Hill Hollow House Inlet Island Kiosk Lagoon Lake Lane Lantern Library Lodge Loft
  Market Meadow Mill Orchard Park Pavilion Pier Pond Porch Quay River Shore Square Station Terrace Valley`;

/** @param {Uint8Array} room */
const twoWords = ([first, second]) => `${word(QUALITIES, first)} ${word(PLACES, second)}`;

/**
 * @param {string} list
 * @param {number} byte
 */
const word = (list, byte) => list.split(/\s+/)[byte % 64];
