// What was said in one room, as this browser knows it: pure data, no page, no socket.
// An entry is a message {id, client, from, text, at, mine, state} or a note {id, note, ...}. `entries` is sorted by id;
// `pending` holds this person's own messages that no echo has acknowledged, in the order they were written.
// state: "sending" | "waiting" (for the rate limit) | "failed" (with `problem`) | "sent".

export const BEGINNING = "0".repeat(13); // the cursor before any message

export class Log {
  entries = [];
  pending = [];
  selves = new Set(); // every member id this person has had in this room: each connection gets a new one
  lastId = ""; // the greatest message id seen
  #ids = new Set();
  #copies = new Map(); // client value → the entries shown under it
  #notes = 0;

  /** Take in a message from the server. Returns the entry to (re)place on the screen, or null for a duplicate. */
  add(message) {
    if (this.#ids.has(message.id)) return null;
    this.#ids.add(message.id);
    if (message.id > this.lastId) this.lastId = message.id;

    const shown = this.#shownCopy(message);
    if (shown) return message.id < shown.id ? this.#move(shown, message) : null;

    const entry = this.#takePending(message) ?? {};
    Object.assign(entry, message, { state: "sent", mine: this.selves.has(message.from.id) });
    const copies = this.#copies.get(message.client) ?? [];
    this.#copies.set(message.client, [...copies, entry]);
    return this.#insert(entry);
  }

  /** A message somebody just wrote here; it is shown at once and waits for its echo. */
  write(text, alias) {
    const entry = { client: randomClient(), from: { alias }, text, at: Date.now(), mine: true, state: "sending", tries: 0 };
    this.pending.push(entry);
    return entry;
  }

  /** The message that is to be sent next, oldest first. */
  next() {
    return this.pending.find((entry) => entry.state === "sending");
  }

  /** Put a failed message back at the end of the queue. */
  retry(entry) {
    this.discard(entry);
    this.pending.push(Object.assign(entry, { state: "sending", problem: "", tries: 0 }));
  }

  discard(entry) {
    this.pending = this.pending.filter((other) => other !== entry);
  }

  /** A line that is no message, right after the message `afterId`. "~" sorts behind every character of an id. */
  note(note, afterId = this.lastId || BEGINNING) {
    return this.#insert({ id: `${afterId}~${String(this.#notes++).padStart(6, "0")}`, ...note });
  }

  /** Who came and went: one line as long as nothing else was said, and who only blinked is not mentioned. */
  presence(joined, left) {
    const last = this.entries.at(-1);
    const entry = last?.note === "presence" ? last : this.note({ note: "presence", joined: [], left: [] });
    const swap = (alias, from, to) => (from.includes(alias) ? from.splice(from.indexOf(alias), 1) : to.push(alias));
    left.forEach((alias) => swap(alias, entry.joined, entry.left));
    joined.forEach((alias) => swap(alias, entry.left, entry.joined));
    return entry;
  }

  /** The entry that follows on the screen, if any: pending ones come after everything else. */
  after(entry) {
    const index = this.entries.indexOf(entry);
    if (index >= 0) return this.entries[index + 1] ?? this.pending[0];
    return this.pending[this.pending.indexOf(entry) + 1];
  }

  // The same words under the same client value are the same message, even when a reconnect between two
  // attempts gave the sender a new member id; dropping them can hide nothing.
  #shownCopy({ client, from, text }) {
    return this.#copies.get(client)?.find(
      (entry) => entry.from.id === from.id || (entry.from.alias === from.alias && entry.text === text),
    );
  }

  #takePending({ client, from }) {
    const entry = this.selves.has(from.id) && this.pending.find((other) => other.client === client);
    if (entry) this.discard(entry);
    return entry || null;
  }

  // Every reader settles on the smallest id of the copies, so that all see the same order.
  #move(entry, { id, at }) {
    this.entries.splice(this.entries.indexOf(entry), 1);
    return this.#insert(Object.assign(entry, { id, at }));
  }

  #insert(entry) {
    const index = this.entries.findLastIndex((other) => other.id < entry.id) + 1;
    this.entries.splice(index, 0, entry);
    return entry;
  }
}

function randomClient() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
