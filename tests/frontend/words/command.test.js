import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../../frontend/words/command.js";
import * as catalogue from "../support/english.js";

const say = (text) => ({ kind: "say", text });

test("what begins with no slash is said", () => {
  assert.deepEqual(parse("Hello /me"), say("Hello /me"));
  assert.deepEqual(parse("  Hello\r\nyou \0"), say("  Hello\nyou"));
  assert.deepEqual(parse(" "), say(""));
});

test("two slashes say one", () => {
  assert.deepEqual(parse("//usr/bin"), say("/usr/bin"));
  assert.deepEqual(parse("//me"), say("/me"));
  assert.deepEqual(parse("///"), say("//"));
});

test("the commands are known, in capitals too", () => {
  assert.deepEqual(parse("/me  waves and smiles "), { kind: "me", text: "waves and smiles" });
  assert.deepEqual(parse("/nick  Ada  Lovelace "), { kind: "nick", alias: "Ada  Lovelace" });
  assert.deepEqual(parse("/NICK"), { kind: "nick", alias: "" });
  assert.deepEqual(parse("/help"), { kind: "help" });
  assert.deepEqual(parse("/help me"), { kind: "help" });
  assert.deepEqual(parse("/leave\u200b"), { kind: "leave" });
});

test("what was pasted, or spans lines, is no command", () => {
  assert.deepEqual(parse("/etc/passwd", true), say("/etc/passwd"));
  assert.deepEqual(parse("//etc", true), say("//etc"));
  assert.deepEqual(parse("// todo\nint x;"), say("// todo\nint x;"));
  assert.deepEqual(parse("/me waves\n"), { kind: "me", text: "waves" });
});

test("an action of nothing asks for help", () => {
  assert.deepEqual(parse("/me "), { kind: "help" });
});

test("nothing else that begins with a slash is ever said", () => {
  for (const [text, name] of [
    ["/nik Ada", "nik"],
    ["/usr/bin", "usr/bin"],
    ["/", ""],
    ["/ me", ""],
    [" /msg secret", "msg"],
    ["\n/msg secret", "msg"],
    ["\0/msg secret", "msg"],
    ["/menu", "menu"],
    ["/toString", "toString"],
    ["\u200b/msg secret", "msg"],
    ["\u2800\ufeff /msg secret", "msg"],
  ])
    assert.deepEqual(parse(text), { kind: "unknown", name });
});

test("the help names every command", () => {
  for (const command of ["/me", "/nick", "/help", "/leave", "//"]) assert.ok(catalogue.say("help").includes(command));
});
