// What a connection has around it in these tests: a clock that the test moves, a server that says what the test says,
// and a listener that notes what it is told.

import { Connection } from "../../../frontend/net/connection.js";

export const NOW = 1_800_000_000_000; // epoch ms
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** Where a connection asks from that has nothing yet. */
export const BEGINNING = "0".repeat(13);

export const presence = { type: "presence", online: 3, joined: [], left: [] };

/** A promise and the function that keeps it. */
export function promise() {
  let keep;
  const kept = new Promise((resolve) => {
    keep = resolve;
  });
  return { kept, keep };
}

/** All promises that can go on have gone on. */
export const settled = () => new Promise(setImmediate);

export const id = (at) => `${NOW + at}-x`;
export const cursor = (at) => String(NOW + at);

/** A message stamped `at` ms after NOW. */
export function message(at, more = {}) {
  const from = { id: "other", alias: "sealed Björn" };
  return {
    type: "message",
    id: id(at),
    client: `client-${at}`,
    from,
    text: "sealed",
    at: NOW + at,
    online: 2,
    ...more,
  };
}

export function joined(more = {}) {
  const limits = { text: 8192, perMinute: 30, room: 50, historySeconds: 600, overlapSeconds: 15 };
  const rest = { members: [], online: 1, history: [], more: false, gap: false, limits };
  return { type: "joined", room: "tea", self: "me", ...rest, ...more };
}

/** What was said, to who is in the room already. */
export function page(more = {}) {
  return { type: "page", history: [], more: false, gap: false, ...more };
}

export function error(code, more = {}) {
  return { type: "error", code, message: `It is ${code}.`, ...more };
}

/** What a newer server might say: it is alive, and that is all there is to learn. */
export const NEWER = { type: "unheard of" };

/** API Gateway's own words, when a function failed or was throttled. */
export const UNTYPED = { message: "Internal server error", connectionId: "x", requestId: "y" };

class Clock {
  time = NOW;
  #timers = new Map();
  #last = 0;

  get pending() {
    return this.#timers.size;
  }

  set(action, ms) {
    this.#timers.set(++this.#last, { action, at: this.time + ms });
    return this.#last;
  }

  clear(timer) {
    this.#timers.delete(timer);
  }

  /** Time passes, and every timer runs at its time. */
  async pass(ms) {
    await settled();
    const end = this.time + ms;
    for (let due = this.#next(end); due; due = this.#next(end)) {
      const [timer, { action, at }] = due;
      this.#timers.delete(timer);
      this.time = Math.max(this.time, at);
      action();
      await settled();
    }
    this.time = end;
  }

  /** The machine sleeps: time passes, and no timer runs. */
  sleep(ms) {
    this.time += ms;
  }

  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([, one], [, other]) => one.at - other.at)[0];
  }
}

class FakeSocket {
  sent = [];
  closed = false;

  constructor(url) {
    this.url = url;
  }

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  close() {
    this.closed = true;
    setImmediate(() => this.onclose?.()); // a browser tells it later
  }
}

/** A connection and what is around it. `told` has what the listener was told, in order. */
export class Harness {
  clock = new Clock();
  sockets = [];
  told = [];
  inUse = true;
  random = 0.5;

  constructor() {
    const { clock, sockets, told } = this;
    const note = (kind, ...what) => void told.push([kind, ...what]);
    this.listener = {
      joined: async ({ history }, purpose) => note("joined", purpose, ...history.map((each) => each.id)),
      message: async (frame) => note("message", frame.id),
      presence: async ({ online }) => note("presence", online),
      gap: (after) => note("gap", after),
      ready: (yes) => note("ready", yes),
      doubtful: (yes) => note("doubtful", yes),
      refused: ({ client, code }) => note("refused", client, code),
      unconfirmed: (client) => note("unconfirmed", client),
      waiting: (seconds) => note("waiting", seconds),
      said: (code) => note("said", code),
      denied: (code) => note("denied", code),
    };
    class WebSocket extends FakeSocket {
      constructor(url) {
        super(url);
        sockets.push(this);
      }
    }
    const world = {
      WebSocket,
      now: () => clock.time,
      random: () => this.random,
      setTimeout: (action, ms) => clock.set(action, ms),
      clearTimeout: (timer) => clock.clear(timer),
    };
    const inUse = () => this.inUse;
    const options = { url: "wss://chat", room: "tea", alias: "sealed Ada", inUse, next: () => this.next() };
    this.connection = new Connection(options, this.listener, world);
  }

  /** Somebody in the room, with everything told so far forgotten. */
  static async entered(snapshot = {}, random = 0.5) {
    const harness = new Harness();
    harness.random = random;
    await harness.open();
    await harness.tell(joined(snapshot));
    harness.told.length = 0;
    return harness;
  }

  get socket() {
    return this.sockets.at(-1);
  }

  /** Everything that was asked on any socket. */
  get asked() {
    return this.sockets.flatMap(({ sent }) => sent);
  }

  /** The cursors that were asked from, of the joins. */
  get sinces() {
    return this.asked.filter(({ action }) => action === "join").map(({ since }) => since);
  }

  /** Which of the joins asked for nothing but a page. */
  get pages() {
    return this.asked.filter(({ action }) => action === "join").map(({ page = false }) => page);
  }

  /** What the listener was told since the last time this was asked. */
  news() {
    return this.told.splice(0);
  }

  async open() {
    this.socket.onopen();
    await settled();
  }

  async tell(...frames) {
    for (const frame of frames) this.socket.onmessage?.({ data: JSON.stringify(frame) });
    await settled();
  }

  /** Time passes, and something is heard every minute: nobody has to ask whether the server is still there. */
  async busy(ms) {
    for (let left = ms; left > 0; left -= MINUTE) {
      await this.clock.pass(Math.min(left, MINUTE));
      await this.tell(NEWER);
    }
  }

  /** The socket is lost. */
  async cut(socket = this.socket) {
    socket.onclose?.();
    await settled();
  }

  /** The socket is lost and the next one is open: the connection has asked to resume. */
  async reconnect() {
    const before = this.sockets.length;
    await this.cut();
    while (this.sockets.length === before) await this.clock.pass(SECOND);
    await this.open();
  }

  /** The outbox, which is empty: that it was asked for a message is noted. */
  next() {
    this.told.push(["free"]);
  }

  /** Whether a message would go out now: whether the connection asks the outbox for one. */
  get free() {
    const { next } = this;
    let asked = false;
    this.next = () => {
      asked = true;
    };
    this.connection.pull();
    this.next = next;
    return asked;
  }

  /** Whether the connection takes this message from the outbox. */
  async send(client, text = "sealed words") {
    const { next } = this;
    let taken = false;
    this.next = () => {
      taken = true;
      return { client, text };
    };
    this.connection.pull();
    this.next = next;
    await settled();
    return taken;
  }

  /** Ten seconds without an answer, though not in silence. */
  async unanswered() {
    await this.clock.pass(5 * SECOND);
    await this.tell(NEWER);
    await this.clock.pass(5 * SECOND);
  }
}
