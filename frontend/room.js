// One room, for as long as this page is in it. What the server sends is opened, changes the state and is shown; what the
// person writes goes into the outbox, from which the connection takes it.

import { sealAlias } from "./crypto/envelope.js";
import { identity } from "./crypto/signer.js";
import { change, kept, settings } from "./device/device.js";
import { forget, Memory, UnsentMessages } from "./device/memory.js";
import { openJoined, openLive, openPresence } from "./inbox.js";
import { Connection } from "./net/connection.js";
import { Outbox, restored } from "./outbox.js";
import { remembered } from "./remembered.js";
import { initial, reduce } from "./state/room.js";
import { watchSurroundings } from "./surroundings.js";
import { call } from "./view/alert.js";
import * as composer from "./view/composer.js";
import * as details from "./view/dialogs/details.js";
import * as menu from "./view/dialogs/menu.js";
import * as share from "./view/dialogs/share.js";
import * as log from "./view/log.js";
import * as people from "./view/people.js";
import * as view from "./view/room.js";
import * as status from "./view/status.js";
import { NOT_LASTING } from "./words/sentences.js";
import { bytes } from "./words/text.js";
import { Writer } from "./writer.js";

/** @import { Action, ActionOf, State } from "./state/types.js" */
/** @import { ConnectionListener, JoinPurpose } from "./net/types.js" */
/** @import { Identity, JoinedFrame, Visit } from "./types.js" */

const FULL_BYTES = 14 * 1024; // a frame this long may have been cut to 32 KB: the longest message, escaped, has 17
const LIST_MS = 5_000; // the list of members may disagree with their number this long: frames overtake each other
const LISTED = 20; // above this many members the server does not name who comes and goes
const WAITING = "Too many attempts to enter at once. This page tries again by itself.";

export class Room {
  #visit;
  #problem;
  #me;
  #memory;
  #state;
  #outbox;
  #connection;
  #writer;
  #skewMs = 0; // the server's clock less this one's
  #earlier = false; // whether there may be messages from before the first one shown
  #ready = false; // in the room, and caught up
  #doubtful = false; // whether the server is still there is being asked
  #atEnd = true;
  #quiet = true; // what is shown next is history: not read aloud
  #rendering = false;
  #shown = false;
  #peopleTimer = 0;
  #end = new AbortController();

  /**
   * Enter a room. What takes time happens before anything is shown, or heard.
   * @param {Visit} visit
   */
  static async open(visit) {
    const { key, alias } = visit;
    const me = await identity(key.id);
    const [memory, unsent] = [new Memory(key), new UnsentMessages(key.id, kept)];
    const sealed = await sealAlias(key, me, alias);
    const { state, problem } = await remembered(initial(me.signer, alias), async () => ({
      names: await memory.names(),
      muted: await memory.muted(),
      unsent: await restored(key, me, unsent),
    }));
    return new Room(visit, me, { memory, unsent, state, sealed, problem: problem || (me.fleeting ? NOT_LASTING : "") });
  }

  /**
   * @param {Visit} visit
   * @param {Identity} me
   * @param {{memory: Memory, unsent: UnsentMessages, state: State, sealed: string, problem: string}} begin `sealed` is the
   *   alias, `problem` what is to be said at the beginning
   */
  constructor(visit, me, { memory, unsent, state, sealed, problem }) {
    this.#problem = problem;
    this.#visit = visit;
    this.#me = me;
    this.#memory = memory;
    this.#state = state;
    this.#outbox = new Outbox(visit.key, me, unsent, {
      pending: () => this.#state.pending,
      dispatch: (action) => this.#dispatch(action),
      filled: () => this.#connection.pull(),
      settled: (client) => this.#connection.settle(client),
      notice: status.notice,
      alarm: status.alarm,
    });
    const inUse = () => !document.hidden || settings().notifications || settings().sound || this.#outbox.waiting > 0;
    const next = () => this.#outbox.next();
    const options = { url: visit.url, room: visit.key.id, alias: sealed, inUse, next };
    this.#connection = new Connection(options, this.#listener());
    this.#writer = new Writer(visit.alias, this.#writerOwner());
  }

  /** The person sees the room. */
  async show() {
    this.#shown = true;
    view.show(this.#visit);
    this.#wire();
    this.#attend(this.#atEnd); // it may have been opened behind others
    this.#showConnection();
    this.#memory.keepNames(this.#state.names);
    this.#render();
    const draft = await this.#memory.draft();
    if (this.#end.signal.aborted) return;
    composer.reset(draft);
    if (this.#problem) status.notice(this.#problem);
    if (!composer.focus()) view.focus();
  }

  close() {
    this.#end.abort();
    this.#connection.close();
    clearTimeout(this.#peopleTimer);
    if (this.#shown) view.clear();
  }

  // --- what the person does ---

  #wire() {
    const mute = this.#mute.bind(this);
    view.wire({
      leave: () => this.#leave(),
      share: () => share.open(this.#visit),
      people: () => people.open(),
      menu: () => menu.open({ alias: this.#writer.alias, settings: settings() }),
    });
    composer.wire({
      send: (text) => !this.#end.signal.aborted && this.#writer.send(text),
      typed: (text) => this.#memory.keepDraft(text),
    });
    log.wire({
      attention: (atEnd) => this.#attend(atEnd),
      retry: (client) => this.#outbox.retry(client),
      discard: (client) => this.#outbox.discard(client),
      details: (entry) => details.open(entry, this.#visit.key.id, this.#state),
      earlier: () => this.#loadEarlier(),
    });
    people.wire({ mute, opened: () => this.#checkPeople() });
    details.wire({ mute });
    menu.wire({ rename: (alias) => this.#writer.rename(alias), settings: change, forgetRoom: () => this.#forget() });
    this.#watch(this.#end.signal);
  }

  /** @param {AbortSignal} signal */
  #watch(signal) {
    const looked = () => {
      this.#attend(this.#atEnd);
      this.#showConnection();
      if (document.hidden) this.#memory.save();
      else this.#connection.check();
    };
    watchSurroundings({ looked, network: (another) => this.#connection.check(another) }, signal);
    const forgotten = () => {
      this.#outbox.close();
      this.#visit.leave(0);
    };
    this.#memory.watch({ muted: (signers) => this.#muteOnly(signers), forgotten }, signal);
  }

  /** @returns {import("./writer.js").WriterOwner} */
  #writerOwner() {
    const { key } = this.#visit;
    return {
      limit: () => this.#state.limits.text,
      say: (words) => {
        if (!this.#ready) this.#connection.check(); // somebody waits for it
        return this.#outbox.add(words);
      },
      done: (draft) => this.#memory.dropDraft(draft),
      renamed: (alias) => sealAlias(key, this.#me, alias).then((sealed) => this.#connection.rename(sealed)),
      note: (text) => this.#dispatch({ type: "noted", text, at: this.#now }),
      leave: () => this.#leave(),
    };
  }

  #leave() {
    this.#visit.leave(this.#outbox.waiting);
  }

  /**
   * @param {string} signer
   * @param {boolean} muted
   */
  #mute(signer, muted) {
    this.#dispatch({ type: "muted", signer, muted });
    this.#memory.keepMuted(signer, muted);
  }

  /** @param {Set<string>} signers as another tab has it */
  #muteOnly(signers) {
    for (const signer of new Set([...signers, ...this.#state.muted]))
      if (signers.has(signer) !== this.#state.muted.has(signer))
        this.#dispatch({ type: "muted", signer, muted: signers.has(signer) });
  }

  async #forget() {
    this.close();
    this.#memory.close();
    this.#outbox.close();
    await forget(this.#visit.key);
    this.#visit.forgotten();
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

  /** @returns {ConnectionListener} */
  #listener() {
    const { key, denied } = this.#visit;
    return {
      joined: (frame, purpose) => this.#joined(frame, purpose),
      message: async (frame) => {
        const action = await openLive(key, frame);
        const { echoed, news } = this.#receive(action);
        if (echoed.length) this.#skewMs = frame.at - Date.now();
        for (const { alias } of news) call(`New message from ${alias}`, settings());
        this.#watchPeople();
      },
      presence: async (frame) => {
        this.#dispatch(await openPresence(key, frame));
        this.#watchPeople();
      },
      gap: (after) => this.#dispatch({ type: "gap", after, at: this.#now }),
      ready: (yes) => {
        this.#ready = yes;
        this.#showConnection();
      },
      doubtful: (yes) => {
        this.#doubtful = yes;
        this.#showConnection();
      },
      refused: (frame) => this.#outbox.refused(frame),
      unconfirmed: (client) => this.#outbox.unconfirmed(client),
      waiting: (seconds) => status.notice(WAITING, seconds),
      said: (message) => status.notice(message),
      denied,
    };
  }

  /**
   * @param {JoinedFrame} frame
   * @param {JoinPurpose} purpose
   */
  async #joined(frame, purpose) {
    const [history, joined] = await openJoined(this.#visit.key, frame, purpose);
    if (purpose === "enter") this.#earlier = bytes(JSON.stringify(frame)) > FULL_BYTES;
    if (this.#receive(history).news.length) call("New messages", settings());
    this.#dispatch(joined);
    this.#writer.showLimit();
  }

  /** @param {ActionOf<"received">} action */
  #receive(action) {
    this.#quiet ||= !action.fresh || action.messages.length > 1;
    return this.#dispatch(action);
  }

  get #now() {
    return Date.now() + this.#skewMs;
  }

  #checkPeople() {
    if (this.#state.people.size !== this.#state.online) this.#connection.refresh();
  }

  #watchPeople() {
    clearTimeout(this.#peopleTimer);
    const { people, online } = this.#state;
    if (people.size !== online && online <= LISTED) this.#peopleTimer = setTimeout(() => this.#checkPeople(), LIST_MS);
  }

  // --- showing it ---

  #showConnection() {
    status.connected(this.#ready, this.#doubtful);
  }

  /** @param {Action} action */
  #dispatch(action) {
    const step = reduce(this.#state, action);
    if (step.state.names !== this.#state.names) this.#memory.keepNames(step.state.names);
    this.#state = step.state;
    for (const client of step.echoed) this.#outbox.settle(client);
    this.#quiet ||= action.type === "muted"; // what is shown again is no news
    if (this.#rendering || this.#end.signal.aborted) return step;
    this.#rendering = true;
    queueMicrotask(() => this.#render());
    return step;
  }

  #render() {
    this.#rendering = false;
    if (this.#end.signal.aborted) return;
    view.render(this.#state, this.#visit.title, { quiet: this.#quiet, canLoadEarlier: this.#earlier });
    this.#quiet = false;
  }
}
