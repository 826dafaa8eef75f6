// What is kept on this device.

import type { Words } from "../types.js";

/** A message of one's own that was sealed and has not been acknowledged. */
export interface Unsent extends Words {
  client: string;
  sealed: string;
  /** Why it is not to go out by itself; "" if it is. */
  problem: string;
}

export interface RecentRoom {
  /** The link's fragment, without "#". */
  fragment: string;
  title: string;
  /** The room's id; an older version of the page has written none. */
  id?: string;
  /** Epoch ms of the last visit. */
  at: number;
}

export interface Settings {
  theme: "system" | "light" | "dark";
  sound: boolean;
  notifications: boolean;
  /** In a notification, too. */
  words: boolean;
  /** The quick exit is beside the menu, and by Esc three times. */
  quick: boolean;
}
