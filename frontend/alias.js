// The name a person goes by: kept in this browser, or a friendly random one.

import { kept } from "./storage.js";

const KEY = "anonchat.alias";

// 64 of each: in a room of twenty, two random names are seldom the same, and a random byte picks each equally often.
const MANNERS = words(
  "Amber Azure Blithe Bold Brave Breezy Bright Brisk Calm Candid Cheery Clever Coral Cosy Curious Dapper",
  "Daring Dreamy Eager Earnest Fabled Frank Gentle Gleeful Golden Graceful Handy Happy Hearty Honest Humble Ivory",
  "Jaunty Jolly Jovial Kind Lively Loyal Lucky Mellow Merry Misty Neat Nimble Patient Perky Placid Plucky",
  "Polite Proud Quaint Quick Quiet Rosy Scarlet Serene Silver Snowy Sunny Swift Tender Velvet Warm Witty",
);
const ANIMALS = words(
  "Badger Beaver Bison Bobcat Camel Caribou Cheetah Condor Cougar Crane Curlew Dingo Dolphin Dormouse Eagle Falcon",
  "Ferret Finch Fox Gazelle Gecko Gibbon Hare Hedgehog Heron Ibex Iguana Jackdaw Jaguar Kestrel Kiwi Koala",
  "Lark Lemur Leopard Lynx Magpie Manatee Marmot Marten Meerkat Narwhal Newt Ocelot Otter Owl Panda Pelican",
  "Penguin Puffin Puma Quail Rabbit Raven Robin Seal Sparrow Squirrel Stork Swan Toucan Walrus Wombat Wren",
);

let unsaved = ""; // where nothing can be stored, the name lives as long as the page

export function randomAlias() {
  const [manner, animal] = crypto.getRandomValues(new Uint8Array(2));
  return `${MANNERS[manner % MANNERS.length]} ${ANIMALS[animal % ANIMALS.length]}`;
}

/** "" where there is none. */
export function rememberedAlias() {
  return unsaved || (kept.getItem(KEY) ?? "");
}

/** @param {string} alias */
export function rememberAlias(alias) {
  try {
    kept.setItem(KEY, alias);
    unsaved = "";
  } catch {
    unsaved = alias;
  }
  return alias;
}

/** @param {string[]} lines */
function words(...lines) {
  return lines.flatMap((line) => line.split(" "));
}
