// The page's folders: which may import which, in one direction only, and how long their files are.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const FRONTEND = new URL("../../frontend/", import.meta.url);
const MOST_LINES = 300; // of a file; biome.json has those of a function
const NOT_WRITTEN_HERE = /^(?:vendor\/|(?:style|later)\.css$|index\.html$)/;

/** What a folder's files import beside each other. What lies in no folder wires all of them together. */
const MAY_IMPORT = {
  net: [], // knows no keys and shows nothing: it carries what is sealed
  crypto: [],
  languages: [],
  words: ["languages"], // what a first view says
  device: ["crypto"], // what is kept is sealed
  state: ["words"],
  view: ["state", "words", "vendor"], // shows what it is given: it asks neither the server nor the device
  vendor: [],
};

const files = readdirSync(FRONTEND, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.\w+$/.test(name) && !NOT_WRITTEN_HERE.test(name));
const text = (name) => readFileSync(new URL(name, FRONTEND), "utf8");
const folderOf = (name) => name.match(/^(\w+)\//)?.[1];

/** The files that a module imports, by their paths. */
function imports(name) {
  const found = text(name).matchAll(/^(?:import|export)\b[^;"]*?(?:from )?"(\.[^"]+)";/gms);
  return Array.from(found, ([, path]) => normalize(join(dirname(name), path)));
}

const modules = new Map(files.filter((name) => name.endsWith(".js")).map((name) => [name, imports(name)]));

test("the modules and their imports are found at all", () => {
  assert.ok(modules.get("visits.js").includes("room.js"));
  assert.ok(modules.get("view/dialogs/menu.js").includes("words/say.js"));
  assert.deepEqual(
    Object.keys(MAY_IMPORT).sort(),
    [...new Set([...files.map(folderOf), "vendor"])].filter(Boolean).sort(),
  );
});

for (const [folder, others] of Object.entries(MAY_IMPORT)) {
  test(`${folder}/ imports ${others.map((other) => `${other}/`).join(", ") || "nothing of another folder"}`, () => {
    for (const [name, imported] of modules) {
      if (folderOf(name) !== folder) continue;
      for (const other of imported) assert.ok([folder, ...others].includes(folderOf(other)), `${name}: ${other}`);
    }
  });
}

test("no module imports itself by way of others", () => {
  /** @param {string[]} path */
  const walk = (path) => {
    for (const next of modules.get(path.at(-1)) ?? []) {
      assert.ok(!path.includes(next), [...path, next].join(" → "));
      if (!walked.has(next)) walk([...path, next]);
    }
    walked.add(path.at(-1));
  };
  const walked = new Set();
  for (const name of modules.keys()) walk([name]);
});

test(`no file is longer than ${MOST_LINES} lines, but for the dictionaries`, () => {
  for (const name of files.filter((name) => /^(?!languages\/).*\.(?:js|ts)$/.test(name))) {
    const lines = text(name).split("\n").length - 1;
    assert.ok(lines <= MOST_LINES, `${name}: ${lines}`);
  }
});
