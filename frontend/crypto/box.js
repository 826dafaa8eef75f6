// Authenticated encryption with a room's key, and the bytes that go into it: docs/encryption.md, "The envelope".

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/**
 * What a ciphertext is bound to, and what a signature is about.
 *
 * @param {...string} parts
 */
export function context(...parts) {
  return bytes(["anonchat/1", ...parts, ""].join("\n"));
}

/**
 * @param {CryptoKey} key
 * @param {Bytes} where - its context
 * @param {Bytes} plaintext
 */
export async function seal(key, where, plaintext) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const ciphertext = await crypto.subtle.encrypt(aesGcm(nonce, where), key, plaintext);
  return encode(concat(nonce, new Uint8Array(ciphertext)));
}

/**
 * @param {CryptoKey} key
 * @param {Bytes} where
 * @param {unknown} sealed
 * @returns {Promise<Bytes | null>} null if it was not sealed with this key for this context
 */
export async function unseal(key, where, sealed) {
  const all = typeof sealed === "string" && decode(sealed);
  if (!all) return null;
  const [nonce, ciphertext] = [all.subarray(0, NONCE_BYTES), all.subarray(NONCE_BYTES)];
  return crypto.subtle.decrypt(aesGcm(nonce, where), key, ciphertext).then(
    (plaintext) => new Uint8Array(plaintext),
    () => null,
  );
}

/**
 * @param {Bytes} iv
 * @param {Bytes} additionalData
 */
const aesGcm = (iv, additionalData) => ({ name: "AES-GCM", iv, additionalData });

/** @param {string} text */
export function bytes(text) {
  return new TextEncoder().encode(text);
}

/** @param {Bytes} utf8 */
export function textOf(utf8) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(utf8); // ignored: kept, as any other
  } catch {
    return null;
  }
}

/** @param {number} length */
export const zeros = (length) => new Uint8Array(length);

/**
 * Whether the content reaches no further than to `end`, with nothing but zeros after it.
 *
 * @param {Bytes} plaintext
 * @param {number} end
 */
export function endsAt(plaintext, end) {
  return end <= plaintext.length && plaintext.subarray(end).every((byte) => byte === 0);
}

/** @param {...ArrayLike<number>} parts */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

// --- base64url without padding: how bytes travel in JSON and in links ---

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encode(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes, or null unless `text` is exactly what `encode` makes of them: one spelling for one value.
 *
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function decode(text) {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return encode(bytes) === text ? bytes : null;
  } catch {
    return null; // not base64
  }
}
