// The browser's storage; where it is switched off, memory for as long as the page lives.

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Shelf */

/** @returns {Shelf} */
function memory() {
  /** @type {Map<string, string>} */
  const items = new Map();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}

/**
 * @param {() => Storage} open asking for a storage that is switched off throws, or gives nothing
 * @returns {Shelf}
 */
function shelf(open) {
  try {
    return open() ?? memory();
  } catch {
    return memory();
  }
}

/** Stays until it is cleared, and is shared by all tabs. */
export const kept = shelf(() => localStorage);

/** This tab's own: survives a reload, not the tab. */
export const tab = shelf(() => sessionStorage);

/**
 * What an item of a room is called; the beginning of all of them without a name.
 * @param {string} room
 * @param {string} [name]
 */
export const itemOf = (room, name = "") => `anonchat.${room}.${name}`;

/**
 * The names of everything on a shelf that begin so.
 * @param {Shelf} shelf
 * @param {string} prefix
 */
export function keys(shelf, prefix) {
  const all = Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
  return all.filter((key) => key.startsWith(prefix));
}

/** @param {string} prefix */
export const holds = (prefix) => [kept, tab].some((shelf) => keys(shelf, prefix).length > 0);

/**
 * Remove everything whose name begins so.
 * @param {string} prefix
 */
export function clear(prefix) {
  for (const shelf of [kept, tab]) for (const key of keys(shelf, prefix)) shelf.removeItem(key);
}
