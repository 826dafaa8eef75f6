// What the connection is given and what it tells.

import type { ErrorFrame, JoinedFrame, MessageFrame, PageFrame, PresenceFrame } from "../types.js";

export interface ConnectionOptions {
  url: string;
  /** The room's id. */
  room: string;
  /** The sealed alias. */
  alias: string;
  /** Whether the socket is worth keeping alive: the page is visible, or wants to notify. */
  inUse: () => boolean;
  /** The oldest message that waits to be sent, if any. It is asked for again until it is settled, refused or unconfirmed. */
  next: () => { client: string; text: string } | undefined;
}

/**
 * Why the server was asked for a snapshot. `enter` brings the newest messages, once; `resume` what came while the
 * connection was away; `refresh` the people, that the server is still there, and unseen messages only if it had forgotten
 * this member meanwhile; `earlier` what was said before. All but `enter` may come in several pages, and bring messages again.
 * `roster` is for all the people of a large room, page by page.
 */
export type JoinPurpose = "enter" | "resume" | "refresh" | "earlier" | "roster";

/** What waits for an answer: a `send`, or a `join` and what it is for. */
export interface Request {
  purpose: JoinPurpose | "send";
  frame: {
    action: "join" | "send";
    room: string;
    alias?: string;
    accepts?: string[];
    since?: string;
    /** Only what was said: whoever asks is in the room already. */
    page?: boolean;
    /** Only who is here, behind the member of this id. */
    roster?: string;
    text?: string;
    client?: string;
  };
}

export type JoinRequest = Request & { purpose: JoinPurpose };

/** What a connection tells. The first three are awaited before the next frame is looked at. */
export interface ConnectionListener {
  joined(frame: JoinedFrame | PageFrame, purpose: JoinPurpose): Promise<void>;
  message(frame: MessageFrame): Promise<void>;
  presence(frame: PresenceFrame): Promise<void>;
  /** Messages after the id `after` may be missing. */
  gap(after: string): void;
  /** In the room and caught up, or not (any more). */
  ready(yes: boolean): void;
  /** Whether there is still a server at the other end is being asked. It is told only while `ready`. */
  doubtful(yes: boolean): void;
  /** The server refused to send this message: `rate_limited` comes with `retryAfter` seconds. */
  refused(frame: ErrorFrame & { client: string }): void;
  /** Nobody acknowledged it, however often it was sent. */
  unconfirmed(client: string): void;
  /** The room is entered later: too much is asked of the server. The next try is in so many seconds. */
  waiting(seconds: number): void;
  /** The server has refused something, and the person is to know: the code of its error. */
  said(code: string): void;
  /** The room cannot be entered: the code says why. The connection is closed. */
  denied(code: string): void;
}

/** What a connection needs of the browser. Times are epoch milliseconds, `random` is in [0, 1). */
export interface World {
  WebSocket: new (url: string) => WebSocket;
  now: () => number;
  random: () => number;
  setTimeout: (action: () => void, ms: number) => number;
  clearTimeout: (timer: number | undefined) => void;
}
