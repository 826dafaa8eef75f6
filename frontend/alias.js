// The name a person goes by: kept in this browser, or a friendly random one.

const KEY = "anonchat.alias";
const MANNERS = "Amber Brave Calm Clever Cosy Curious Gentle Happy Kind Lucky Merry Mellow Nimble Quiet Sunny Witty".split(" ");
const ANIMALS = "Badger Beaver Crane Dolphin Falcon Fox Hare Heron Koala Lynx Marten Otter Owl Panda Robin Seal".split(" ");

export function randomAlias() {
  const pick = (list) => list[Math.floor(Math.random() * list.length)];
  return `${pick(MANNERS)} ${pick(ANIMALS)}`;
}

// Storage may be switched off: then the name lives as long as the page.
let current = "";

export function rememberedAlias() {
  try { return localStorage.getItem(KEY) ?? current; } catch { return current; }
}

export function rememberAlias(alias) {
  current = alias;
  try { localStorage.setItem(KEY, alias); } catch { /* see above */ }
}
