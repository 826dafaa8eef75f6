// How a person is shown beside the name: handle, colour and initial.

const HANDLE_CHARACTERS = 6; // of 5 bits: the first 30 of the fingerprint
const HUE_BYTE = 4; // the first that the handle leaves
const CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"; // no i, l, o, u: nothing to mistake

/**
 * Give an element the colour of a signer; the stylesheet makes it light or dark enough to read.
 * @param {HTMLElement} element
 * @param {string} signer
 */
export const tint = (element, signer) => element.style.setProperty("--hue", String(hue(signer)));

/**
 * What stands for somebody in a small circle: the first character of the name that shows by itself.
 * @param {string} alias
 */
export const initial = (alias) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.exec(alias)?.[0] ?? "?";

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

/**
 * The fingerprint that a signer is, as far as it is shown: base64url, whose first 8 characters are 6 bytes.
 *
 * @param {string} signer
 */
function fingerprintBits(signer) {
  const binary = atob(signer.slice(0, 8).replaceAll("-", "+").replaceAll("_", "/"));
  return new DataView(Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer);
}
