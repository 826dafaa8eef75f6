// What a room's state is made of, what changes it, and the rows that are shown of it.

import type { Unsent } from "../device/types.js";
import type { Limits, OpenedMessage, OpenedPerson, SaidFrame, Words } from "../types.js";
import type { Said } from "../words/say.js";

export type SendState = "sending" | "waiting" | "failed" | "sent";

/** Its words are as they may be shown: without what would harm a reader's screen. */
export interface MessageEntry extends Words {
  kind: "message";
  /** `signer/client`: the same while it is pending and after, so that its place on the screen is kept. */
  key: string;
  /** The server's id; "" while it is pending. */
  id: string;
  client: string;
  signer: string;
  /** When the server stamped it (epoch ms); while pending, when it was written. */
  at: number;
  mine: boolean;
  state: SendState;
  /** Why it failed: a key of the catalogue, or a sentence that an earlier version of the page has kept. */
  problem: string;
  /** Written long before it arrived, or in the future: sent late, kept back, or sent again. */
  late: boolean;
  /** The signer who used this alias first, where that is somebody else; "" otherwise. */
  borrowedFrom: string;
  namesake: boolean; // of oneself: that first one is this browser
  /** What the server has of it; null while it has nothing. */
  frame: SaidFrame | null;
  /** The sealed text as it is sent; "" until it is sealed. */
  sealed: string;
}

/** Something that is shown as what it is: not a message to be trusted. */
export interface ProblemEntry {
  kind: "problem";
  key: string;
  id: string;
  at: number;
  problem: "undecryptable" | "newer" | "forged" | "replayed" | "conflict";
  /** Whose genuine words were sent again (replayed) or contradicted (conflict). */
  signer: string;
  alias: string;
  text: string;
  written: number;
  /** Who sent it, by the sealed alias beside it; "" unknown. */
  carrier: string;
  frame: SaidFrame;
}

export interface GapEntry {
  kind: "gap";
  key: string;
  id: string;
  at: number;
}

/** A line that only this browser shows: an answer to a command. */
export interface NoteEntry {
  kind: "note";
  key: string;
  id: string;
  at: number;
  said: Said;
}

/** Folded alias → who was first to use it, and in which message: its id, "" for one before all others. */
export type Names = Map<string, { signer: string; id: string }>;

/** What is kept of it: name, signer, id. An older version of the page has kept no id. */
export type KeptName = [name: string, signer: string, id?: string];

/** Of a message that was shown: its id, and its words as a number. So another copy is known to be that, and other words are. */
export interface Dropped {
  id: string;
  print: bigint;
}

export type Entry = MessageEntry | ProblemEntry | GapEntry | NoteEntry;

export interface State {
  /** This browser's signer in this room. */
  me: string;
  /** Sorted by id. */
  entries: Entry[];
  /** Id of the last entry that was pushed off the log's beginning; "" while none was. */
  cut: string;
  /** What was, batch by batch and by key. */
  dropped: Map<string, Dropped>[];
  /** One's own messages that no echo has acknowledged, in the order they were written. */
  pending: MessageEntry[];
  people: Map<string, OpenedPerson>;
  online: number;
  names: Names;
  muted: Set<string>;
  /** Id of the first message that was not seen when it came; "" for no line. */
  unreadFrom: string;
  /** Nothing up to this id is on the screen: it was cleared. "" if it was not. */
  cleared: string;
  /** How many messages wait to be seen. */
  unread: number;
  /** The page is visible and its log is at the end. */
  attentive: boolean;
  limits: Limits;
}

export type Action =
  /** What an earlier visit has left; what was written more than an hour before `now` goes out only when the person says so. */
  | { type: "restored"; names: KeptName[]; muted: string[]; unsent: Unsent[]; now: number }
  | { type: "written"; client: string; alias: string; text: string; action: boolean; written: number }
  | { type: "sealed"; client: string; sealed: string }
  | { type: "received"; messages: OpenedMessage[]; fresh: boolean }
  | { type: "joined"; people: OpenedPerson[]; online: number; limits: Limits }
  | { type: "presence"; joined: OpenedPerson[]; left: OpenedPerson[]; online: number }
  | { type: "gap"; after: string; at: number }
  | { type: "held" }
  | { type: "released" }
  | { type: "failed"; client: string; problem: string }
  | { type: "retried"; client: string }
  | { type: "discarded"; client: string }
  | { type: "attended"; attentive: boolean }
  | { type: "muted"; signer: string; muted: boolean }
  /** The screen; `yes` is false where all is to be seen again. */
  | { type: "cleared"; yes: boolean }
  /** At the end, or behind the message with the id `after`; "" for the beginning. */
  | { type: "noted"; said: Said; at: number; after?: string };

export type ActionOf<Type extends Action["type"]> = Extract<Action, { type: Type }>;

/** What an action leads to. */
export interface Step {
  state: State;
  /** `client` values of one's own messages whose echo has come. */
  echoed: string[];
  /** What came while nobody looked. */
  news: MessageEntry[];
}

// --- rows.js: what the log shows, from top to bottom ---

export type Row =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "entry"; key: string; entry: Entry; grouped: boolean };
