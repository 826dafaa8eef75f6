// From a link's secret to everything that follows from it: docs/encryption.md, "The room".

import { bytes, encode } from "./box.js";

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
  const name = link.kind === "name" ? link.name : "";
  const material = link.kind === "name" ? await stretched(link.name) : link.secret;
  const secret = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits", "deriveKey"]);
  const room = new Uint8Array(await crypto.subtle.deriveBits(hkdf("room"), secret, ROOM_BITS));
  const aes = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(hkdf("key"), secret, aes, false, ["encrypt", "decrypt"]);
  return { id: encode(room), key, name };
}

/** @param {string} info */
const hkdf = (info) => ({ name: "HKDF", hash: "SHA-256", salt: SALT, info: bytes(info) });

/** @param {string} name */
async function stretched(name) {
  const password = await crypto.subtle.importKey("raw", bytes(name), "PBKDF2", false, ["deriveBits"]);
  const pbkdf2 = { name: "PBKDF2", hash: "SHA-256", salt: NAME_SALT, iterations: NAME_ROUNDS };
  return crypto.subtle.deriveBits(pbkdf2, password, NAME_KEY_BITS);
}
