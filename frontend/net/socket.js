// A WebSocket that comes back by itself: after a loss with back-off, and at once when somebody looks. Its silence is watched,
// since a network can die without a word. And the timers that whatever waits for an answer has.

/** @import { World } from "./types.js" */

/**
 * @typedef {object} Owner
 * @property {() => void} opened
 * @property {(data: string, at: number) => void} heard `at` is epoch ms
 * @property {() => void} lost frames that were heard but not looked at yet are of the past now
 * @property {() => void} aged it is to be replaced when nothing is asked
 * @property {() => void} quiet it was silent for longer than its `patienceMs`
 * @property {() => void} woke time has passed that nobody noticed: the machine has slept, or its clock was set
 */

const OPEN_MS = 10_000; // not open after this long: another try
const LOOK_MS = 10_000; // from one look at the silence to the next
const LATE_MS = 75_000; // timers of hidden pages come up to a minute late, those of a machine that sleeps much later
const IDLE_MS = 10 * 60_000; // API Gateway drops a socket that was silent for this long
const ROLLOVER_MS = 115 * 60_000; // API Gateway ends every socket after 2 hours; this leaves 5 minutes for a good moment
const STABLE_MS = 30_000; // a socket that was of use for this long ends the back-off
const BACKOFF_MS = { first: 4000, most: 30_000 }; // what happens to one happens to many at once: they come back over seconds

/** @param {number} failures so far */
export const backoffMs = (failures) => Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** failures);

const JUMP_MS = 1000; // a clock that is ahead by more than this was set, or has gone on while the machine slept

/**
 * A clock that goes on while the machine sleeps, and is never set back: people set the usual one, and the other one may
 * stand still in sleep.
 * @param {() => number} wall epoch ms
 * @param {() => number} run ms since some moment
 */
export function steadyClock(wall = () => Date.now(), run = () => performance.now()) {
  let [time, wallBefore, runBefore] = [wall(), wall(), run()];
  return () => {
    const [wallNow, runNow] = [wall(), run()];
    const [passed, ahead] = [runNow - runBefore, wallNow - wallBefore - (runNow - runBefore)];
    [wallBefore, runBefore] = [wallNow, runNow];
    time += passed + (ahead > JUMP_MS ? ahead : 0);
    return time;
  };
}

/**
 * What a connection needs of the browser; the tests give it their own.
 * @type {World}
 */
export const BROWSER = {
  WebSocket: globalThis.WebSocket,
  now: steadyClock(),
  random: () => Math.random(),
  setTimeout: (action, ms) => setTimeout(action, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export class Socket {
  #url;
  #inUse;
  #owner;
  #world;
  /** @type {Timers<"open" | "look" | "reopen" | "rollover">} */
  #timers;
  /** @type {WebSocket | null} */
  #socket = null;
  #openedAt = 0;
  #heardAt = 0;
  #heardCount = 0;
  #lookedAt = 0;
  #wokeAt = 0; // from a sleep after which nothing has been answered yet
  /** When the machine was last known to be awake: what is heard now was said then, or lately. */
  awakeAt = 0;
  #usefulFrom = Number.POSITIVE_INFINITY;
  #failures = 0;
  /** How long its silence may last before something is asked. */
  patienceMs = IDLE_MS;

  /**
   * @param {string} url
   * @param {() => boolean} inUse whether it is worth keeping alive
   * @param {Owner} owner
   * @param {World} world
   */
  constructor(url, inUse, owner, world) {
    this.#url = url;
    this.#inUse = inUse;
    this.#owner = owner;
    this.#world = world;
    this.#timers = new Timers(world);
    this.#open();
  }

  /** How long nothing has been heard. */
  get silentMs() {
    return this.#world.now() - this.#heardAt;
  }

  /** How much has been heard: other than a clock, it is never set back. */
  get heardCount() {
    return this.#heardCount;
  }

  /** Whether it is to be replaced before API Gateway ends it. */
  get isOld() {
    return this.#world.now() - this.#openedAt >= ROLLOVER_MS && this.#inUse();
  }

  /** @param {object} frame */
  send(frame) {
    this.#socket?.send(JSON.stringify(frame));
  }

  /**
   * It serves its purpose, and not only is it open.
   * @param {number} askedAt when that was asked which has been answered
   */
  useful(askedAt) {
    if (askedAt >= this.#wokeAt) this.#wokeAt = 0;
    this.#usefulFrom = Math.min(this.#usefulFrom, this.#world.now());
  }

  /**
   * Somebody looks: no waiting for the next try.
   * @param {boolean} anotherNetwork nor for one that was begun on the network before
   */
  retryNow(anotherNetwork) {
    if (anotherNetwork) this.#heardAt = 0;
    if (this.#socket && !(anotherNetwork && this.#timers.runs("open"))) return;
    if (this.#socket) this.close();
    this.#failures = 0;
    this.#open();
  }

  /** It is dead, whatever it says itself. Asleep, it stays lost until somebody looks. */
  lose() {
    this.close();
    const ms = this.#world.random() * backoffMs(this.#failures++);
    this.#timers.set("reopen", ms, () => this.#inUse() && this.#open());
    this.#owner.lost();
  }

  /** A new one in its place, at once. */
  replace() {
    this.close();
    this.#owner.lost();
    this.#open();
  }

  close() {
    const socket = this.#socket;
    this.#socket = null;
    if (this.#world.now() - this.#usefulFrom > STABLE_MS) this.#failures = 0;
    this.#usefulFrom = Number.POSITIVE_INFINITY;
    this.#timers.clearAll();
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #open() {
    const socket = new this.#world.WebSocket(this.#url);
    this.#socket = socket;
    this.#timers.clear("reopen");
    this.#timers.set("open", OPEN_MS, () => this.lose());
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = () => this.lose();
  }

  #opened() {
    this.#timers.clear("open");
    this.#openedAt = this.#heardAt = this.awakeAt = this.#world.now();
    this.#wokeAt = 0;
    this.#timers.set("rollover", ROLLOVER_MS, () => this.#owner.aged());
    this.#watch();
    this.#owner.opened();
  }

  /** @param {string} data */
  #heard(data) {
    this.#heardAt = this.#world.now();
    this.#heardCount++;
    this.#owner.heard(data, this.#heardAt);
  }

  #watch() {
    this.#lookedAt = this.#world.now();
    this.#timers.set("look", LOOK_MS, () => this.#look());
  }

  // Whoever only listens hears no difference between a silent room and a dead network.
  #look() {
    const slept = this.#world.now() - this.#lookedAt > LOOK_MS + LATE_MS;
    this.#watch();
    // What came before a sleep may be heard only after it, and is no sign of a server.
    if (slept) this.#wokeAt = this.#lookedAt;
    else if (!this.#wokeAt) this.awakeAt = this.#lookedAt;
    if (!this.#inUse()) return;
    if (this.silentMs >= IDLE_MS) this.lose();
    else if (slept) this.#owner.woke();
    else if (this.silentMs >= this.patienceMs) this.#owner.quiet();
  }
}

/**
 * Timers that have names: setting one anew replaces it.
 * @template {string} Name
 */
export class Timers {
  #world;
  /** @type {Map<Name, number>} */
  #running = new Map();

  /** @param {Pick<World, "setTimeout" | "clearTimeout">} world */
  constructor(world) {
    this.#world = world;
  }

  /**
   * @param {Name} name
   * @param {number} ms
   * @param {() => void} action
   */
  set(name, ms, action) {
    this.clear(name);
    const run = () => {
      this.#running.delete(name);
      action();
    };
    this.#running.set(name, this.#world.setTimeout(run, ms));
  }

  /** @param {Name} name */
  runs(name) {
    return this.#running.has(name);
  }

  /** @param {Name[]} names */
  clear(...names) {
    for (const name of names) {
      this.#world.clearTimeout(this.#running.get(name));
      this.#running.delete(name);
    }
  }

  clearAll() {
    this.clear(...this.#running.keys());
  }
}
