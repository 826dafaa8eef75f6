// English: what the scripts say that no first view has. What always stands in their dialogs is in dialogs.html.

export default {
  // the look for a newer version
  "send-first": "Send what you have written first: this browser keeps nothing for the page.",

  // the log as a whole
  "file-named": "A room with a guessable name",
  "file-open": "Not encrypted: whoever has this file can read it.",
  "file-saved": "Saved on {time}.",
  "file-you": "{handle}, you",
  "not-saved": "Your browser does not let the page save a file.",
  "saved-as": "Saved as {name}.",
  "show-all": "Show all",
  "show-less": "Show less",
  "you-tag": "(you)",

  // being gone at once
  forgotten:
    "You have left the room, and it is forgotten on this device: its link, your key in it, your draft and what waited to be sent. The browser’s own history may still list it.",
  "quick-exit": "Quick exit",

  // who is here
  "and-more": { one: "and {count} more", other: "and {count} more" },
  devices: "×{count}",
  "has-your-name": "has your name",
  mute: "Mute",
  "mute-name": "Mute {name}",
  "not-first": "not the first of this name",
  "not-here": "(not here)",
  somebody: "Somebody",
  unmute: "Unmute",
  "unmute-name": "Unmute {name}",
  unverified: "Unverified",

  // the dialog "Message details"
  arrived: "Arrived",
  "by-server": "{time}, by the server’s clock",
  "by-writer": "{time}, by the writer’s clock",
  "cannot-copy": "Your browser does not let the page copy.",
  copied: "Copied.",
  "first-called": "Somebody else, {handle}, was first to be called {name} here. These may be two people.",
  from: "From",
  genuine: "Genuine. It was sealed with this room’s key and signed by {handle}; nobody has changed it on its way.",
  handle: "Handle",
  "hidden-here": "Hidden on this device. Nobody is told.",
  key: "Key",
  "long-way":
    "Between its writing and its arrival lies more time than usual: it was held back on its way, or a clock is wrong.",
  "nobody-knows": "Nobody knows",
  "shown-again": "Shown again.",
  "they-have-your-name": "They have your name, but another key.",
  "was-sending": "On its way. The server has not confirmed it yet.",
  "was-sent": "Sent. The server has passed it on, with the very words you wrote.",
  "was-waiting": "It waits its turn and goes out by itself.",
  written: "Written",
  "wrong-conflict": "{name}, {handle}, gave two different messages the same number. This is the other one.",
  "wrong-forged":
    "Somebody who has the link made it, but its signature is wrong: it was changed, or it claims to be from somebody else.",
  "wrong-newer":
    "A newer version of this page made it with this room’s key. This version cannot read it: reload the page.",
  "wrong-replayed": "{name}, {handle}, did write this, but it was somebody else who sent it again.",
  "wrong-undecryptable":
    "This room’s key does not open it. Somebody without the link made it, or it was damaged on its way.",

  // the dialogs "Share this room" and "Menu"
  "copy-yourself": "Your browser does not let the page copy. The link is selected: copy it from there.",
  "name-is": "This is your name now.",
  "name-is-none": "A name has at least one letter or digit.",
  "not-allowed": "Your browser does not allow it. Its settings for this page can change that.",
  "qr-code": "QR code of the link",
  "share-failed": "Sharing did not work. Copy the link instead.",
  "warn-key": "Whoever has this link can read the room and write in it. Send it only to people you want there.",
  "warn-name": "Whoever guesses this room’s name can read it and write in it, with or without the link.",
};
