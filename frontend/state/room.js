// What one room shows and how each event changes it: data in, data out. Nothing that was handed in is ever changed, and
// what stays the same stays the same object, so that the view can compare by ===. Names and texts of others are cleaned
// as they come in: whatever is in the state may be shown.

import { shownAlias, shownText } from "../words/text.js";
import { borrowedFrom, learn } from "./names.js";

/** @import { Action, Entry, Limits, MessageEntry, OpenedMessage, OpenedPerson, ProblemEntry, State, Words } from "../types.js" */

/** @typedef {OpenedMessage & {verdict: "genuine"}} GenuineMessage */
/** @template {Action["type"]} Type @typedef {Extract<Action, {type: Type}>} Of */

const BEGINNING = "0".repeat(13); // sorts before every message id
const BEHIND = "~"; // sorts behind every character of a message id
const LINE_DIGITS = 6;
const LATE_MS = 10 * 60_000; // more than clocks and retries explain
const STALE_MS = 60 * 60_000; // what was written longer ago goes out only when the person says so

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
    pending: [],
    people: new Map(),
    online: 0,
    names: learn(new Map(), alias, me),
    muted: new Set(),
    unreadFrom: "",
    unread: 0,
    attentive: true,
    limits: USUAL_LIMITS,
  };
}

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  switch (action.type) {
    case "restored":
      return restored(state, action);
    case "written":
      return written(state, action);
    case "sealed":
      return amend(state, action.client, { sealed: action.sealed });
    case "received":
      return received(state, action);
    case "joined":
      return joined(state, action);
    case "presence":
      return presence(state, action);
    case "gap":
      return gap(state, action);
    case "held":
      return turn(state, "sending", "waiting");
    case "released":
      return turn(state, "waiting", "sending");
    case "failed":
      return amend(state, action.client, { state: "failed", problem: action.problem });
    case "retried":
      return retried(state, action);
    case "discarded":
      return { ...state, pending: state.pending.filter(({ client }) => client !== action.client) };
    case "attended":
      return { ...state, attentive: action.attentive, unread: action.attentive ? 0 : state.unread };
    case "muted":
      return muted(state, action);
    case "noted":
      return withLine(state, newest(state), { kind: "note", text: action.text, at: action.at });
  }
}

// --- one's own messages, until their echo comes ---

/**
 * The message to be sent now, if any: none overtakes another.
 * @param {State} state
 */
export function next({ pending }) {
  const first = pending.find(({ state }) => state !== "failed");
  return first?.state === "sending" && first.sealed ? first : undefined;
}

/**
 * @param {State} state
 * @param {Of<"restored">} action
 * @returns {State}
 */
function restored(state, { names, muted, unsent, now }) {
  const known = new Set([...state.entries, ...state.pending].map(({ key }) => key));
  /** @type {MessageEntry[]} */
  const pending = unsent.map(({ client, sealed, problem, ...words }) => {
    const entry = { ...unsentEntry(state, client, words), sealed };
    const why = problem || (now - words.written > STALE_MS ? "It was written a while ago." : "");
    return why ? { ...entry, state: "failed", problem: why } : entry;
  });
  return {
    ...state,
    names: new Map([...state.names, ...names]), // whoever had a name before this visit had it first
    muted: new Set([...state.muted, ...muted]),
    pending: [...pending.filter(({ key }) => !known.has(key)), ...state.pending],
  };
}

/**
 * @param {State} state
 * @param {Of<"written">} action
 * @returns {State}
 */
function written(state, { client, alias, text, action, written }) {
  const named = { ...state, names: learn(state.names, alias, state.me) };
  const entry = unsentEntry(named, client, { alias, text, action, written });
  return { ...named, pending: [...state.pending, entry], unread: 0, unreadFrom: "" };
}

/**
 * @param {State} state
 * @param {Of<"retried">} action
 * @returns {State}
 */
function retried(state, { client }) {
  const { pending } = amend(state, client, { state: "sending", problem: "" });
  const again = pending.filter((entry) => entry.client === client);
  return { ...state, pending: [...pending.filter((entry) => entry.client !== client), ...again] };
}

/**
 * @param {State} state
 * @param {string} client
 * @param {Partial<MessageEntry>} part
 * @returns {State}
 */
function amend(state, client, part) {
  return { ...state, pending: state.pending.map((entry) => (entry.client === client ? { ...entry, ...part } : entry)) };
}

/**
 * All own messages of one state are now in another.
 * @param {State} state
 * @param {"sending" | "waiting"} from
 * @param {"sending" | "waiting"} to
 * @returns {State}
 */
function turn(state, from, to) {
  return { ...state, pending: state.pending.map((entry) => (entry.state === from ? { ...entry, state: to } : entry)) };
}

/**
 * @param {State} state
 * @param {string} client
 * @param {Words} words
 * @returns {MessageEntry}
 */
function unsentEntry({ me, names }, client, words) {
  const { alias, text } = legible(words);
  return {
    kind: "message",
    key: keyOf(me, client),
    id: "",
    client,
    signer: me,
    ...words,
    alias,
    text,
    at: words.written,
    mine: true,
    state: "sending",
    problem: "",
    late: false,
    borrowedFrom: borrowedFrom(names, alias, me),
    namesake: false,
    frame: null,
    sealed: "",
  };
}

// --- what the server brings ---

/**
 * @param {State} state
 * @param {Of<"received">} action
 * @returns {State}
 */
function received(state, { messages, fresh }) {
  // The one state that is changed in place, until it is handed out: a copy for each of many messages would be slow.
  const open = { ...state, entries: [...state.entries] };
  const unseen = [];
  for (const sealed of messages) {
    const message = sealed.verdict === "genuine" ? { ...sealed, ...legible(sealed) } : sealed;
    open.online = message.frame.online;
    if (open.entries[placeOf(open.entries, message.frame.id)]?.id === message.frame.id) continue;
    const entry = take(open, message);
    if (fresh) open.people = withAuthor(open, message);
    if (entry && fresh && !state.attentive && isNews(state, entry)) unseen.push(entry.id);
  }
  return { ...open, ...counted(state, open.unreadFrom, unseen) };
}

/**
 * Put one message where it belongs. A copy of what is shown already is no news.
 * @param {State} open changed in place
 * @param {OpenedMessage} message
 * @returns {Entry | null} what is new
 */
function take(open, message) {
  if (message.verdict !== "genuine") return insert(open.entries, problemEntry(message.verdict, message));
  if (message.carrier !== message.signer) return insert(open.entries, problemEntry("replayed", message));

  const key = keyOf(message.signer, message.frame.client);
  const unsent = open.pending.find((entry) => entry.key === key);
  const shown = unsent ?? messageEntry(open.entries, key);
  if (shown && !sameWords(shown, message)) return insert(open.entries, problemEntry("conflict", message));

  open.names = learn(open.names, message.alias, message.signer);
  const entry = sentEntry(open, message);
  if (unsent) open.pending = open.pending.filter((other) => other !== unsent);
  else if (shown) return move(open, shown, entry);
  return insert(open.entries, entry);
}

/**
 * All readers settle on the smallest id of the copies, so that they see the same order.
 * @param {State} open changed in place
 * @param {MessageEntry} shown
 * @param {MessageEntry} copy
 */
function move(open, shown, copy) {
  if (copy.id > shown.id) return null;
  if (open.unreadFrom && shown.id >= open.unreadFrom && copy.id < open.unreadFrom) open.unreadFrom = copy.id;
  open.entries.splice(open.entries.indexOf(shown), 1);
  insert(open.entries, copy);
  return null;
}

/**
 * @param {State} state
 * @param {GenuineMessage} message
 * @returns {MessageEntry}
 */
function sentEntry({ me, names }, { frame, signer, alias, text, action, written }) {
  const first = borrowedFrom(names, alias, signer);
  return {
    kind: "message",
    key: keyOf(signer, frame.client),
    id: frame.id,
    client: frame.client,
    signer,
    alias,
    text,
    action,
    written,
    at: frame.at,
    mine: signer === me,
    state: "sent",
    problem: "",
    late: Math.abs(frame.at - written) > LATE_MS,
    borrowedFrom: first,
    namesake: first === me,
    frame,
    sealed: frame.text,
  };
}

/**
 * @param {ProblemEntry["problem"]} problem
 * @param {OpenedMessage} message
 * @returns {ProblemEntry}
 */
function problemEntry(problem, message) {
  const { frame, carrier } = message;
  const nobody = { signer: "", alias: "", text: "", written: 0 };
  const { signer, alias, text, written } = message.verdict === "genuine" ? message : nobody;
  const said = { signer, alias, text, written };
  return {
    kind: "problem",
    key: frame.id,
    id: frame.id,
    at: frame.at,
    problem,
    ...said,
    carrier: carrier ?? "",
    frame,
  };
}

/** @param {Words} words */
function legible({ alias, text }) {
  return { alias: shownAlias(alias), text: shownText(text) };
}

/**
 * @param {MessageEntry} entry
 * @param {Words} words
 */
function sameWords(entry, { alias, text, action, written }) {
  return entry.text === text && entry.alias === alias && entry.action === action && entry.written === written;
}

// --- what was not seen when it came ---

/**
 * @param {State} state
 * @param {Entry} entry
 */
function isNews({ muted }, entry) {
  return entry.kind === "message" && !entry.mine && !muted.has(entry.signer);
}

/**
 * @param {State} state before these messages
 * @param {string} unreadFrom
 * @param {string[]} unseen ids
 */
function counted({ unread }, unreadFrom, unseen) {
  if (!unseen.length) return { unread, unreadFrom };
  const [first] = unseen.toSorted();
  return { unread: unread + unseen.length, unreadFrom: unread && unreadFrom < first ? unreadFrom : first };
}

/**
 * @param {State} state
 * @param {Of<"muted">} action
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
 * @param {Of<"joined">} action
 * @returns {State}
 */
function joined(state, { people, online, limits }) {
  const here = people.map(legiblePerson);
  return { ...state, people: byId(here), online, limits, names: learnAll(state.names, here) };
}

/**
 * @param {State} state
 * @param {Of<"presence">} action
 * @returns {State}
 */
function presence(state, { joined, left, online }) {
  const came = joined.map(legiblePerson);
  const people = byId([...state.people.values(), ...came]);
  for (const { id } of left) people.delete(id);
  return { ...state, people, online, names: learnAll(state.names, came) };
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
function legiblePerson(person) {
  return person.alias === null ? person : { ...person, alias: shownAlias(person.alias) };
}

/** @param {OpenedPerson[]} people */
function byId(people) {
  return new Map(people.map((person) => [person.id, person]));
}

/**
 * @param {Map<string, string>} names
 * @param {OpenedPerson[]} people
 */
function learnAll(names, people) {
  return people.reduce((known, { alias, signer }) => (alias && signer ? learn(known, alias, signer) : known), names);
}

// --- lines that are no messages ---

/**
 * One gap has one line, however often the connection comes back to it.
 * @param {State} state
 * @param {Of<"gap">} action
 * @returns {State}
 */
function gap(state, { after, at }) {
  const place = after || BEGINNING;
  const told = state.entries.some(({ kind, id }) => kind === "gap" && id.startsWith(place + BEHIND));
  return told ? state : withLine(state, place, { kind: "gap", at });
}

/**
 * @param {State} state
 * @param {string} place the message id that it follows
 * @param {{kind: "gap", at: number} | {kind: "note", at: number, text: string}} line
 * @returns {State}
 */
function withLine(state, place, line) {
  const number = String(state.entries.length).padStart(LINE_DIGITS, "0"); // grows with every line
  const id = place + BEHIND + number;
  const entries = [...state.entries];
  insert(entries, { ...line, key: id, id });
  return { ...state, entries };
}

/** @param {State} state */
function newest({ entries }) {
  return entries.at(-1)?.id.split(BEHIND)[0] ?? BEGINNING;
}

// --- entries, sorted by id ---

/**
 * Where an entry with this id is, or would be.
 * @param {Entry[]} entries
 * @param {string} id
 */
function placeOf(entries, id) {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (entries[middle].id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * @template {Entry} Kind
 * @param {Entry[]} entries changed in place
 * @param {Kind} entry
 */
function insert(entries, entry) {
  entries.splice(placeOf(entries, entry.id), 0, entry);
  return entry;
}

/**
 * @param {Entry[]} entries
 * @param {string} key
 */
function messageEntry(entries, key) {
  for (const entry of entries) if (entry.key === key && entry.kind === "message") return entry;
  return undefined;
}

/**
 * @param {string} signer
 * @param {string} client
 */
function keyOf(signer, client) {
  return `${signer}/${client}`;
}
