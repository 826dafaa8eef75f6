// Who was first to use a name. Names are free, so one that looks like another's is told, not forbidden.

const MOST_NAMES = 2000; // a flood of invented names must not fill the memory; those learnt first stay protected
const HIDDEN = /[\p{M}\p{P}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

// Characters that the eye takes for others, each line: these → those. Capitals are here only where they look unlike
// their small letter. i, l and 1 are one, as "I" is "l" in most fonts.
const CONFUSABLES = [
  ["01|il$", "olllls"],
  ["ΝΗΥΜ", "nhym"],
  ["αβγεζηικνορτυχωϳ", "abyeznlkvoptuxwj"],
  ["авгеһнікмопрстухѕԁԛԝӏјьѵ", "abrehhlkmonpctyxsdqwljbv"],
  ["աոսցօհյզ", "wnugohjq"],
  ["ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɑɡıȷ", "abcdefghljklmnoprstuvwyzaglj"],
];
const CONFUSABLE = new Map(
  CONFUSABLES.flatMap(([these, those]) => Array.from(these, (character, at) => [character, those[at]])),
);

/** @param {string} text */
const alike = (text) => Array.from(text, (character) => CONFUSABLE.get(character) ?? character).join("");

// What somebody puts behind another's name to look like the page's own words: a handle, "(you)".
const SUFFIX = /[\s([]+(?:[0-9a-z]{3}-[0-9a-z]{3}|you)[\s)\]]*$/i;

/**
 * The same for names that look the same.
 * @param {string} alias
 */
export function fold(alias) {
  const plain = alias.replace(SUFFIX, "").normalize("NFKD").replace(HIDDEN, "");
  const small = alike(plain).toUpperCase().toLowerCase(); // by way of capitals, so that ß is ss
  return alike(small).replaceAll("rn", "m").replaceAll("vv", "w") || alias;
}

/**
 * The names with this one, if nobody has it yet.
 * @param {Map<string, string>} names folded alias → signer
 * @param {string} alias
 * @param {string} signer
 */
export function learn(names, alias, signer) {
  const name = fold(alias);
  return !name || names.has(name) || names.size >= MOST_NAMES ? names : new Map(names).set(name, signer);
}

/**
 * The signer who was first to use this name, where that is somebody else; "" otherwise.
 * @param {Map<string, string>} names
 * @param {string} alias
 * @param {string} signer
 */
export function borrowedFrom(names, alias, signer) {
  const first = names.get(fold(alias)) ?? signer;
  return first === signer ? "" : first;
}
