// One room, for as long as this page is in it. What the server sends is opened, changes the state and is shown; what the
// person writes goes into the outbox, from which the connection takes it.

import { Attendance } from "./attendance.js";
import { sealAlias } from "./crypto/envelope.js";
import { change, settings } from "./device/device.js";
import { forget } from "./device/places.js";
import { Earlier } from "./earlier.js";
import { openAnswer, openLive, openPresence } from "./inbox.js";
import * as later from "./later.js";
import { Connection } from "./net/connection.js";
import { begin } from "./opening.js";
import { Outbox } from "./outbox.js";
import { bounded } from "./state/bound.js";
import { reduce } from "./state/room.js";
import { Reach, watchSurroundings } from "./surroundings.js";
import * as composer from "./view/composer.js";
import * as log from "./view/log.js";
import * as view from "./view/room.js";
import * as status from "./view/status.js";
import { refusal } from "./words/say.js";
import { Writer } from "./writer.js";

/** @import { Beginning } from "./opening.js" */
/** @import { Action, ActionOf } from "./state/types.js" */
/** @import { ConnectionListener, JoinPurpose } from "./net/types.js" */
/** @import { JoinedFrame, PageFrame, Visit } from "./types.js" */

export class Room {
  #visit;
  #problem;
  #me;
  #memory;
  #state;
  #outbox;
  #connection;
  #writer;
  #earlier;
  #skewMs = 0; // the server's clock less this one's
  #reach = new Reach(() => this.#visit.reconnected());
  #atEnd = true;
  #quiet = true; // what is shown next is history: not read aloud
  #rendering = false;
  #shown = false;
  #attendance = new Attendance(() => this.#connection.fetches.refresh());
  #end = new AbortController();

  /**
   * Enter a room. What takes time happens before anything is shown, or heard.
   * @param {Visit} visit
   */
  static async open(visit) {
    return new Room(visit, await begin(visit));
  }

  /**
   * @param {Visit} visit
   * @param {Beginning} beginning
   */
  constructor(visit, { me, memory, unsent, state, sealed, problem }) {
    this.#visit = visit;
    this.#problem = problem;
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
    this.#earlier = new Earlier({
      state: () => this.#state,
      fetch: (known, spanMs) => this.#connection.fetches.earlier(known, spanMs),
      note: (said) => this.#dispatch({ type: "noted", said, at: this.#now, after: "" }),
      changed: () => this.#render(),
      uncover: () => this.#dispatch({ type: "cleared", yes: false }),
    });
    this.#writer = new Writer(visit.alias, this.#writerOwner());
  }

  /** The person sees the room. */
  async show() {
    this.#shown = true;
    view.show(this.#visit);
    this.#wire();
    this.#attend(this.#atEnd); // it may have been opened behind others
    this.#reach.show();
    this.#memory.keepNames(this.#state.names);
    this.#render();
    const draft = await this.#memory.draft();
    if (this.#end.signal.aborted) return;
    composer.reset(draft);
    if (this.#problem) status.notice(this.#problem);
    if (!composer.focus()) view.focus();
  }

  /** How many messages go out by themselves. */
  get unsent() {
    return this.#outbox.waiting;
  }

  /** Whether something is written that nobody has got yet, and that would be lost if the page was loaded anew. */
  get losesWords() {
    if (!this.#state.pending.length && composer.isEmpty()) return false;
    return !this.#memory.lasts || !this.#outbox.keepAll();
  }

  close() {
    this.#end.abort();
    this.#memory.leave();
    if (!this.#visit.listed) this.#outbox.close();
    this.#connection.close();
    this.#attendance.close();
    if (!this.#shown) return;
    view.clear();
    later.clearPeople();
  }

  // --- what the person does ---

  #wire() {
    const mute = this.#mute.bind(this);
    const { signal } = this.#end;
    const rename = this.#writer.rename.bind(this.#writer);
    const onMenu = { rename, settings: change, forgetRoom: () => this.#forget(), clear: () => this.#writer.clear() };
    later.offerExit(onMenu.forgetRoom);
    view.wire({
      leave: this.#visit.leave,
      share: () => later.openShare(this.#visit, signal),
      people: () => later.openPeople(signal),
      menu: () => later.openMenu(onMenu, { alias: this.#writer.alias, settings: settings() }, signal),
    });
    composer.wire({
      send: (text, pasted) => !this.#end.signal.aborted && this.#writer.send(text, pasted),
      typed: (text) => this.#writer.typed(text),
    });
    log.wire({
      attention: (atEnd) => this.#attend(atEnd),
      retry: (client) => this.#outbox.retry(client),
      discard: (client) => this.#outbox.discard(client),
      details: (entry) => later.openDetails(entry, { room: this.#visit.key.id, state: this.#state, mute }, signal),
      earlier: () => this.#earlier.load(),
    });
    later.wirePeople({ mute, opened: () => this.#lookAtPeople() });
    this.#watch(signal);
  }

  /** @param {AbortSignal} signal */
  #watch(signal) {
    const looked = () => {
      this.#attend(this.#atEnd);
      this.#reach.show();
      if (document.hidden) this.#memory.save();
      else this.#connection.check();
    };
    watchSurroundings({ looked, network: (another) => this.#connection.check(another) }, signal);
    const forgotten = () => this.#forget();
    this.#memory.watch({ muted: (signers) => this.#muteOnly(signers), forgotten }, signal);
  }

  /** @returns {import("./writer.js").WriterOwner} */
  #writerOwner() {
    const { key } = this.#visit;
    return {
      limit: () => this.#state.limits.text,
      say: (words) => {
        if (!this.#reach.isReady) this.#connection.check(); // somebody waits for it
        return this.#outbox.add(words);
      },
      typed: (draft) => this.#memory.keepDraft(draft),
      done: (draft) => this.#memory.dropDraft(draft),
      renamed: async (alias) => this.#connection.rename(await sealAlias(key, this.#me, alias)),
      note: (said) => this.#dispatch({ type: "noted", said, at: this.#now }),
      clear: () => this.#dispatch({ type: "cleared", yes: true }),
      leave: this.#visit.leave,
    };
  }

  /**
   * @param {string} signer
   * @param {boolean} muted
   */
  #mute(signer, muted) {
    this.#dispatch({ type: "muted", signer, muted });
    this.#memory.keepMuted(signer, muted);
  }

  /** In a large room, only who asks is told who all are. */
  #lookAtPeople() {
    this.#attendance.check(this.#state);
    if (this.#state.people.size < this.#state.online) this.#connection.fetches.roster();
  }

  /** @param {Set<string>} signers as another tab has it */
  #muteOnly(signers) {
    for (const signer of new Set([...signers, ...this.#state.muted]))
      if (signers.has(signer) !== this.#state.muted.has(signer))
        this.#dispatch({ type: "muted", signer, muted: signers.has(signer) });
  }

  #forget() {
    this.#memory.close();
    this.#outbox.close();
    this.close();
    return this.#visit.forgotten(forget(this.#visit.key.id));
  }

  /** @param {boolean} atEnd */
  #attend(atEnd) {
    this.#atEnd = atEnd;
    const attentive = atEnd && !document.hidden;
    if (attentive !== this.#state.attentive) this.#dispatch({ type: "attended", attentive });
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
        for (const entry of news) later.call(entry, settings());
        this.#attendance.watch(() => this.#state);
      },
      presence: async (frame) => {
        const action = await openPresence(key, frame);
        this.#attendance.told(action);
        this.#dispatch(action);
        this.#attendance.watch(() => this.#state);
      },
      gap: (after) => this.#dispatch({ type: "gap", after, at: this.#now }),
      ready: (yes) => this.#reach.setReady(yes),
      doubtful: (yes) => this.#reach.setDoubtful(yes),
      refused: (frame) => this.#outbox.refused(frame),
      unconfirmed: (client) => this.#outbox.unconfirmed(client),
      waiting: (seconds) => status.notice("crowded", seconds),
      said: (code) => status.notice(refusal(code)),
      denied: (code) => denied(refusal(code)),
    };
  }

  /**
   * @param {JoinedFrame | PageFrame} frame its history first: it was there before who is here now
   * @param {JoinPurpose} purpose
   */
  async #joined(frame, purpose) {
    const [history, joined] = await openAnswer(this.#visit.key, frame, purpose);
    if (frame.type === "joined" && purpose === "enter") this.#earlier.entered(frame);
    if (this.#receive(history).news.length) later.call(null, settings());
    if (!joined) return;
    this.#dispatch(joined);
    for (const told of this.#attendance.recent(joined.online)) this.#dispatch(told);
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

  // --- showing it ---

  /** @param {Action} action */
  #dispatch(action) {
    const step = reduce(this.#state, action);
    if (step.state.names !== this.#state.names) this.#memory.keepNames(step.state.names);
    this.#state = bounded(step.state);
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
    later.showPeople(this.#state);
    view.render(this.#state, this.#visit.title, { quiet: this.#quiet, canLoadEarlier: this.#earlier.offered });
    this.#quiet = false;
  }
}
