// The socket of one room: connects, joins, resumes and sends, one request at a time, and comes back by itself.
// Speaks docs/protocol.md. Knows no page: what it learns goes into the log and to the callbacks in `on`:
// entries(list), joined(frame), presence(frame), heard(frame), ready(bool), limited(frame), refused(text), said(text).

import { BEGINNING } from "./log.js";

const ANSWER_MS = 10_000; // no answer for this long: ask again
const PING_MS = 9 * 60_000; // API Gateway drops a socket that was silent for 10 minutes
const DOUBT_MS = 60_000; // silent for longer: whoever comes back to the page has the socket checked first
const STABLE_MS = 30_000; // a connection that held this long ends the back-off
const BACKOFF_MS = { first: 500, most: 30_000 };
const MOST_TRIES = 5; // then the person decides whether to try on

export class Connection {
  limits = { text: 8192, historySeconds: 600, overlapSeconds: 15 }; // until `joined` tells the server's
  #options;
  #log;
  #on;
  #socket = null;
  #request = null; // the unanswered one: {frame, entry (of a send), at}
  #ready = false; // joined and caught up
  #cursor = ""; // everything up to this id is in the log
  #quietFrom = 0; // when the socket before this one was last heard
  #heardAt = Date.now();
  #readyAt = 0;
  #attempts = 0;
  #timers = {}; // answer, reopen, ping, hold

  /** options: {url, room, alias, visible()} */
  constructor(options, log, on) {
    [this.#options, this.#log, this.#on] = [options, log, on];
    this.#open();
  }

  close() {
    Object.values(this.#timers).forEach(clearTimeout);
    this.#drop();
  }

  /** The page was shown again or the network came back: no waiting, and no trust in a socket long silent. */
  check() {
    if (!this.#socket) this.#open();
    else if (this.#ready && !this.#request && Date.now() - this.#heardAt > DOUBT_MS) this.#join();
  }

  /** Fetch a fresh list of members. */
  refresh() {
    if (this.#ready && !this.#request) this.#join();
  }

  /** Send the next pending message, if it is its turn. */
  send() {
    const entry = this.#log.next();
    if (!entry || !this.#ready || this.#request || this.#timers.hold) return;
    this.#ask({ action: "send", room: this.#options.room, text: entry.text, client: entry.client }, entry);
  }

  #open() {
    clearTimeout(this.#timers.reopen);
    const socket = (this.#socket = new WebSocket(this.#options.url));
    socket.onopen = () => this.#join();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#lost();
    this.#after("answer", ANSWER_MS, () => this.#lost());
  }

  #drop() {
    const socket = this.#socket;
    [this.#socket, this.#request] = [null, null];
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost() {
    this.#drop();
    clearTimeout(this.#timers.answer);
    clearTimeout(this.#timers.ping);
    if (this.#ready) this.#quietFrom = this.#heardAt;
    if (this.#ready && Date.now() - this.#readyAt > STABLE_MS) this.#attempts = 0;
    this.#ready = false;
    const longest = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.#attempts++);
    this.#after("reopen", Math.random() * longest, () => this.#open());
    this.#on.ready(false);
  }

  // Ids are stamped by many clocks, so a message may still appear a little behind the last one seen.
  #join(since = this.#cursor && earlier(this.#cursor, this.limits.overlapSeconds)) {
    const { room, alias } = this.#options;
    this.#ask({ action: "join", room, alias, ...(since && { since }) });
  }

  #ask(frame, entry = null) {
    this.#request = { frame, entry, at: Date.now() };
    this.#socket.send(JSON.stringify(frame));
    this.#after("answer", ANSWER_MS, () => this.#overdue());
    this.#schedulePing();
  }

  #overdue() {
    const { frame, entry, at } = this.#request;
    if (this.#heardAt <= at) return this.#lost(); // not a sound since: the socket is dead, whatever it says
    if (entry && ++entry.tries >= MOST_TRIES) return this.#failed(entry, "The server did not confirm it.");
    this.#ask(frame, entry);
  }

  #settle() {
    this.#request = null;
    clearTimeout(this.#timers.answer);
  }

  #receive(data) {
    this.#heardAt = Date.now();
    this.#schedulePing();
    const frame = JSON.parse(data);
    // A frame without `type` comes from API Gateway itself: the request stays unanswered and is asked again.
    if (frame.type === "joined") this.#joined(frame);
    else if (frame.type === "message") this.#message(frame);
    else if (frame.type === "presence") this.#on.presence(frame);
    else if (frame.type === "error") this.#error(frame);
  }

  #message(frame) {
    this.#add([frame]);
    if (this.#ready) this.#cursor = this.#log.lastId;
    this.#on.heard(frame);
  }

  #add(messages) {
    this.#on.entries(messages.map((message) => this.#log.add(message)).filter(Boolean));
    if (this.#request?.entry?.state !== "sent") return;
    this.#settle();
    this.send();
  }

  #joined(frame) {
    const { since = "" } = this.#request?.frame ?? {};
    if (this.#request && !this.#request.entry) this.#settle();
    this.limits = { ...this.limits, ...frame.limits };
    this.#log.selves.add(frame.self);
    if (frame.gap) this.#admitGap();
    this.#add(frame.history);
    this.#on.joined(frame);

    const last = frame.history.at(-1)?.id;
    if (frame.more && since && last > since) {
      this.#cursor = last; // and no further: what comes in live does not fill what is still to be fetched
      return this.#join(last);
    }
    this.#cursor = this.#log.lastId || BEGINNING;
    if (!this.#ready) this.#readyAt = Date.now();
    this.#ready = true;
    this.#on.ready(true);
    this.send();
  }

  // In a quiet room the cursor is old although nothing was missed: the socket was heard later than that.
  #admitGap() {
    const quietMs = Date.now() - (this.#ready ? this.#heardAt : this.#quietFrom);
    if (quietMs < this.limits.historySeconds * 1000) return;
    this.#on.entries([this.#log.note({ note: "gap" }, this.#cursor)]);
  }

  #error(frame) {
    const entry = this.#log.pending.find(({ client }) => client === frame.client);
    if (entry) this.#sendRefused(entry, frame);
    else if (this.#request && !this.#request.entry) this.#joinRefused(frame);
    else this.#on.said(frame.message);
  }

  #sendRefused(entry, frame) {
    if (this.#request?.entry === entry) this.#settle();
    if (frame.code === "rate_limited") this.#hold(entry, frame);
    else if (frame.code === "not_joined" && ++entry.tries < MOST_TRIES) this.#rejoin();
    else this.#failed(entry, frame.message);
  }

  #rejoin() {
    this.#ready = false;
    this.#on.ready(false);
    this.#join();
  }

  #hold(entry, frame) {
    entry.state = "waiting";
    this.#on.entries([entry]);
    this.#on.limited(frame);
    this.#after("hold", (frame.retryAfter ?? 5) * 1000, () => {
      this.#timers.hold = 0;
      const waiting = this.#log.pending.filter(({ state }) => state === "waiting");
      waiting.forEach((held) => { held.state = "sending"; });
      this.#on.entries(waiting);
      this.send();
    });
  }

  #failed(entry, problem) {
    if (this.#request?.entry === entry) this.#settle();
    Object.assign(entry, { state: "failed", problem });
    this.#on.entries([entry]);
    this.send();
  }

  #joinRefused(frame) {
    const { code, retryAfter = 5, message } = frame;
    const request = this.#request;
    if (this.#ready) return this.#settle(); // it was a refresh; it can wait
    if (code === "rate_limited") return this.#after("answer", retryAfter * 1000, () => this.#ask(request.frame));
    if (this.#readyAt || code === "server_error") return this.#lost(); // we belong here: try again
    this.close();
    this.#on.refused(message);
  }

  #schedulePing() {
    this.#after("ping", PING_MS, () => {
      if (this.#ready && this.#options.visible()) this.#socket.send(JSON.stringify({ action: "ping" }));
      this.#schedulePing();
    });
  }

  #after(name, ms, action) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(action, ms);
  }
}

function earlier(cursor, seconds) {
  return String(Math.max(0, Number(cursor.slice(0, 13)) - seconds * 1000)).padStart(13, "0");
}
