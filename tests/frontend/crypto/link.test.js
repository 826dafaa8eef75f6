// Links and names: what leads to a room, and what explains itself instead.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fragment, nameProblem, newKeyLink, normalName, parse } from "../../../frontend/crypto/link.js";
import { say } from "../support/english.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors.json", import.meta.url), "utf8"));

for (const { typed, normal } of vectors.names) {
  test(`${JSON.stringify(typed)} is the room ${JSON.stringify(normal)}`, () => {
    assert.equal(normalName(typed), normal);
    assert.equal(nameProblem(typed), "");
    assert.equal(normalName(normal), normal, "a normal name is its own");
    assert.deepEqual(parse(fragment({ kind: "name", name: typed })), { link: { kind: "name", name: normal } });
  });
}

test("names that differ in what one hears are different rooms", () => {
  assert.equal(new Set(vectors.otherNames.map(normalName)).size, vectors.otherNames.length);
});

for (const typed of vectors.noNames) {
  test(`${JSON.stringify(typed)} is no name, and the problem is a sentence`, () => {
    assert.match(say(nameProblem(typed)), /^[A-Z].+\.$/);
    const { link, problem, proposal } = parse(fragment({ kind: "name", name: typed }));
    assert.equal(link, undefined);
    assert.match(say(problem), /^[A-Z].+\.$/);
    if (proposal) assert.equal(nameProblem(proposal), "", "what is proposed can be entered");
  });
}

test("a new link leads to the same room wherever it is opened, and to no other's", () => {
  const link = newKeyLink();
  assert.equal(link.secret.length, 16);
  assert.match(fragment(link), /^key=[A-Za-z0-9_-]{22}$/);
  assert.deepEqual(parse(`#${fragment(link)}`), { link });
  assert.deepEqual(parse(fragment(link)), { link });
  assert.notEqual(fragment(newKeyLink()), fragment(link));
});

test("no fragment is neither a link nor a problem", () => {
  assert.deepEqual(parse(""), {});
  assert.deepEqual(parse("#"), {});
});

test("a key that was cut off, extended or changed explains itself", () => {
  const whole = fragment(newKeyLink());
  for (const hash of [
    whole.slice(0, -1),
    `${whole}A`,
    "key=",
    "key=AAAAAAAAAAAAAAAAAAAAAB",
    "key=AAAAAAAAAAAAAAAAAAAA+A",
  ]) {
    const { link, problem, proposal } = parse(`#${hash}`);
    assert.equal(link, undefined, hash);
    assert.match(say(problem), /key was cut off or changed/);
    assert.equal(proposal, undefined, "a key is no name");
  }
});

test("an old link proposes the room of its name", () => {
  for (const [hash, proposal] of [
    ["#tea-corner", "tea-corner"],
    ["#Tea%20Corner", "tea corner"],
    ["#100%", "100%"],
    ["#caf%C3%A9", "café"],
    [`#${"x".repeat(99)}`, "x".repeat(64)],
  ]) {
    const reading = parse(hash);
    assert.equal(reading.link, undefined, hash);
    assert.match(say(reading.problem), /neither a key nor a name/);
    assert.equal(reading.proposal, proposal);
  }
});

test("a link of something else proposes nothing", () => {
  const { link, problem, proposal } = parse("#access_token=abc&state=1");
  assert.equal(link, undefined);
  assert.match(say(problem), /neither a key nor a name/);
  assert.equal(proposal, undefined);
});

test("a key goes before a name, and what else is in a link does not matter", () => {
  const link = newKeyLink();
  assert.deepEqual(parse(`#name=tea&${fragment(link)}&utm_source=mail`), { link });
});

test("however damaged a fragment is, reading it does not throw", () => {
  for (const hash of ["#%", "#name=%E9%", "#&&==", "#name", "#key", "#%00", "#\ud800", "#name=\ud800", "#=", "##"]) {
    const { problem, link } = parse(hash);
    assert.ok(problem || link, hash);
  }
});
