// How long it is what people write: in bytes, which count, and in letters as people see them.

export const ALIAS_BYTES = 35; // as crypto/envelope.js has it

/**
 * Its length as the server counts.
 * @param {string} text
 */
export function bytes(text) {
  return new TextEncoder().encode(text).length;
}

/**
 * What people take for one character each; code points where the browser does not know.
 * @param {string} text
 */
export function graphemes(text) {
  if (!Intl.Segmenter) return [...text];
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/**
 * Those that fit, from the first on.
 * @param {string[]} characters
 * @param {number} most bytes
 */
export function fitting(characters, most) {
  let left = most;
  return characters.filter((each) => {
    left -= bytes(each);
    return left >= 0;
  });
}

/**
 * What to say of a name that is too long to be sealed; "" if it is not. A name is never cut in silence.
 * @param {string} alias
 * @returns {import("./say.js").Sentence | ""}
 */
export function aliasProblem(alias) {
  const letters = graphemes(alias.normalize("NFC").trim());
  const surplus = letters.length - fitting(letters, ALIAS_BYTES).length;
  return surplus ? { key: "alias-long", values: { count: surplus } } : "";
}
