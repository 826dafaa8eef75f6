// Who signs: this browser has one key pair per room, which never leaves it. docs/encryption.md, "The signer".

import { concat, decode, encode } from "./box.js";

/** @import { Bytes } from "./box.js" */
/** @import { Identity } from "../types.js" */

const ECDSA = { name: "ECDSA", namedCurve: "P-256" }; // not Ed25519: older phones have none
const ECDSA_SHA_256 = { name: "ECDSA", hash: "SHA-256" };
const FINGERPRINT_BYTES = 16;
const ANSWER_MS = 5000; // a database that has not answered by then does not answer: browsers have known errors that do this
const [DATABASE, STORE] = ["anonchat", "identities"];

// A plaintext begins with a public key and a signature.
const KEY_BYTES = 64;
export const PROOF_BYTES = KEY_BYTES + 64;

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
  const known = ofThisPage.get(room); // whoever is known by a key keeps it
  if (known) return known;
  const fresh = await newIdentity(); // beforehand: a transaction does not wait for it
  try {
    const kept = (await inTime(transacted((identities) => getOrAdd(identities, room, fresh)))) ?? fresh;
    await sign(kept, kept.publicKey, kept.publicKey); // a later version may have left another kind of thing
    return kept;
  } catch {
    const fleeting = ofThisPage.get(room) ?? { ...fresh, fleeting: true };
    ofThisPage.set(room, fleeting);
    return fleeting;
  }
}

/**
 * @param {(room: string) => boolean} stays whether that of a room does
 * @returns {Promise<boolean>} whether it is certain that no other is kept
 */
export async function forgetIdentities(stays) {
  for (const room of ofThisPage.keys()) if (!stays(room)) ofThisPage.delete(room);
  const refused = (/** @type {Error} */ { name }) => name === "SecurityError"; // to this page it never gave anything
  return inTime(erase(stays)).then(() => true, refused);
}

/** @param {string} room */
export const forgetIdentity = (room) => forgetIdentities((other) => other !== room);

export const forgetAllIdentities = () => forgetIdentities(() => false);

/**
 * One for a tab alone, which no database keeps. `kept` is what brings it back after a reload, to be sealed.
 *
 * @param {JsonWebKey | null} kept
 * @returns {Promise<{ me: Identity, kept: JsonWebKey }>}
 */
export async function tabIdentity(kept) {
  if (!kept) {
    const pair = await crypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
    kept = await crypto.subtle.exportKey("jwk", pair.privateKey);
  }
  const privateKey = await crypto.subtle.importKey("jwk", kept, ECDSA, false, ["sign"]);
  const publicKey = concat(decode(kept.x ?? "") ?? [], decode(kept.y ?? "") ?? []);
  return { me: { signer: await fingerprint(publicKey), publicKey, privateKey }, kept };
}

/** @returns {Promise<Identity>} */
async function newIdentity() {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const publicKey = point.slice(1); // without the 4 that stands for uncompressed
  return { signer: await fingerprint(publicKey), publicKey, privateKey: pair.privateKey };
}

/**
 * A public key's short name: 22 characters, the `signer` of everything it signs.
 *
 * @param {Uint8Array<ArrayBuffer>} publicKey
 */
async function fingerprint(publicKey) {
  const digest = await crypto.subtle.digest("SHA-256", publicKey);
  return encode(new Uint8Array(digest, 0, FINGERPRINT_BYTES));
}

/**
 * @param {Identity} identity
 * @param {Bytes} where
 * @param {Bytes} content
 * @returns {Promise<Bytes>} public key and signature
 */
export async function sign({ publicKey, privateKey }, where, content) {
  const signature = await crypto.subtle.sign(ECDSA_SHA_256, privateKey, concat(where, content));
  return concat(publicKey, new Uint8Array(signature));
}

/**
 * @param {Bytes} plaintext
 * @param {Bytes} where
 * @param {Bytes} content - what the signature should be over
 * @returns {Promise<string | null>} null if it is not
 */
export async function verifiedSigner(plaintext, where, content) {
  const publicKey = plaintext.slice(0, KEY_BYTES);
  const signature = plaintext.slice(KEY_BYTES, PROOF_BYTES);
  try {
    const key = await crypto.subtle.importKey("raw", concat([4], publicKey), ECDSA, false, ["verify"]);
    const genuine = await crypto.subtle.verify(ECDSA_SHA_256, key, signature, concat(where, content));
    return genuine ? await fingerprint(publicKey) : null;
  } catch {
    return null; // these 64 bytes are no public key
  }
}

// --- the browser's database ---

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

/** @param {(room: string) => boolean} stays */
async function erase(stays) {
  if (!globalThis.indexedDB) return;
  const asked = inTime(indexedDB.databases?.(), ANSWER_MS / 2); // asking for one that is not there would make it
  const databases = await asked.catch(() => undefined); // then there is time left to look
  if (databases?.every(({ name }) => name !== DATABASE)) return;
  await transacted((identities) => {
    const request = identities.getAllKeys();
    request.onsuccess = () => {
      for (const room of request.result) if (!stays(String(room))) identities.delete(room);
    };
    return request;
  });
}

/**
 * Whatever is asked of the database. What comes late is done all the same.
 *
 * @template T
 * @param {T | Promise<T>} asked
 * @param {number} [ms]
 * @returns {Promise<T>}
 */
function inTime(asked, ms = ANSWER_MS) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("The browser's database does not answer.")), ms);
    Promise.resolve(asked)
      .then(resolve, reject)
      .finally(() => clearTimeout(late));
  });
}

/**
 * @template T
 * @param {(identities: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>} its request's result, once everything is written
 */
async function transacted(work) {
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
