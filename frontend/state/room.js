// What one room shows and how each event changes it: data in, data out. Nothing that was handed in is ever changed, and
// what stays the same stays the same object, so that the view can compare by ===. Names and texts of others are cleaned
// as they come in: whatever is in the state may be shown.

import { shownAlias } from "../words/text.js";
import { gap, noted, placeOf, shownWords, take } from "./log.js";
import { fold, learn, marked, since } from "./names.js";
import { changedUnsent, restoredUnsent } from "./unsent.js";

/** @import { Action, ActionOf, Entry, KeptName, MessageEntry, Names, State, Step } from "./types.js" */
/** @import { Limits, OpenedMessage, OpenedPerson } from "../types.js" */

/** @type {Limits} Until the server tells its own. */
const USUAL_LIMITS = { text: 8192, perMinute: 30, room: 50, historySeconds: 600, overlapSeconds: 15 };

/**
 * A room that nothing is known of yet. The name somebody enters with is theirs from the beginning.
 * @param {string} me
 * @param {string} [alias]
 * @returns {State}
 */
export function initial(me, alias = "") {
  return {
    me,
    entries: [],
    cut: "",
    dropped: [],
    pending: [],
    people: new Map(),
    online: 0,
    names: learn(new Map(), alias, me, ""),
    muted: new Set(),
    unreadFrom: "",
    cleared: "",
    unread: 0,
    attentive: true,
    limits: USUAL_LIMITS,
  };
}

/**
 * @param {State} state
 * @param {Action} action
 * @returns {Step}
 */
export function reduce(state, action) {
  const step =
    action.type === "received" ? received(state, action) : { state: changed(state, action), echoed: [], news: [] };
  return step.state.names === state.names ? step : { ...step, state: remarked(step.state) };
}

/**
 * A name has been learnt, perhaps from an earlier message than its owner's so far: rows that are shown already follow.
 * @param {State} state
 * @returns {State}
 */
function remarked(state) {
  const { me, names, entries, pending } = state;
  return { ...state, entries: marked(entries, names, me), pending: marked(pending, names, me) };
}

/**
 * @param {State} state
 * @param {Exclude<Action, {type: "received"}>} action
 * @returns {State}
 */
function changed(state, action) {
  switch (action.type) {
    case "restored":
      return restored(state, action);
    case "joined":
      return joined(state, action);
    case "presence":
      return presence(state, action);
    case "gap":
      return gap(state, action);
    case "noted":
      return noted(state, action);
    case "attended":
      return { ...state, attentive: action.attentive, unread: action.attentive ? 0 : state.unread };
    case "muted":
      return muted(state, action);
    case "cleared":
      return { ...state, cleared: action.yes ? (state.entries.at(-1)?.id ?? "") : "", unread: 0, unreadFrom: "" };
    default:
      return changedUnsent(state, action);
  }
}

/**
 * @param {State} state
 * @param {ActionOf<"restored">} action
 * @returns {State}
 */
function restored(state, action) {
  return {
    ...state,
    names: action.names.reduceRight(withKept, state.names),
    muted: new Set([...state.muted, ...action.muted]),
    pending: restoredUnsent(state, action),
  };
}

/**
 * Whoever had a name before this visit had it first, even before this browser's own. Another version may have folded it
 * otherwise, and of two names that are one now the earlier counts: it is kept first.
 * @param {Names} names
 * @param {KeptName} kept
 */
const withKept = (names, [name, signer, id = ""]) => new Map(names).set(fold(name), { signer, id });

// --- what the server brings ---

/**
 * @param {State} state
 * @param {ActionOf<"received">} action
 * @returns {Step}
 */
function received(state, { messages, fresh }) {
  // The one state that is changed in place, until it is handed out: a copy for each of many messages would be slow.
  const open = { ...state, entries: [...state.entries] };
  /** @type {MessageEntry[]} */
  const news = [];
  for (const sealed of messages) {
    const message = sealed.verdict === "genuine" ? { ...sealed, ...shownWords(sealed) } : sealed;
    open.online = message.frame.online ?? open.online;
    if (open.entries[placeOf(open.entries, message.frame.id)]?.id === message.frame.id) continue;
    const entry = take(open, message);
    if (fresh) open.people = withAuthor(open, message);
    if (entry && fresh && !state.attentive && isNews(state, entry)) news.push(entry);
  }
  return { state: { ...open, ...counted(state, open.unreadFrom, news) }, echoed: echoed(open, messages), news };
}

/**
 * Signed by this browser's key, so it is an echo: nobody else can fake one. Unless it has other words under its number.
 * @param {State} state after these messages
 * @param {OpenedMessage[]} messages
 */
function echoed({ me, pending }, messages) {
  const own = messages.filter((message) => message.verdict === "genuine" && message.signer === me);
  const clients = own.map(({ frame }) => frame.client);
  return clients.filter((client) => pending.every((entry) => entry.client !== client));
}

// --- what was not seen when it came ---

/**
 * @param {State} state
 * @param {Entry} entry
 * @returns {entry is MessageEntry}
 */
function isNews({ muted }, entry) {
  return entry.kind === "message" && !entry.mine && !muted.has(entry.signer);
}

/**
 * @param {State} state before these messages
 * @param {string} unreadFrom
 * @param {MessageEntry[]} news
 */
function counted({ unread }, unreadFrom, news) {
  if (!news.length) return { unread, unreadFrom };
  const [first] = news.map(({ id }) => id).sort();
  return { unread: unread + news.length, unreadFrom: unread && unreadFrom < first ? unreadFrom : first };
}

/**
 * @param {State} state
 * @param {ActionOf<"muted">} action
 * @returns {State}
 */
function muted(state, { signer, muted }) {
  const others = [...state.muted].filter((other) => other !== signer);
  const after = { ...state, muted: new Set(muted ? [...others, signer] : others) };
  const unseen = state.entries.filter((entry) => entry.id >= state.unreadFrom && isNews(after, entry));
  return { ...after, unread: Math.min(state.unread, unseen.length) };
}

// --- who is here ---

/**
 * @param {State} state
 * @param {ActionOf<"joined">} action
 * @returns {State}
 */
function joined(state, { people, online, limits }) {
  const here = people.map(shownPerson);
  return { ...state, people: byId(here), online, limits, names: learnAll(state, here) };
}

/**
 * @param {State} state
 * @param {ActionOf<"presence">} action
 * @returns {State}
 */
function presence(state, { joined, left, online }) {
  const came = joined.map(shownPerson);
  const people = byId([...state.people.values(), ...came]);
  for (const { id } of left) people.delete(id);
  return { ...state, people, online, names: learnAll(state, came) };
}

/**
 * Large rooms do not tell who comes: whoever speaks is here.
 * @param {State} state
 * @param {OpenedMessage} message
 */
function withAuthor({ people, online }, message) {
  const { id } = message.frame.from;
  if (message.verdict !== "genuine" || message.carrier !== message.signer) return people;
  if (people.has(id) || people.size >= online) return people;
  return new Map(people).set(id, { id, alias: message.alias, signer: message.signer });
}

/**
 * @param {OpenedPerson} person
 * @returns {OpenedPerson}
 */
function shownPerson(person) {
  return person.alias === null ? person : { ...person, alias: shownAlias(person.alias) };
}

/** @param {OpenedPerson[]} people */
function byId(people) {
  return new Map(people.map((person) => [person.id, person]));
}

/**
 * Who is here uses a name since the newest message, as far as anybody knows.
 * @param {State} state
 * @param {OpenedPerson[]} people
 */
function learnAll(state, people) {
  const id = since(state);
  return people.reduce(
    (names, { alias, signer }) => (alias && signer ? learn(names, alias, signer, id) : names),
    state.names,
  );
}
