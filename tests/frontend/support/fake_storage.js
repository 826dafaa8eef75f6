// A browser's storage for tests: what the page's files see under `localStorage` and `sessionStorage`.

export class FakeStorage {
  items = new Map();
  full = false;

  get length() {
    return this.items.size;
  }

  key(index) {
    return [...this.items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.items.get(key) ?? null;
  }

  setItem(key, value) {
    if (this.full) throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    this.items.set(key, String(value));
  }

  removeItem(key) {
    this.items.delete(key);
  }

  clear() {
    this.items.clear();
  }
}

/** Put them where a browser has them. */
export function install() {
  const storages = { localStorage: new FakeStorage(), sessionStorage: new FakeStorage() };
  for (const [name, value] of Object.entries(storages))
    Object.defineProperty(globalThis, name, { value, configurable: true });
  return storages;
}

/** As if the person had switched storage off. */
export function switchOff() {
  const get = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(globalThis, name, { get, configurable: true });
}
