// Names that nobody had to think up.

// 64 of each, so that a byte picks each equally often. People call rooms by them when they speak: they stay in this order.
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

/** "Amber Otter", for somebody who has not thought of a name. */
export const randomAlias = () => pair(ANIMALS, crypto.getRandomValues(new Uint8Array(2)));

/**
 * "Amber Harbour", for a room without a name.
 * @param {Iterable<number>} id of the room: its first two bytes pick the words
 */
export const placeName = (id) => pair(PLACES, id);

/**
 * @param {string[]} nouns
 * @param {Iterable<number>} bytes
 */
const pair = (nouns, [first, second]) => `${QUALITIES[first % 64]} ${nouns[second % 64]}`;

/** @param {string[]} lines */
function words(...lines) {
  return lines.flatMap((line) => line.split(" "));
}
