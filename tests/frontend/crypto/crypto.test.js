// What the page derives, seals and opens, held to vectors.json. tests/frontend/test_vectors.py holds an independent
// implementation to the same file. Vectors are added, never made anew: what was once sealed stays readable.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { context, decode, encode, seal, unseal } from "../../../frontend/crypto/box.js";
import {
  ALIAS_BYTES,
  longestText,
  newClient,
  openMessage,
  openPerson,
  sealAlias,
  sealMessage,
} from "../../../frontend/crypto/envelope.js";
import { newKeyLink, parse, shownName } from "../../../frontend/crypto/link.js";
import { roomKey } from "../../../frontend/crypto/roomkey.js";
import { forgetAllIdentities, forgetIdentity, identity } from "../../../frontend/crypto/signer.js";
import { handle, hue } from "../../../frontend/view/person.js";
import { placeName } from "../../../frontend/words/random.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors.json", import.meta.url), "utf8"));
const LIMIT = 8192; // characters of a sealed message: the server's limit

const keys = new Map();
function keyOf(fragment) {
  if (!keys.has(fragment)) keys.set(fragment, roomKey(parse(fragment).link));
  return keys.get(fragment);
}

const titleOf = ({ name, id }) => shownName(name) || placeName(decode(id)); // as visits.js has it
const newRoom = () => roomKey(newKeyLink());
const words = (more) => ({ alias: "Ann", text: "hello", action: false, written: 1_800_000_000_000, ...more });

async function frameOf(key, who, said, client = newClient()) {
  const from = { id: "member", alias: await sealAlias(key, who, said.alias) };
  const text = await sealMessage(key, who, client, said);
  return { type: "message", id: "1800000000000-abc", client, from, text, at: 1_800_000_000_000, online: 1 };
}

/** What JSON.parse can make of a text that should have been something else. */
const GARBAGE = [
  undefined,
  null,
  0,
  -1,
  1e99,
  true,
  "",
  "x",
  "\ud800",
  "é".repeat(256),
  "A".repeat(256),
  [],
  ["x"],
  {},
];

// --- vectors -----------------------------------------------------------------------------------------------

for (const { by, fragment, id, key, title, named } of vectors.rooms) {
  test(`the room of ${fragment} (${by}) has its id and its key`, async () => {
    const room = await keyOf(fragment);
    assert.equal(room.id, id);
    assert.equal(Boolean(room.name), named);
    if (title) assert.equal(titleOf(room), title);
    const bytes = await crypto.subtle.importKey("raw", decode(key), "AES-GCM", false, ["decrypt"]);
    const sealed = await seal(room.key, context("test"), Uint8Array.of(1, 2, 3));
    assert.deepEqual(await unseal(bytes, context("test"), sealed), Uint8Array.of(1, 2, 3));
  });
}

for (const { by, publicKey, signer, handle: shown, hue: colour } of vectors.signers) {
  test(`the signer ${signer} (${by}) has its handle and its colour`, async () => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", decode(publicKey)));
    assert.equal(encode(digest.slice(0, 16)), signer);
    assert.equal(handle(signer), shown);
    assert.equal(hue(signer), colour);
  });
}

for (const { what, by, room, sealed, alias, signer } of vectors.aliases) {
  test(`an alias: ${what} (${by})`, async () => {
    assert.deepEqual(await openPerson(await keyOf(room), { id: "m", alias: sealed }), { id: "m", alias, signer });
  });
}

for (const { what, by, room, client, sealed, from, ...expected } of vectors.messages) {
  test(`a message: ${what} (${by})`, async () => {
    const frame = { type: "message", id: "i", client, from: { id: "m", alias: from }, text: sealed, at: 0, online: 1 };
    const { verdict, carrier, signer, words } = expected;
    const opened = verdict === "genuine" ? { verdict, signer, ...words } : { verdict };
    assert.deepEqual(await openMessage(await keyOf(room), frame), { frame, carrier, ...opened });
  });
}

// --- rooms and signers -------------------------------------------------------------------------------------

test("a room's key cannot be taken out of the page's hands", async () => {
  const { key } = await newRoom();
  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", key));
});

test("two new rooms share neither id nor key", async () => {
  const [one, other] = [await newRoom(), await newRoom()];
  assert.notEqual(one.id, other.id);
  const sealed = await seal(one.key, context("test"), Uint8Array.of(1));
  assert.equal(await unseal(other.key, context("test"), sealed), null);
});

test("a new room is called by two words", async () => {
  assert.match(titleOf(await newRoom()), /^[A-Z][a-z]+ [A-Z][a-z]+$/);
});

test("without a database a signature lives as long as the page, one for each room", async () => {
  const [once, twice] = await Promise.all([identity("red"), identity("red")]);
  assert.equal(once.signer, twice.signer);
  assert.equal((await identity("red")).signer, once.signer);
  assert.notEqual((await identity("blue")).signer, once.signer);
});

test("a private key cannot be taken out of the page's hands", async () => {
  const { privateKey } = await identity("red");
  assert.equal(privateKey.extractable, false);
});

test("a forgotten signature is followed by another", async () => {
  const [red, blue] = [await identity("red"), await identity("blue")];
  await forgetIdentity("red");
  assert.notEqual((await identity("red")).signer, red.signer);
  assert.equal((await identity("blue")).signer, blue.signer);
  await forgetAllIdentities();
  assert.notEqual((await identity("blue")).signer, blue.signer);
});

// --- aliases -----------------------------------------------------------------------------------------------

test("a sealed alias has 256 characters, whatever it is", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  for (const alias of ["A", "Ann", "é".repeat(17), "x".repeat(ALIAS_BYTES)]) {
    const sealed = await sealAlias(key, me, alias);
    assert.equal(sealed.length, 256);
    assert.deepEqual(await openPerson(key, { id: "m", alias: sealed }), { id: "m", alias, signer: me.signer });
  }
});

test("an alias that does not fit is refused, not cut", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  for (const alias of ["", "x".repeat(ALIAS_BYTES + 1)]) {
    await assert.rejects(sealAlias(key, me, alias), RangeError);
    await assert.rejects(sealMessage(key, me, newClient(), words({ alias })), RangeError);
  }
});

test("sealed twice, the same alias looks different to the server", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  assert.notEqual(await sealAlias(key, me, "Ann"), await sealAlias(key, me, "Ann"));
});

test("more aliases than are remembered open all the same", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const aliases = Array.from({ length: 300 }, (_, at) => `Ann ${at}`);
  const sealed = await Promise.all(aliases.map((alias) => sealAlias(key, me, alias)));
  const open = () => Promise.all(sealed.map((alias) => openPerson(key, { id: "m", alias })));
  for (const opened of [await open(), await open()]) {
    assert.deepEqual(
      opened.map(({ alias }) => alias),
      aliases,
    );
  }
});

test("whatever a server says a person is called, opening it does not throw", async () => {
  const key = await newRoom();
  for (const alias of GARBAGE) {
    assert.deepEqual(await openPerson(key, { id: "m", alias }), { id: "m", alias: null, signer: null });
  }
});

// --- messages ----------------------------------------------------------------------------------------------

test("a message's own name has 12 characters and comes once", () => {
  const clients = Array.from({ length: 1000 }, newClient);
  assert.equal(new Set(clients).size, 1000);
  for (const client of clients) assert.match(client, /^[A-Za-z0-9_-]{12}$/);
});

test("every message of one bucket has one length", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const length = async (text) => (await sealMessage(key, me, newClient(), words({ text }))).length;
  const full = 448 - 138 - "Ann".length;
  assert.equal(await length("x"), 635);
  assert.equal(await length("x".repeat(full)), 635);
  assert.equal(await length("x".repeat(full + 1)), 635 + 1024);
});

test("the longest text fits and one byte more does not", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  for (const alias of ["A", "é".repeat(17)]) {
    const most = longestText(LIMIT, alias);
    const sealed = await sealMessage(key, me, newClient(), words({ alias, text: "x".repeat(most) }));
    assert.ok(sealed.length <= LIMIT);
    await assert.rejects(sealMessage(key, me, newClient(), words({ alias, text: "x".repeat(most + 1) })), RangeError);
  }
});

test("how long a text may be follows the server's limit, from bucket to bucket", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  assert.equal(longestText(634, "Ann"), 0);
  for (const [limit, plaintext] of [
    [635, 448],
    [1658, 448],
    [1659, 1216],
    [7803, 5824],
    [100_000, 5824],
  ]) {
    const most = longestText(limit, "Ann");
    assert.equal(most, plaintext - 138 - 3);
    const sealed = await sealMessage(key, me, newClient(), words({ text: "x".repeat(most) }));
    assert.ok(sealed.length <= limit);
  }
});

test("a message without text is refused", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  await assert.rejects(sealMessage(key, me, newClient(), words({ text: "" })), RangeError);
});

test("what is sealed is opened again, with who brought it", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const said = words({ text: "Zwei\nZeilen 🦦 שלום\0", action: true, written: Date.now() });
  const frame = await frameOf(key, me, said);
  const opened = await openMessage(key, frame);
  assert.deepEqual(opened, { frame, carrier: me.signer, verdict: "genuine", signer: me.signer, ...said });
});

test("any single changed bit makes a message unreadable", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const frame = await frameOf(key, me, words());
  const bytes = decode(frame.text);
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] ^= 1 << (at % 8);
    const { verdict } = await openMessage(key, { ...frame, text: encode(changed) });
    assert.equal(verdict, "undecryptable", `byte ${at}`);
  }
});

test("the server cannot move a message to another name or another room", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const frame = await frameOf(key, me, words());
  assert.equal((await openMessage(key, { ...frame, client: newClient() })).verdict, "undecryptable");
  assert.equal((await openMessage({ ...key, id: (await newRoom()).id }, frame)).verdict, "undecryptable");
});

test("whatever a server sends, opening it does not throw and trusts nothing", async () => {
  const [key, me] = [await newRoom(), await identity("red")];
  const frame = await frameOf(key, me, words());
  for (const junk of GARBAGE) {
    for (const field of ["client", "text"]) {
      const { verdict } = await openMessage(key, { ...frame, [field]: junk });
      assert.equal(verdict, "undecryptable", `${field}: ${junk}`);
    }
    assert.equal((await openMessage(key, { ...frame, from: junk })).carrier, null);
    assert.equal((await openMessage(key, { ...frame, from: { id: junk, alias: junk } })).carrier, null);
  }
  const lists = { client: [frame.client], text: [frame.text], from: { id: "member", alias: [frame.from.alias] } };
  for (const [field, list] of Object.entries(lists)) {
    const opened = await openMessage(key, { ...frame, [field]: list });
    assert.ok(opened.verdict === "undecryptable" || opened.carrier === null, `${field} in a list`);
  }
  assert.equal((await openMessage(key, {})).verdict, "undecryptable");
});

// --- base64url ---------------------------------------------------------------------------------------------

test("bytes of every length come back from base64url as they were", () => {
  for (let length = 0; length < 300; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = encode(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(decode(text), bytes);
  }
});

test("only one spelling of base64url is understood", () => {
  assert.deepEqual(decode("-_8"), Uint8Array.of(0xfb, 0xff));
  for (const text of ["+/8", "-_8=", "-_9", "-", " -_8", "-_ 8", "-_8\n", "é", "-_8é"])
    assert.equal(decode(text), null, text);
});
