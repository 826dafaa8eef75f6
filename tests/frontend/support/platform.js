// Print what the page uses of browsers, as TypeScript understands it, as a JSON array: each member, such as "Element.animate",
// each global, such as "fetch", each string, such as "=pointerdown", and each key of an object that is written out, such as
// ":block". A name of which nobody knows whose it is has "?.".

import {
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
} from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

const PROJECTS = ["tsconfig.json", "tsconfig.worker.json"];
const LIBRARY = /\/lib\.[\w.]+\.d\.ts$/i;

const used = new Set();
for (const openProject of PROJECTS) {
  const api = new API({ cwd: process.cwd() });
  const [project] = api.updateSnapshot({ openProject }).getProjects();
  for (const name of project.program.getSourceFileNames()) {
    if (name.includes("/frontend/") && name.endsWith(".js")) look(project, project.program.getSourceFile(name));
  }
  api.close();
}
process.stdout.write(JSON.stringify([...used].sort()));

function look({ checker }, file) {
  const nodes = [];
  walk(file, nodes);
  const symbols = checker.getSymbolAtLocation(nodes);
  for (const [at, node] of nodes.entries()) {
    const symbol = symbols[at];
    if (!symbol) used.add(`?.${node.text}`);
    else if (symbol.declarations.some(({ path }) => LIBRARY.test(path))) used.add(nameOf(symbol, node));
  }
}

function walk(node, nodes) {
  if (isIdentifier(node)) nodes.push(node);
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) used.add(`=${node.text}`);
  if (isPropertyAssignment(node) || isShorthandPropertyAssignment(node)) used.add(`:${node.name.text}`);
  node.forEachChild((child) => walk(child, nodes));
}

// What belongs to a constructor has a type without a name: what stands before it is the constructor.
function nameOf(symbol, node) {
  const owner = symbol.getParent()?.name;
  if (!owner) return symbol.name;
  if (owner !== "__type") return `${owner}.${symbol.name}`;
  const before = isPropertyAccessExpression(node.parent) ? node.parent.expression : null;
  return `${before && isIdentifier(before) ? before.text : "?"}.${symbol.name}`;
}
