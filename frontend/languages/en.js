// English: what scripts say in a room. What always stands on the page is in index.html.

import first from "./en-first.js";

export default {
  ...first,

  // links and names of rooms
  "link-cut": "This link is not whole: its key was cut off or changed. Ask for it again and copy all of it.",
  "link-neither": "This link leads to no room: it has neither a key nor a name.",
  "link-no-name": "This link leads to no room. {problem}",
  "room-name-empty": "A room’s name needs at least one character.",
  "room-name-long": {
    one: "A room’s name has at most {count} character.",
    other: "A room’s name has at most {count} characters.",
  },
  "room-name-odd": "This name holds something that is no letter, digit or sign.",

  // coming and going
  forgetting: "Forgetting…",
  "keys-may-remain":
    "Your keys may still be on this device: this browser did not answer. Load the page again. If that does not help, delete what this browser has kept of this site.",
  "leave-unsent": {
    one: "{count} message waits to be sent, and this room is not remembered. Leave once more to leave without sending.",
    other:
      "{count} messages wait to be sent, and this room is not remembered. Leave once more to leave without sending.",
  },
  "left-unsent": {
    one: "{count} message waits to be sent in {room}: open it again for that.",
    other: "{count} messages wait to be sent in {room}: open it again for that.",
  },
  "left-aside":
    "What this browser had kept of this room does not suit this version of the page: the room is open without it.",
  "not-lasting": "This browser keeps no key for the page: after a reload, others see you as somebody new.",
  "not-opened":
    "This room did not open. Try it once more, or load the page again. If that does not help, what an earlier version has left on this device may not suit this one: forget it, below.",
  "not-whole": "A part of this page did not come. Please load it again.",

  // the server
  checking: "Checking the connection…",
  connecting: "Connecting… What you write is kept and goes out by itself.",
  "connecting-unkept": "Connecting… What you write goes out by itself, unless you close this page.",
  crowded: "Too many attempts to enter at once. This page tries again by itself.",
  "server-bad_request": "The server does not understand what this page asks. Please load it again.",
  "server-not_joined": "For the server you are not in this room.",
  "server-other": "The server has refused this.",
  "server-rate_limited": "That was too much at once. Please try again in a minute.",
  "server-room_full": "This room is full.",
  "server-server_error": "Something went wrong on the server. Please try again.",
  "server-too_long": "This is longer than the server allows.",
  "server-unknown_action": "The server does not know what this page asks. Please load it again.",

  // the bar on top, and who is here
  guessable: "Guessable name",
  "guessable-more": ": anyone who guesses it can read along",
  here: { one: "{count} here", other: "{count} here" },
  "no-name": "(no name)",
  encrypted: "Encrypted end to end",

  // the log
  "earlier-full": "No more messages are shown at once. What was said before is back once you have been at the end.",
  "earlier-gone": "What was said before is no longer kept by the server.",
  gap: "You were away for longer than messages are kept: some may be missing.",
  "new-messages": "New messages",
  newest: "Newest messages",
  today: "Today",
  unseen: { one: "{count} new message", other: "{count} new messages" },
  yesterday: "Yesterday",

  // a message
  delete: "Delete",
  "details-at": "Details, {time}",
  "details-short": "Details",
  late: "Written at {time}, arrived later.",
  "late-ahead": "By its writer’s clock it was {time}.",
  namesake: "Has your name, but another key.",
  "not-sent": "Not sent. {problem}",
  "other-key": "Not the {name} who spoke before: another key.",
  retry: "Retry",
  sending: "Sending…",
  "waits-its-turn": "Waits its turn",

  // what is no message to be trusted
  conflict: "{name} {handle} signed two different messages as one and the same. The other one says: {quote}",
  forged: "A message whose signature is false: somebody changed it, or pretends to be somebody else.",
  newer: "A message from a newer version of this page: reload to see it.",
  replayed: "Somebody sent again what {name} {handle} wrote at {time}: {quote}",
  undecryptable: "A message that this room’s key does not open.",

  // for who listens
  "heard-earlier": { one: "{count} earlier message", other: "{count} earlier messages" },
  "heard-messages": { one: "{count} message", other: "{count} messages" },
  "row-at": "{row}, {time}",
  says: "{name}: {text}",
  does: "{name} {text}",
  "who-borrows": "{name}, not the one who spoke before under this name",
  "who-handle": "{name}, {handle}",
  "who-namesake": "{name}, who has your name",
  you: "You",

  // what one writes
  help: "/nick Ada – be called Ada\n/me waves – say what you are doing\n/clear – clear this screen\n/leave – leave the room\n/help – show this\n//me – say “/me”: two slashes for a text that begins with one",
  cleared: "This screen was cleared, and only this one. “Earlier messages” shows them again.",
  "keys-hint": "Enter sends, Shift and Enter makes a new line.",
  left: "{count} left",
  "name-needed": "A name has at least one letter. For example: /nick Ada",
  over: "{count} too long",
  renamed: "You are {name} now.",
  "room-left": { one: "Room for {count} more character.", other: "Room for {count} more characters." },
  "too-long": "This is too long for one message.",
  "too-long-by": {
    one: "That is too long for one message, by {count} byte.",
    other: "That is too long for one message, by {count} bytes.",
  },
  unsendable: "Pictures and files cannot be sent here, only text.",
  "unknown-command": "There is no command /{name}. Two slashes send the text as it is: //{name}",

  // what becomes of it
  "lost-key": "This browser has lost the key it was written with.",
  "not-encrypted": "Your browser could not encrypt it.",
  "not-kept": "This browser keeps nothing for the page: do not close it before your message is sent.",
  "not-sent-alarm": "Message not sent. {problem}",
  quick: "That was quick. What you write goes out by itself.",
  seconds: "{count} s",
  stale: "It was written a while ago.",
  unconfirmed: "The server did not confirm it.",

  // notifications
  "message-from": "New message from {name}",
};
