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
 * Remove everything whose name begins so.
 * @param {string} prefix
 */
export function clear(prefix) {
  for (const shelf of [kept, tab]) {
    const keys = Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
    for (const key of keys) if (key.startsWith(prefix)) shelf.removeItem(key);
  }
}
