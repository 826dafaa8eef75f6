// What travels between the folders: the server's frames, and what crypto/ makes of them. Each folder has its own shapes beside
// its files. For `tsc --checkJs` and for readers; nothing of it is served.

import type { Said } from "./words/say.js";

// --- the wire: docs/protocol.md, as far as this page uses it ---

/** `alias` is opaque to the server: a sealed alias, see crypto/envelope.js. */
export interface Person {
  id: string;
  alias: string;
}

/** A message as it stands in a history. `online` is known where the history comes with who is here. */
export interface SaidFrame {
  type: "message";
  id: string;
  client: string;
  from: Person;
  text: string;
  at: number;
  online?: number;
}

export interface MessageFrame extends SaidFrame {
  online: number;
  /** Messages before this frame did not reach this member: it is to resume. */
  missed?: boolean;
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
  members: Person[];
  online: number;
  history: SaidFrame[];
  more: boolean;
  gap: boolean;
  limits: Limits;
}

/** What was said, and nothing else: the answer to who is in the room already. */
export interface PageFrame {
  type: "page";
  history: SaidFrame[];
  more: boolean;
  gap: boolean;
}

/** Some of the people of a large room, in the order of their ids: the answer to who is in it already. */
export interface RosterFrame {
  type: "roster";
  members: Person[];
  online: number;
  more: boolean;
}

export interface PresenceFrame {
  type: "presence";
  online: number;
  joined: Person[];
  left: Person[];
  missed?: boolean;
}

export interface ErrorFrame {
  type: "error";
  code: string;
  /** "" where API Gateway itself has not taken what was asked. */
  message: string;
  client?: string;
  retryAfter?: number;
}

export type Frame = MessageFrame | JoinedFrame | PageFrame | RosterFrame | PresenceFrame | ErrorFrame;

// --- what crypto/ makes of it ---

/** What a link's fragment names: a room with a random secret, or one with a name that somebody typed. */
export type Link = { kind: "key"; secret: Uint8Array<ArrayBuffer> } | { kind: "name"; name: string };

/** Everything that follows from a link's secret. The server knows `id` alone. */
export interface RoomKey {
  id: string;
  key: CryptoKey;
  /** "" for a room with a random secret. */
  name: string;
}

/** This browser's signature in one room. `signer` is the fingerprint of the public key: 22 characters. */
export interface Identity {
  signer: string;
  publicKey: Uint8Array<ArrayBuffer>;
  privateKey: CryptoKey;
  /** It is gone when the page goes: the browser's database is missing, refuses or does not answer. */
  fleeting?: boolean;
}

/** What a message says, inside its envelope. `written` is epoch milliseconds by the writer's clock. */
export interface Words {
  alias: string;
  text: string;
  action: boolean;
  written: number;
}

/** A message frame after the envelope was opened. `carrier` is who sent it, by the sealed alias beside it. */
export type OpenedMessage = { frame: SaidFrame; carrier: string | null } & (
  | ({ verdict: "genuine"; signer: string } & Words)
  | { verdict: "undecryptable" | "newer" | "forged" }
);

/** A member whose sealed alias was opened; `signer` and `alias` are null where it is not a genuine one. */
export interface OpenedPerson {
  id: string;
  alias: string | null;
  signer: string | null;
}

// --- room.js ---

export interface Visit {
  key: RoomKey;
  /** What people call the room on this page. */
  title: string;
  /** By a name that somebody typed, and others may guess. */
  named: boolean;
  /** The link that leads here. */
  address: string;
  alias: string;
  /** Of the WebSocket API. */
  url: string;
  /** Its fragment on this device's list of rooms; "" if it is not there, and then nothing is to stay of this visit. */
  listed: string;
  /** The person wants to. */
  leave: () => void;
  /** The connection was lost and is there again. */
  reconnected: () => void;
  /** The server lets nobody in. */
  denied: (problem: Said) => void;
  /** Once it is `done`, nothing of this room is left on this device. */
  forgotten: (done: Promise<boolean>) => Promise<void>;
}
