// One room, for as long as this page is in it. What the connection hears goes through the envelope into the store and
// onto the page; what the person does goes through the store and the outbox to the connection.

import { longestText, newClient, openMessage, openPerson, sealAlias, sealMessage } from "./crypto/message.js";
import { rememberAlias } from "./device/alias.js";
import { identity } from "./device/identities.js";
import { forget, Memory } from "./device/memory.js";
import { change, settings } from "./device/settings.js";
import { clear, itemOf } from "./device/storage.js";
import { Connection } from "./net/connection.js";
import { initial, next, reduce } from "./state/room.js";
import { rows } from "./state/rows.js";
import * as alert from "./view/alert.js";
import * as composer from "./view/composer.js";
import * as details from "./view/dialogs/details.js";
import { closeAll } from "./view/dialogs/dialog.js";
import * as menu from "./view/dialogs/menu.js";
import * as share from "./view/dialogs/share.js";
import * as header from "./view/header.js";
import * as log from "./view/log.js";
import * as people from "./view/people.js";
import * as status from "./view/status.js";
import { HELP, parse } from "./words/command.js";
import { bytes, cleanAlias, shownAlias } from "./words/text.js";

/**
 * @typedef {import("./types.js").Action} Action
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").ErrorFrame} ErrorFrame
 * @typedef {import("./types.js").Identity} Identity
 * @typedef {import("./types.js").JoinedFrame} JoinedFrame
 * @typedef {import("./types.js").Limits} Limits
 * @typedef {import("./types.js").MessageFrame} MessageFrame
 * @typedef {import("./types.js").OpenedMessage} OpenedMessage
 * @typedef {import("./types.js").PresenceFrame} PresenceFrame
 * @typedef {import("./types.js").RoomKey} RoomKey
 * @typedef {import("./types.js").State} State
 * @typedef {import("./types.js").Words} Words
 */

const TROUBLE_MS = 2000; // shorter interruptions are nobody's business
const FULL_BYTES = 14 * 1024; // a frame this long may have been cut to 32 KB: the longest message, escaped, has 17
const LIST_MS = 5_000; // the list of members may disagree with their number this long: frames overtake each other
const LISTED = 20; // above this many members the server does not name who comes and goes

const NOT_KEPT = "This browser keeps nothing for the page: do not close it before your message is sent.";

/**
 * @typedef {object} Visit
 * @property {RoomKey} room
 * @property {string} address the link that leads here
 * @property {string} alias
 * @property {string} url of the WebSocket API
 * @property {(unsent: number) => void} leave the person wants to; so many messages have not gone out yet
 * @property {(problem: string) => void} denied the server lets nobody in
 * @property {() => void} forgotten nothing of this room is left on this device
 */

export class Session {
  #visit;
  #me;
  #alias;
  #memory;
  #state;
  #connection;
  #skewMs = 0; // the server's clock less this one's
  #earlier = false; // whether there may be messages from before the first one shown
  #ready = false; // in the room, and caught up
  #atEnd = true;
  #quiet = true; // what is shown next is history: not read aloud
  #rendering = false;
  #shown = false;
  /** @type {Record<string, ReturnType<typeof setTimeout> | undefined>} */
  #timers = {};
  #end = new AbortController();

  /**
   * Enter a room. What takes time happens before anything is shown, or heard.
   * @param {Visit} visit
   */
  static async open(visit) {
    const me = await identity(visit.room.id);
    const memory = new Memory(visit.room, me);
    const [alias, left] = [await sealAlias(visit.room, me, visit.alias), await memory.restore()];
    const state = reduce(initial(me.signer, visit.alias), { type: "restored", ...left, now: Date.now() });
    return new Session(visit, me, memory, state, alias);
  }

  /**
   * @param {Visit} visit
   * @param {Identity} me
   * @param {Memory} memory
   * @param {State} state
   * @param {string} sealedAlias
   */
  constructor(visit, me, memory, state, sealedAlias) {
    this.#visit = visit;
    this.#me = me;
    this.#alias = visit.alias;
    this.#memory = memory;
    this.#state = state;
    const awake = () => !document.hidden || settings().notifications || settings().sound || this.#unsent() > 0;
    this.#connection = new Connection({ url: visit.url, room: visit.room.id, alias: sealedAlias, awake }, this);
  }

  /** The person sees the room. */
  async show() {
    this.#shown = true;
    const { title, named } = this.#visit.room;
    header.show({ title, named });
    log.reset();
    this.#wire();
    this.#attend(this.#atEnd); // it may have been opened behind others
    this.ready(false);
    this.#render();
    const draft = await this.#memory.draft();
    if (this.#end.signal.aborted) return;
    composer.reset(draft);
    if (!composer.focus()) header.focus();
  }

  close() {
    this.#end.abort();
    this.#connection.close();
    Object.values(this.#timers).forEach(clearTimeout);
    if (this.#shown) this.#clearPage();
  }

  // Nothing of the room stays on the page.
  #clearPage() {
    closeAll();
    status.trouble("");
    status.notice("");
    alert.badge(0, "");
    log.reset();
    people.render({ people: new Map(), online: 0, me: "", muted: new Set(), names: new Map(), entries: [] });
    header.show({ title: "", named: false });
    composer.reset("");
  }

  // --- what the person does ---

  #wire() {
    const { address, room } = this.#visit;
    header.wire({
      leave: () => this.#leave(),
      share: () => share.open({ address, named: room.named }),
      people: () => people.open(),
      menu: () => menu.open({ alias: this.#alias, settings: settings() }),
    });
    composer.wire({ send: (text) => this.#send(text), typed: (text) => this.#memory.keepDraft(text) });
    log.wire({
      attention: (atEnd) => this.#attend(atEnd),
      retry: (client) => this.#retry(client),
      discard: (client) => this.#discard(client),
      details: (entry) => this.#explain(entry),
      earlier: () => this.#loadEarlier(),
    });
    people.wire({ mute: (signer, muted) => this.#mute(signer, muted), opened: () => this.#checkPeople() });
    details.wire({ mute: (signer, muted) => this.#mute(signer, muted) });
    menu.wire({
      rename: (alias) => this.#rename(alias),
      settings: (part) => change(part),
      forgetRoom: () => this.#forget(),
    });
    const { signal } = this.#end;
    const look = () => {
      this.#attend(this.#atEnd);
      this.#tellTrouble();
      if (document.hidden) this.#memory.save();
      else this.#connection.check();
    };
    addEventListener("online", () => this.#connection.check(true), { signal });
    addEventListener("pageshow", look, { signal });
    document.addEventListener("visibilitychange", look, { signal });
    // Other tabs of this browser: whom they have muted, and that they have forgotten this room.
    addEventListener("storage", ({ key, newValue }) => this.#memory.concerns(key) && this.#heed(newValue), { signal });
  }

  /**
   * @param {string} written
   * @returns {boolean} whether the composer may be emptied
   */
  #send(written) {
    if (this.#end.signal.aborted) return false;
    status.settled();
    const command = parse(written);
    switch (command.kind) {
      case "say":
        return this.#write(command.text, false);
      case "me":
        return this.#write(command.text, true);
      case "nick":
        if (this.#rename(command.alias)) return this.#taken(true);
        status.notice("A name has at least one letter. For example: /nick Ada");
        return false;
      case "help":
        return this.#taken(this.#note(HELP));
      case "leave":
        this.#leave();
        return this.#taken(true);
      default:
        status.notice(`There is no command /${command.name}. Two slashes send the text as it is: //${command.name}`);
        return false;
    }
  }

  // A command is no message: nothing is left to be kept of it.
  /** @param {boolean} done */
  #taken(done) {
    if (done) this.#memory.keepDraft("");
    return done;
  }

  /**
   * @param {string} text
   * @param {boolean} action
   */
  #write(text, action) {
    if (!text) return false;
    const excess = bytes(text) - this.#longest();
    if (excess > 0) {
      status.notice(`That is too long for one message, by ${excess} ${excess === 1 ? "byte" : "bytes"}.`);
      return false;
    }
    const client = newClient();
    const words = { alias: this.#alias, text, action, written: Date.now() }; // what the server says is not signed
    this.#dispatch({ type: "written", client, ...words });
    log.scrollToEnd();
    this.#enqueue(client, words);
    if (!this.#ready) this.#connection.check(); // somebody waits for it
    return true;
  }

  // The draft is given up only when the message lies in the outbox. By then the page may show another room.
  /**
   * @param {string} client
   * @param {Words} words
   */
  async #enqueue(client, words) {
    const sealed = await sealMessage(this.#visit.room, this.#me, client, words);
    if (!this.#memory.keepMessage(client, sealed)) status.notice(NOT_KEPT);
    this.#memory.keepDraft(this.#end.signal.aborted ? "" : composer.text());
    this.#dispatch({ type: "sealed", client, sealed });
    this.free();
  }

  #leave() {
    this.#visit.leave(this.#unsent());
  }

  #unsent() {
    return this.#state.pending.filter(({ state }) => state !== "failed").length;
  }

  /** @param {string} client */
  async #retry(client) {
    const entry = this.#state.pending.find((unsent) => unsent.client === client);
    this.#dispatch({ type: "retried", client });
    if (entry?.sealed) this.#memory.keepMessage(client, entry.sealed);
    else if (entry) await this.#enqueue(client, entry); // with today's key: the one it was written with is lost
    this.free();
  }

  /** @param {string} client */
  #discard(client) {
    this.#memory.dropMessage(client);
    this.#dispatch({ type: "discarded", client });
  }

  /** @param {string} written */
  #rename(written) {
    const alias = cleanAlias(written);
    if (!alias) return "";
    this.#alias = rememberAlias(alias);
    sealAlias(this.#visit.room, this.#me, alias).then((sealed) => this.#connection.rename(sealed));
    composer.setLimit(this.#longest());
    this.#note(`You are ${alias} now.`);
    return alias;
  }

  /** @param {string} text */
  #note(text) {
    this.#dispatch({ type: "noted", text, at: Date.now() + this.#skewMs });
    log.scrollToEnd();
    return true;
  }

  /**
   * @param {string} signer
   * @param {boolean} muted
   */
  #mute(signer, muted) {
    this.#dispatch({ type: "muted", signer, muted });
    this.#memory.keepMuted(signer, muted);
  }

  /** @param {string | null} kept what another tab has written; null when it has forgotten this room */
  async #heed(kept) {
    if (kept === null) {
      this.#memory.close();
      clear(itemOf(this.#visit.room.id)); // this tab's own part
      return this.#visit.leave(0);
    }
    const there = new Set(await this.#memory.muted());
    for (const signer of new Set([...there, ...this.#state.muted]))
      if (there.has(signer) !== this.#state.muted.has(signer))
        this.#dispatch({ type: "muted", signer, muted: there.has(signer) });
  }

  async #forget() {
    this.close();
    this.#memory.close();
    await forget(this.#visit.room);
    this.#visit.forgotten();
  }

  /** @param {Entry} entry */
  #explain(entry) {
    if (entry.kind !== "message" && entry.kind !== "problem") return;
    const room = this.#visit.room.id;
    const { frame } = entry;
    const text = frame?.text ?? (entry.kind === "message" ? entry.sealed : "");
    const client = frame?.client ?? (entry.kind === "message" ? entry.client : "");
    details.open(entry, {
      sent: JSON.stringify({ action: "send", room, text, client }),
      stored: frame && JSON.stringify(row(room, frame, this.#state.limits), null, 1),
      muted: this.#state.muted.has(entry.signer),
    });
  }

  /** @param {boolean} atEnd */
  #attend(atEnd) {
    this.#atEnd = atEnd;
    const attentive = atEnd && !document.hidden;
    if (attentive !== this.#state.attentive) this.#dispatch({ type: "attended", attentive });
  }

  async #loadEarlier() {
    this.#earlier = false;
    this.#render();
    this.#earlier = !(await this.#connection.earlier());
    this.#render();
  }

  // --- what the connection tells ---

  /**
   * @param {JoinedFrame} frame
   * @param {"enter" | "resume" | "refresh" | "earlier"} purpose
   */
  async joined(frame, purpose) {
    const { room } = this.#visit;
    const members = await Promise.all(frame.members.map((person) => openPerson(room, person)));
    if (purpose === "enter") this.#earlier = bytes(JSON.stringify(frame)) > FULL_BYTES;
    const { unread } = this.#state;
    await this.#receive(frame.history, purpose === "resume" || purpose === "refresh"); // they were here before who is now
    if (this.#state.unread > unread) this.#call("New messages");
    this.#dispatch({ type: "joined", people: members, online: frame.online, limits: frame.limits });
    composer.setLimit(this.#longest());
  }

  /** @param {MessageFrame} frame */
  async message(frame) {
    const { unread } = this.#state;
    const [opened] = await this.#receive([frame], true);
    if (isFrom(opened, this.#me.signer)) this.#skewMs = frame.at - Date.now();
    if (this.#state.unread > unread && opened.verdict === "genuine")
      this.#call(`New message from ${shownAlias(opened.alias)}`);
    this.#watchPeople();
  }

  /** @param {PresenceFrame} frame */
  async presence({ joined, left, online }) {
    /** @param {import("./types.js").Person[]} persons */
    const open = (persons) => Promise.all(persons.map((person) => openPerson(this.#visit.room, person)));
    this.#dispatch({ type: "presence", joined: await open(joined), left: await open(left), online });
    this.#watchPeople();
  }

  /** @param {string} after */
  gap(after) {
    this.#dispatch({ type: "gap", after, at: Date.now() + this.#skewMs });
  }

  /** @param {boolean} yes */
  ready(yes) {
    this.#ready = yes;
    this.#tellTrouble();
  }

  // Who comes back to the page is not greeted with what happened meanwhile.
  #tellTrouble() {
    clearTimeout(this.#timers.trouble);
    if (this.#ready || document.hidden) return status.trouble("");
    const tell = () => status.trouble("Connecting… What you write is kept and goes out by itself.");
    this.#timers.trouble = setTimeout(tell, TROUBLE_MS);
  }

  /** The oldest message that waits goes out. */
  free() {
    if (!this.#connection.free) return;
    if (this.#state.pending.some(({ state }) => state === "waiting")) this.#dispatch({ type: "released" });
    const message = next(this.#state);
    if (message) this.#connection.send({ client: message.client, text: message.sealed });
  }

  /** @param {ErrorFrame & {client: string}} frame */
  refused({ client, code, message, retryAfter }) {
    if (code !== "rate_limited") return this.#fail(client, message);
    this.#dispatch({ type: "held" });
    status.notice("That was quick. What you write is kept and goes out by itself.", retryAfter);
  }

  /** @param {string} client */
  unconfirmed(client) {
    this.#fail(client, "The server did not confirm it.");
  }

  /** @param {string} message */
  said(message) {
    status.notice(message);
  }

  /** @param {string} message */
  denied(message) {
    this.#visit.denied(message);
  }

  // --- in between ---

  /**
   * @param {MessageFrame[]} frames
   * @param {boolean} fresh whether the person may not have seen them
   */
  async #receive(frames, fresh) {
    const messages = await Promise.all(frames.map((frame) => openMessage(this.#visit.room, frame)));
    this.#quiet ||= !fresh || frames.length > 1;
    this.#dispatch({ type: "received", messages, fresh });
    for (const message of messages) if (isFrom(message, this.#me.signer)) this.#confirm(message.frame.client);
    return messages;
  }

  // Signed by this browser's key, so it is an echo: nobody else can fake one.
  /** @param {string} client */
  #confirm(client) {
    if (this.#state.pending.some((entry) => entry.client === client)) return; // other words under its number
    this.#memory.dropMessage(client);
    this.#connection.settle(client);
  }

  /**
   * @param {string} client
   * @param {string} problem
   */
  #fail(client, problem) {
    this.#memory.markFailed(client, problem);
    this.#dispatch({ type: "failed", client, problem });
    status.alarm(`Message not sent. ${problem}`);
  }

  /** @param {string} text */
  #call(text) {
    const { sound, notifications } = settings();
    if (sound) alert.chime();
    if (notifications && document.hidden) alert.notify(text);
  }

  #longest() {
    return longestText(this.#state.limits.text, this.#alias);
  }

  #checkPeople() {
    if (this.#state.people.size !== this.#state.online) this.#connection.refresh();
  }

  #watchPeople() {
    clearTimeout(this.#timers.people);
    const { people, online } = this.#state;
    if (people.size !== online && online <= LISTED)
      this.#timers.people = setTimeout(() => this.#checkPeople(), LIST_MS);
  }

  // --- showing it ---

  /** @param {Action} action */
  #dispatch(action) {
    this.#state = reduce(this.#state, action);
    this.#quiet ||= action.type === "muted"; // what is shown again is no news
    if (this.#rendering || this.#end.signal.aborted) return;
    this.#rendering = true;
    queueMicrotask(() => this.#render());
  }

  #render() {
    this.#rendering = false;
    if (this.#end.signal.aborted) return;
    const state = this.#state;
    log.render(rows(state), { quiet: this.#quiet, canLoadEarlier: this.#earlier });
    log.unread(state.unread);
    header.people(state.online);
    people.render(state);
    alert.badge(state.unread, this.#visit.room.title);
    this.#quiet = false;
    this.#memory.keepNames(state.names);
  }
}

/**
 * @param {OpenedMessage} message
 * @param {string} signer
 * @returns {message is OpenedMessage & {verdict: "genuine"}}
 */
const isFrom = (message, signer) => message.verdict === "genuine" && message.signer === signer;

/**
 * The row that the table holds of a message, as shared/python/anonchat/table.py writes it.
 * @param {string} room
 * @param {MessageFrame} frame
 * @param {Limits} limits
 */
function row(room, { id, client, from, text, at }, { historySeconds, overlapSeconds }) {
  const expiresAt = Math.ceil(at / 1000) + historySeconds + overlapSeconds;
  return { pk: `ROOM#${room}`, sk: `MESSAGE#${id}`, client, memberId: from.id, alias: from.alias, text, expiresAt };
}
