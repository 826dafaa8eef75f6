// A connection over an unreliable network: a server that keeps docs/protocol.md's promises, on a network that keeps none.

import assert from "node:assert/strict";
import test from "node:test";

import { randomNumbers } from "../support/random_numbers.js";
import { error, Harness, joined, MINUTE, NOW, presence, SECOND, settled, UNTYPED } from "../support/scripted_server.js";

const PAGE = 3; // messages in a `joined`
const LIVES = 40;
const MESSAGES = 25; // of each of the two who talk

/**
 * The room at the other end of the harness's sockets. Functions take up to 2 s and frames overtake each other. Some posts
 * fail, which the next frame says, as the server's overload; some answers are lost, and some come much too late.
 */
class Room {
  stored = [];
  members = new Set();
  #marked = new Set(); // those members that a post has not reached
  reliable = false;
  #harness;
  #random;

  constructor(harness, random) {
    this.#harness = harness;
    this.#random = random;
  }

  /** A new socket: its frames come here from now on. */
  accept(socket) {
    socket.send = (data) => {
      const frame = JSON.parse(data);
      if (frame.action !== "ping" && !socket.dead) this.#soon(() => this.#run(socket, frame));
    };
  }

  /** What somebody wrote; ids come from clocks that may be 5 s behind. */
  publish(client, from) {
    const at = Math.floor(this.#harness.clock.time - this.#random() * 5 * SECOND);
    const id = `${at}-${String(this.stored.length).padStart(4, "0")}`;
    const frame = { type: "message", id, client, from: { id: from, alias: "sealed" }, text: "sealed", at, online: 2 };
    this.stored.push(frame);
    for (const member of this.members) this.#tell(member, frame);
  }

  #tell(member, frame) {
    if (!this.reliable && this.#random() < 0.15) this.#marked.add(member);
    else this.#post(member, this.#marked.has(member) ? { ...frame, missed: true } : frame);
  }

  /** What happens in any room now and then. */
  presence() {
    for (const member of this.members) this.#tell(member, presence);
  }

  #run(socket, frame) {
    if (!this.reliable && this.#random() < 0.1) return this.#post(socket, UNTYPED);
    if (frame.action === "send") return this.#send(socket, frame);
    if (!this.reliable && this.#random() < 0.05) return this.#post(socket, error("rate_limited", { retryAfter: 3 }));
    this.members.add(socket);
    this.#marked.delete(socket);
    this.#soon(() => this.#answer(socket, this.#snapshot(frame.since)));
  }

  #answer(socket, snapshot) {
    const fate = this.reliable ? 1 : this.#random();
    if (fate < 0.1) return;
    if (fate > 0.2) return this.#post(socket, snapshot);
    this.#harness.clock.set(() => this.#post(socket, snapshot), this.#random() * 20 * SECOND);
  }

  #send(socket, { client }) {
    if (!this.members.has(socket)) return this.#post(socket, error("not_joined", { client }));
    if (!this.reliable && this.#random() < 0.05)
      return this.#post(socket, error("rate_limited", { client, retryAfter: 2 }));
    this.publish(client, "me");
  }

  #snapshot(since) {
    const held = this.stored.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    if (since === undefined) return joined({ history: held.slice(-PAGE) });
    const after = held.filter(({ id }) => id > since);
    return joined({ history: after.slice(0, PAGE), more: after.length > PAGE, gap: true });
  }

  #post(socket, frame) {
    this.#soon(() => socket.dead || socket.onmessage?.({ data: JSON.stringify(frame) }));
  }

  #soon(action) {
    this.#harness.clock.set(action, this.#random() * 2 * SECOND);
  }
}

class UnreliableNetwork {
  harness = new Harness();
  seen = new Map(); // id → how often it was handed over
  queue = Array.from({ length: MESSAGES }, (_, number) => `client-${number}`);
  #random;
  #accepted = 0; // sockets

  constructor(seed) {
    this.#random = randomNumbers(seed);
    const { harness } = this;
    Object.defineProperty(harness, "random", { get: this.#random });
    this.room = new Room(harness, this.#random);
    harness.listener.message = (frame) => this.#read([frame]);
    harness.listener.joined = ({ history }) => this.#read(history);
    harness.next = () => this.#next();
  }

  /** One's own messages go out in their order, each until its echo is there. */
  #next() {
    return this.queue.length ? { client: this.queue[0], text: "sealed" } : undefined;
  }

  /** Until everything was said, and read back to the beginning. */
  async run() {
    const { harness, room } = this;
    let written = 0;
    while (written < MESSAGES || this.queue.length) {
      if (this.#random() < 0.3 && written++ < MESSAGES) room.publish(`other-${written}`, "other");
      if (!room.reliable && this.#random() < 0.05) await this.#cut();
      this.#happen();
      await this.#pass();
    }
    let whole;
    harness.connection.fetches.earlier().then((answer) => {
      whole = answer;
    });
    while (whole === undefined || !harness.free) await this.#pass();
    assert.equal(whole, true);
  }

  #happen() {
    const { harness, room } = this;
    if (this.#random() < 0.02) harness.connection.check();
    if (this.#random() < 0.02) harness.connection.fetches.refresh();
    if (this.#random() < 0.1) room.presence();
  }

  async #pass() {
    const { harness, room } = this;
    if (harness.sockets.length > this.#accepted) await this.#arrive(harness.sockets[this.#accepted++]);
    await harness.clock.pass(this.#random() * SECOND);
    room.reliable = harness.clock.time - NOW > 4 * MINUTE;
    assert.ok(harness.clock.time - NOW < 20 * MINUTE, "it comes to an end");
  }

  async #arrive(socket) {
    this.room.accept(socket);
    socket.onopen?.();
    await settled();
  }

  // Either both ends learn of it, or for up to 20 s nobody does.
  async #cut() {
    const { socket } = this.harness;
    const { onclose } = socket;
    socket.dead = true;
    const told = () => {
      this.room.members.delete(socket);
      if (socket.onclose === onclose) onclose?.();
    };
    if (this.#random() < 0.5) told();
    else this.harness.clock.set(told, this.#random() * 20 * SECOND);
    await settled();
  }

  // Opening an envelope takes its time.
  async #read(messages) {
    for (let pauses = this.#random() * 3; pauses > 1; pauses--) await settled();
    for (const { id, client, from } of messages) {
      this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
      if (from.id !== "me") continue;
      this.queue = this.queue.filter((waiting) => waiting !== client);
      this.harness.connection.settle(client);
    }
  }
}

test(`over ${LIVES} lives of a connection no message is lost, in either direction, and no gap is made up`, async () => {
  for (let seed = 1; seed <= LIVES; seed++) {
    const network = new UnreliableNetwork(seed);
    await network.run();
    const { harness, room, seen } = network;
    const missing = room.stored.filter(({ id }) => !seen.has(id)).map(({ id }) => id);
    assert.deepEqual(missing, [], `seed ${seed}`);
    const told = harness.news().map(([kind]) => kind);
    assert.ok(!told.includes("gap") && !told.includes("denied"), `seed ${seed}`);
    assert.ok(harness.sockets.length > 3, `seed ${seed} was reliable`);
    harness.connection.close();
  }
});
