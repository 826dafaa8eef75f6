// What nobody had to think up: "Amber Otter" for somebody, "Amber Harbour" for a room.

// 64 of each, so that a byte picks each equally often. A room is called by them when people speak of it: they stay in
// this order.
const QUALITIES = words(
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
const PLACES = words(
  "Alley Anchor Arbour Arch Attic Balcony Barn Bay Beach Bridge Brook Cabin Canyon Castle Cave Cellar",
  "Coast Corner Cottage Court Cove Creek Dock Dune Farm Ferry Field Forest Fountain Garden Gate Glade",
  "Grove Harbour Haven Hill Hollow House Inlet Island Kiosk Lagoon Lake Lane Lantern Library Lodge Loft",
  "Market Meadow Mill Orchard Park Pavilion Pier Pond Porch Quay River Shore Square Station Terrace Valley",
);

/** @param {Uint8Array} bytes the first two pick */
export const somebody = (bytes) => pair(ANIMALS, bytes);

/** @param {Uint8Array} bytes the first two pick */
export const somewhere = (bytes) => pair(PLACES, bytes);

/**
 * @param {string[]} nouns
 * @param {Uint8Array} bytes
 */
const pair = (nouns, [first, second]) => `${QUALITIES[first % 64]} ${nouns[second % 64]}`;

/** @param {string[]} lines */
function words(...lines) {
  return lines.flatMap((line) => line.split(" "));
}
