// The shapes that the page's files hand to each other. For `tsc --checkJs` and for readers; nothing of it is served.

// --- the wire: docs/protocol.md ---

/** `alias` is opaque to the server: a sealed alias, see crypto/envelope.js. */
export interface Person {
  id: string;
  alias: string;
}

export interface MessageFrame {
  type: "message";
  id: string;
  client: string;
  from: Person;
  text: string;
  at: number;
  online: number;
}

export interface Limits {
  text: number;
  perMinute: number;
  room: number;
  historySeconds: number;
  overlapSeconds: number;
}

export interface JoinedFrame {
  type: "joined";
  room: string;
  self: string;
  members: Person[];
  online: number;
  history: MessageFrame[];
  more: boolean;
  gap: boolean;
  limits: Limits;
}

export interface PresenceFrame {
  type: "presence";
  online: number;
  joined: Person[];
  left: Person[];
}

export interface ErrorFrame {
  type: "error";
  code: string;
  message: string;
  client?: string;
  retryAfter?: number;
}

// --- what crypto/ makes of it ---

/** What a link's fragment names: a room with a random secret, or one with a name that somebody typed. */
export type Link = { kind: "key"; secret: Uint8Array<ArrayBuffer> } | { kind: "name"; name: string };

/** Everything that follows from a link's secret. The server knows `id` alone. */
export interface RoomKey {
  id: string;
  key: CryptoKey;
  /** What people call the room on this page: its name, or two words made from `id`. */
  title: string;
  named: boolean;
}

/** This browser's signature in one room. `signer` is the fingerprint of the public key: 22 characters. */
export interface Identity {
  signer: string;
  publicKey: Uint8Array<ArrayBuffer>;
  privateKey: CryptoKey;
}

/** What a message says, inside its envelope. `written` is epoch milliseconds by the writer's clock. */
export interface Words {
  alias: string;
  text: string;
  action: boolean;
  written: number;
}

/** A message of one's own that was sealed and has not been acknowledged. */
export interface Unsent extends Words {
  client: string;
  sealed: string;
  /** Why it is not to go out by itself; "" if it is. */
  problem: string;
}

/** A message frame after the envelope was opened. `carrier` is who sent it, by the sealed alias beside it. */
export type OpenedMessage = { frame: MessageFrame; carrier: string | null } & (
  | ({ verdict: "genuine"; signer: string } & Words)
  | { verdict: "undecryptable" }
  | { verdict: "forged" }
);

/** A member whose sealed alias was opened; `signer` and `alias` are null where it is not a genuine one. */
export interface OpenedPerson {
  id: string;
  alias: string | null;
  signer: string | null;
}

// --- store.js ---

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
  /** Why it failed, a sentence. */
  problem: string;
  /** Written long before it arrived, or in the future: sent late, kept back, or sent again. */
  late: boolean;
  /** The signer who used this alias first, where that is somebody else; "" otherwise. */
  borrowedFrom: string;
  namesake: boolean; // of oneself: that first one is this browser
  /** What the server has of it; null while it has nothing. */
  frame: MessageFrame | null;
  /** The sealed text as it is sent; "" until it is sealed. */
  sealed: string;
}

/** Something that is shown as what it is: not a message to be trusted. */
export interface ProblemEntry {
  kind: "problem";
  key: string;
  id: string;
  at: number;
  problem: "undecryptable" | "forged" | "replayed" | "conflict";
  /** Whose genuine words were sent again (replayed) or contradicted (conflict). */
  signer: string;
  alias: string;
  text: string;
  written: number;
  /** Who sent it, by the sealed alias beside it; "" unknown. */
  carrier: string;
  frame: MessageFrame;
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
  text: string;
}

export type Entry = MessageEntry | ProblemEntry | GapEntry | NoteEntry;

export interface State {
  /** This browser's signer in this room. */
  me: string;
  /** Sorted by id. */
  entries: Entry[];
  /** One's own messages that no echo has acknowledged, in the order they were written. */
  pending: MessageEntry[];
  people: Map<string, OpenedPerson>;
  online: number;
  /** Folded alias → the signer who was first to use it. */
  names: Map<string, string>;
  muted: Set<string>;
  /** Id of the first message that was not seen when it came; "" for no line. */
  unreadFrom: string;
  /** How many messages wait to be seen. */
  unread: number;
  /** The page is visible and its log is at the end. */
  attentive: boolean;
  limits: Limits;
}

export type Action =
  /** What an earlier visit has left; what was written more than an hour before `now` goes out only when the person says so. */
  | { type: "restored"; names: [string, string][]; muted: string[]; unsent: Unsent[]; now: number }
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
  | { type: "noted"; text: string; at: number };

// --- timeline.js: what the log shows, from top to bottom ---

export type Row =
  | { type: "day"; key: string; at: number }
  | { type: "unread"; key: string }
  | { type: "entry"; key: string; entry: Entry; grouped: boolean };

// --- text.js ---

/** A run of text, or a link (http or https only). */
export type Piece = { text: string; url?: string };

// --- connection.js ---

export interface ConnectionOptions {
  url: string;
  /** The room's id. */
  room: string;
  /** The sealed alias. */
  alias: string;
  /** Whether the socket is worth keeping alive: the page is visible, or wants to notify. */
  awake: () => boolean;
}

/**
 * Why the server was asked for a snapshot. `enter` brings the newest messages, once; `resume` what came while the
 * connection was away; `refresh` the people, and unseen messages only if the server had forgotten this member
 * meanwhile; `earlier` what was said before. All but `enter` may come in several pages, and bring messages again.
 */
export type JoinPurpose = "enter" | "resume" | "refresh" | "earlier";

/** What waits for an answer: a `send`, or a `join` and what it is for. */
export interface Request {
  purpose: JoinPurpose | "send";
  frame: { action: "join" | "send"; room: string; alias?: string; since?: string; text?: string; client?: string };
}

/** What a connection tells. The first three are awaited before the next frame is looked at. */
export interface ConnectionListener {
  joined(frame: JoinedFrame, purpose: JoinPurpose): Promise<void>;
  message(frame: MessageFrame): Promise<void>;
  presence(frame: PresenceFrame): Promise<void>;
  /** Messages after the id `after` may be missing. */
  gap(after: string): void;
  /** In the room and caught up, or not (any more). */
  ready(yes: boolean): void;
  /** `send` would be accepted now. */
  free(): void;
  /** The server refused to send this message: `rate_limited` comes with `retryAfter` seconds. */
  refused(frame: ErrorFrame & { client: string }): void;
  /** Nobody acknowledged it, however often it was sent. */
  unconfirmed(client: string): void;
  /** The server said something to the person. */
  said(message: string): void;
  /** The room cannot be entered: `message` says why. The connection is closed. */
  denied(message: string): void;
}

/** What a connection needs of the browser. Times are epoch milliseconds, `random` is in [0, 1). */
export interface World {
  WebSocket: new (url: string) => WebSocket;
  now: () => number;
  random: () => number;
  setTimeout: (action: () => void, ms: number) => number;
  clearTimeout: (timer: number | undefined) => void;
}

// --- the view ---

export interface RecentRoom {
  /** The link's fragment, without "#". */
  fragment: string;
  title: string;
  /** Epoch ms of the last visit. */
  at: number;
}

export interface Settings {
  theme: "system" | "light" | "dark";
  sound: boolean;
  notifications: boolean;
}
