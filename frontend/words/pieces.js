// What stands in a text: words, links, code. There is no other markup.

/**
 * @typedef {object} Piece a run of text
 * @property {string} text put together, those of all pieces are the text
 * @property {string} [url] of a link: http or https only
 * @property {Code} [code]
 */

/**
 * @typedef {object} Code what of a piece is code, and what stands around it to say so
 * @property {"span" | "block"} kind within a line, or lines of its own
 * @property {string} before
 * @property {string} inside
 * @property {string} after
 */

const START = /(?<![\da-z])https?:\/\/|(?<![\da-z@.:/-])www\./gi;
const HOST = /^(?:(?:[\w-]+\.)*[\w-]*[^\W_]|\[[\da-f:.]+\])/i;
const PORT = /^:\d+/;
// What goes on with other letters, with something invisible or with a user's name would look like another host.
const GOES_ON =
  /^[\p{L}\p{M}\p{N}\p{Cf}\p{Default_Ignorable_Code_Point}_%:-]*(?:(?:[.\u2044\u2215\uFF0E\uFF0F\uFF3C]|\.\.)[\p{L}\p{N}]|[。｡][\w-]+[./:?#]|[\\/@])/u;
// Where an address ends, whatever follows: at white space, at what no address has in it or nobody sees, at pictures, where
// another one begins, and in other scripts at what ends a sentence or a part of it or encloses one. ’ stands within words, too.
const END = new RegExp(
  String.raw`[\s\p{C}\p{Default_Ignorable_Code_Point}\p{So}<>"${"`"}|\\^—―]|[,;]https?://|` +
    String.raw`[\u3000-\u3004\u3008-\u3020\u3030\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]|` +
    String.raw`(?!’\p{Script=Latin})(?![\0-\x7F])[\p{Terminal_Punctuation}\p{Quotation_Mark}\p{Ps}\p{Pe}\p{Pi}\p{Pf}]`,
  "iu",
);
const TAIL = /[!,.:;?'*_~([{]|(?![\0-\x7F])[\p{P}\p{S}]/u; // what an address does not end with
/** @type {Record<string, string | undefined>} */
const OPENED_BY = { ")": "(", "]": "[", "}": "{" };

/**
 * The text with its links and its code found.
 * @param {string} text
 * @returns {Piece[]}
 */
export function pieces(text) {
  const blocks =
    /^(?<before>(?<fence>`{3,})[^`\n]*\n)(?<inside>.*?)(?<after>(?:\n|(?<=\n))\k<fence>[^\S\n]*(?:\n|$))/gms;
  return split(text, blocks, "block", besideBlocks);
}

/** @param {string} text */
function besideBlocks(text) {
  const spans = /(?<!`)(?<before>(?<fence>`+))(?!`)(?<inside>[^\n]*?[^\n`])(?<after>\k<fence>)(?!`)/g;
  return split(text, spans, "span", links);
}

/**
 * @param {string} text
 * @param {RegExp} found what is code, by groups
 * @param {"span" | "block"} kind
 * @param {(text: string) => Piece[]} others of what stands between
 */
function split(text, found, kind, others) {
  /** @type {Piece[]} */
  const all = [];
  let end = 0;
  for (const { 0: whole, index, groups = {} } of text.matchAll(found)) {
    const { before = "", inside = "", after = "" } = groups;
    all.push(...others(text.slice(end, index)), { text: whole, code: { kind, before, inside, after } });
    end = index + whole.length;
  }
  return [...all, ...others(text.slice(end))];
}

// --- links: they lead to the host that the reader sees ---

/**
 * The text with its links found; put together again the pieces are the text.
 * @param {string} text
 * @returns {Piece[]}
 */
function links(text) {
  /** @type {Piece[]} */
  const all = [];
  let end = 0;
  for (const { 0: start, index } of text.matchAll(START)) {
    const link = index < end ? null : linkAt(text.slice(index), start);
    if (!link) continue;
    if (index > end) all.push({ text: text.slice(end, index) });
    all.push(link);
    end = index + link.text.length;
  }
  if (end < text.length) all.push({ text: text.slice(end) });
  return all;
}

/**
 * No link unless it leads to the host that the reader sees: no user names before an "@", no letters of other scripts that look
 * Latin, no numbers that are another address, nothing invisible.
 * @param {string} text that begins with it
 * @param {string} start
 * @returns {Piece | null}
 */
function linkAt(text, start) {
  const scheme = start.endsWith("/") ? start : "";
  const [host = ""] = HOST.exec(text.slice(scheme.length)) ?? [];
  if (!host || (!scheme && host.split(".").length < 3)) return null;
  const named = scheme + host;
  const [port = ""] = PORT.exec(text.slice(named.length)) ?? [];
  const path = pathOf(text.slice(named.length + port.length));
  if (path === null) return null;
  const link = named + port + path;
  try {
    const url = new URL(scheme ? link : `https://${link}`);
    return url.hostname === host.toLowerCase() ? { text: link, url: url.href } : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} rest what stands behind the host
 * @returns {string | null} what of it belongs to the address; null where the host goes on
 */
function pathOf(rest) {
  if (!/^[/?#]/.test(rest)) return GOES_ON.test(rest) ? null : "";
  /** @type {string[][]} */
  const [path, open] = [[], []];
  for (const character of rest.slice(0, END.exec(rest)?.index)) {
    const opening = OPENED_BY[character];
    if (opening && !open.includes(opening)) break;
    if (opening) open.splice(open.lastIndexOf(opening), 1);
    else if ("([{".includes(character)) open.push(character);
    path.push(character);
  }
  while (TAIL.test(path.at(-1) ?? "")) path.pop();
  return path.join("");
}
