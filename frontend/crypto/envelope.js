// Sealing and opening what the server carries, aliases and messages: docs/encryption.md, "The envelope", has every byte of
// it. What arrives can be anything: opening it never throws, it says what was found.

import { bytes, concat, context, encode, endsAt, NONCE_BYTES, seal, TAG_BYTES, textOf, unseal, zeros } from "./box.js";
import { PROOF_BYTES, sign, verifiedSigner } from "./signer.js";

/** @import { Bytes } from "./box.js" */
/** @import { Identity, SaidFrame, OpenedMessage, OpenedPerson, Person, RoomKey, Words } from "../types.js" */

/** @typedef {{ alias: string, signer: string } | { alias: null, signer: null }} OpenedAlias */

export const ALIAS_BYTES = 35; // a sealed alias then has the 256 characters that the protocol allows
const SEALED_ALIAS_CHARACTERS = 256;
const OPENED_ALIASES = 256; // remembered per room: every message brings its sender's, and a room has 50 members

const CLIENT = /^[A-Za-z0-9_-]{8,36}$/; // the protocol's rule: no newline, which ends each part of a context
const CLIENT_BYTES = 9;

const KINDS = ["text", "action"]; // a kind's number is its place
const HEAD_BYTES = 1 + 6 + 1; // kind, written, length of the alias
const LENGTH_BYTES = 2; // of the text
const SMALLEST_MESSAGE = PROOF_BYTES + HEAD_BYTES + LENGTH_BYTES; // beside alias and text

// Sizes of a message's plaintext: the first makes a row of one DynamoDB write unit, each further step costs one more.
const FIRST_BUCKET = 448;
const BUCKET_STEP = 768;
const LAST_BUCKET = 5824;

// --- aliases ---

/**
 * The `alias` of a join.
 *
 * @param {RoomKey} roomKey
 * @param {Identity} identity
 * @param {string} alias - 1 to ALIAS_BYTES bytes
 */
export async function sealAlias(roomKey, identity, alias) {
  const where = context("alias", roomKey.id);
  const name = aliasBytes(alias);
  const proof = await sign(identity, where, name);
  return seal(roomKey.key, where, concat(proof, [name.length], name, zeros(ALIAS_BYTES - name.length)));
}

/**
 * @param {RoomKey} roomKey
 * @param {Person} person
 * @returns {Promise<OpenedPerson>}
 */
export async function openPerson(roomKey, person) {
  return { id: person.id, ...(await openAlias(roomKey, person.alias)) };
}

/** @type {WeakMap<RoomKey, Map<string, Promise<OpenedAlias>>>} */
const openedAliases = new WeakMap();

/** @type {OpenedAlias} */
const NOBODY = { alias: null, signer: null };

/**
 * @param {RoomKey} roomKey
 * @param {unknown} sealed
 * @returns {Promise<OpenedAlias>}
 */
async function openAlias(roomKey, sealed) {
  if (typeof sealed !== "string" || sealed.length !== SEALED_ALIAS_CHARACTERS) return NOBODY;
  const opened = openedAliases.get(roomKey) ?? new Map();
  openedAliases.set(roomKey, opened);
  if (!opened.has(sealed)) opened.set(sealed, openNewAlias(roomKey, sealed));
  if (opened.size > OPENED_ALIASES) opened.delete(opened.keys().next().value);
  return opened.get(sealed);
}

/**
 * @param {RoomKey} roomKey
 * @param {string} sealed
 * @returns {Promise<OpenedAlias>}
 */
async function openNewAlias(roomKey, sealed) {
  const where = context("alias", roomKey.id);
  const plaintext = await unseal(roomKey.key, where, sealed);
  if (!plaintext) return NOBODY;
  const [start, length] = [PROOF_BYTES + 1, plaintext[PROOF_BYTES]];
  const name = plaintext.slice(start, start + length);
  const alias = textOf(name);
  if (!alias || !endsAt(plaintext, start + length)) return NOBODY;
  const signer = await verifiedSigner(plaintext, where, name);
  return signer ? { alias, signer } : NOBODY;
}

/** @param {string} alias */
function aliasBytes(alias) {
  const name = bytes(alias);
  if (!name.length || name.length > ALIAS_BYTES) throw new RangeError(`an alias has 1 to ${ALIAS_BYTES} bytes`);
  return name;
}

// --- messages ---

/** A message's id by its writer: the `client` of a send. */
export function newClient() {
  return encode(crypto.getRandomValues(new Uint8Array(CLIENT_BYTES)));
}

/**
 * The `text` of a send.
 *
 * @param {RoomKey} roomKey
 * @param {Identity} identity
 * @param {string} client
 * @param {Words} words - no longer than `longestText` allows
 */
export async function sealMessage(roomKey, identity, client, words) {
  const where = context("message", roomKey.id, client);
  const body = bodyOf(words);
  const plaintext = concat(await sign(identity, where, body), body);
  return seal(roomKey.key, where, concat(plaintext, zeros(bucketFor(plaintext.length) - plaintext.length)));
}

/**
 * Bytes of text that fit a sealed message of so many characters beside this alias.
 *
 * @param {number} limitCharacters
 * @param {string} alias
 */
export function longestText(limitCharacters, alias) {
  const plaintext = Math.floor((limitCharacters * 3) / 4) - NONCE_BYTES - TAG_BYTES;
  const steps = Math.floor((Math.min(plaintext, LAST_BUCKET) - FIRST_BUCKET) / BUCKET_STEP);
  if (steps < 0) return 0;
  return FIRST_BUCKET + BUCKET_STEP * steps - SMALLEST_MESSAGE - bytes(alias).length;
}

/**
 * @param {RoomKey} roomKey
 * @param {SaidFrame} frame
 * @returns {Promise<OpenedMessage>}
 */
export async function openMessage(roomKey, frame) {
  const [opened, { signer: carrier }] = await Promise.all([
    openText(roomKey, frame.client, frame.text),
    openAlias(roomKey, frame.from?.alias),
  ]);
  return { frame, carrier, ...opened };
}

/**
 * @param {RoomKey} roomKey
 * @param {unknown} client
 * @param {unknown} sealed
 * @returns {Promise<{ verdict: "undecryptable" | "newer" | "forged" } | { verdict: "genuine", signer: string } & Words>}
 */
async function openText(roomKey, client, sealed) {
  if (typeof client !== "string" || !CLIENT.test(client)) return { verdict: "undecryptable" };
  const where = context("message", roomKey.id, client);
  const plaintext = await unseal(roomKey.key, where, sealed);
  if (plaintext && isNewer(plaintext)) return { verdict: "newer" };
  const message = plaintext && parsed(plaintext);
  if (!message) return { verdict: "undecryptable" };
  const signer = await verifiedSigner(plaintext, where, message.body);
  return signer ? { verdict: "genuine", signer, ...message.words } : { verdict: "forged" };
}

/**
 * Whether it is of a kind that only a later version knows. What it consists of, and what its signature is over, is unknown.
 * @param {Bytes} plaintext
 */
const isNewer = (plaintext) => isBucket(plaintext.length) && plaintext[PROOF_BYTES] >= KINDS.length;

/** @param {Words} words */
function bodyOf({ alias, text, action, written }) {
  const [name, said] = [aliasBytes(alias), bytes(text)];
  if (!said.length) throw new RangeError("a message without text");
  const head = [KINDS.indexOf(action ? "action" : "text"), ...bigEndian(written, 6), name.length];
  return concat(head, name, bigEndian(said.length, LENGTH_BYTES), said);
}

/**
 * @param {Bytes} plaintext
 * @returns {{ body: Bytes, words: Words } | null} null if it is not as the format says
 */
function parsed(plaintext) {
  if (!isBucket(plaintext.length)) return null;
  const view = new DataView(plaintext.buffer);
  const kind = KINDS[view.getUint8(PROOF_BYTES)];
  const written = view.getUint16(PROOF_BYTES + 1) * 2 ** 32 + view.getUint32(PROOF_BYTES + 3);
  const aliasAt = PROOF_BYTES + HEAD_BYTES;
  const aliasEnd = aliasAt + view.getUint8(aliasAt - 1);
  const textAt = aliasEnd + LENGTH_BYTES;
  const end = textAt + view.getUint16(aliasEnd);
  const alias = textOf(plaintext.subarray(aliasAt, aliasEnd));
  const said = textOf(plaintext.subarray(textAt, end));
  if (!alias || !said || aliasEnd - aliasAt > ALIAS_BYTES || !endsAt(plaintext, end)) return null;
  const words = { alias, text: said, action: kind === "action", written };
  return { body: plaintext.slice(PROOF_BYTES, end), words };
}

/** @param {number} length */
function bucketFor(length) {
  const steps = Math.max(0, Math.ceil((length - FIRST_BUCKET) / BUCKET_STEP));
  const bucket = FIRST_BUCKET + BUCKET_STEP * steps;
  if (bucket > LAST_BUCKET) throw new RangeError("a message longer than the largest bucket");
  return bucket;
}

/** @param {number} length */
function isBucket(length) {
  return length >= FIRST_BUCKET && length <= LAST_BUCKET && (length - FIRST_BUCKET) % BUCKET_STEP === 0;
}

/**
 * @param {number} number
 * @param {number} length
 */
function bigEndian(number, length) {
  return Array.from({ length }, (_, at) => Math.floor(number / 256 ** (length - 1 - at)) % 256);
}
