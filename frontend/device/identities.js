// This browser's signature: one key pair per room, which never leaves it. docs/encryption.md, "The signer".

import { decode, encode } from "../crypto/base64url.js";

/** @import { Identity } from "../types.js" */

export const ECDSA = { name: "ECDSA", namedCurve: "P-256" }; // not Ed25519: older phones have none
const FINGERPRINT_BYTES = 16;
const HANDLE_CHARACTERS = 6; // of 5 bits: the first 30 of the fingerprint
const HUE_BYTE = 4; // the first that the handle leaves
const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"; // no i, l, o, u: nothing to mistake
const [DATABASE, STORE] = ["anonchat", "identities"];

/**
 * Where the database is missing or refuses, keys live as long as the page.
 *
 * @type {Map<string, Identity>}
 */
const ofThisPage = new Map();

/**
 * The same in all tabs of this browser, also if two of them ask for a new one at once.
 *
 * @param {string} room
 * @returns {Promise<Identity>}
 */
export async function identity(room) {
  const fresh = await generate(); // beforehand: a transaction does not wait for it
  try {
    return (await transact((identities) => getOrAdd(identities, room, fresh))) ?? fresh;
  } catch {
    if (!ofThisPage.has(room)) ofThisPage.set(room, fresh);
    return /** @type {Identity} */ (ofThisPage.get(room));
  }
}

/** @param {string} room */
export async function forgetIdentity(room) {
  ofThisPage.delete(room);
  await transact((identities) => identities.delete(room)).catch(() => {}); // then there is nothing to forget
}

export async function forgetAllIdentities() {
  ofThisPage.clear();
  await transact((identities) => identities.clear()).catch(() => {}); // then there is nothing to forget
}

/**
 * A public key's short name: 22 characters, the `signer` of everything it signs.
 *
 * @param {Uint8Array<ArrayBuffer>} publicKey
 */
export async function fingerprint(publicKey) {
  const digest = await crypto.subtle.digest("SHA-256", publicKey);
  return encode(new Uint8Array(digest, 0, FINGERPRINT_BYTES));
}

/**
 * What stands beside the alias, such as "k7m-q2x".
 *
 * @param {string} signer
 */
export function handle(signer) {
  const bits = fingerprintBits(signer).getUint32(0);
  const characters = Array.from({ length: HANDLE_CHARACTERS }, (_, at) => CROCKFORD[(bits >>> (27 - 5 * at)) & 31]);
  return characters.join("").replace(/^.../, "$&-");
}

/**
 * The colour beside it: degrees, 0 to 359.
 *
 * @param {string} signer
 */
export function hue(signer) {
  return Math.floor((fingerprintBits(signer).getUint8(HUE_BYTE) * 360) / 256);
}

/** @param {string} signer */
function fingerprintBits(signer) {
  return new DataView(/** @type {Uint8Array<ArrayBuffer>} */ (decode(signer)).buffer);
}

/** @returns {Promise<Identity>} */
async function generate() {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const publicKey = point.slice(1); // without the 4 that says "uncompressed"
  return { signer: await fingerprint(publicKey), publicKey, privateKey: pair.privateKey };
}

/**
 * In one transaction, so that of two tabs the second finds what the first has added.
 *
 * @param {IDBObjectStore} identities
 * @param {string} room
 * @param {Identity} fresh
 * @returns {IDBRequest<Identity | undefined>} what was there before
 */
function getOrAdd(identities, room, fresh) {
  const request = identities.get(room);
  request.onsuccess = () => {
    if (!request.result) identities.add(fresh, room);
  };
  return request;
}

/**
 * @template T
 * @param {(identities: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>} its request's result, once everything is written
 */
async function transact(work) {
  const database = await opened();
  try {
    const transaction = database.transaction(STORE, "readwrite");
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
