// The wiring: which room the address names, and what goes where between its log, its connection and the page.

import { randomAlias, rememberAlias, rememberedAlias } from "./alias.js";
import config from "./config.js";
import { Connection } from "./connection.js";
import { Log } from "./log.js";
import { Members } from "./members.js";
import * as view from "./view.js";

const ROOM_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const TROUBLE_MS = 2000; // shorter interruptions are nobody's business

let room = null; // the one this page is in: {name, alias, log, members, connection}
let trouble = 0;

function route() {
  const name = roomInAddress();
  if (name === room?.name) return;
  leave();
  const alias = rememberedAlias();
  if (ROOM_NAME.test(name) && alias) enter(name, alias);
  else view.showEntry({ room: name, alias: alias || randomAlias(), problem: name && !ROOM_NAME.test(name) ? naming(name) : "" });
}

function roomInAddress() {
  const fragment = location.hash.slice(1);
  try { return decodeURIComponent(fragment); } catch { return fragment; }
}

function naming(name) {
  const proposal = name.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64);
  const rule = "A room's name has 1 to 64 letters (a to z), digits, - or _.";
  return proposal && proposal !== name ? `${rule} How about “${proposal}”?` : rule;
}

// A new room gets a new socket: frames of the old one cannot stray into it, and the two memberships share no id.
function leave() {
  room?.connection.close();
  clearTimeout(trouble);
  room = null;
}

function enter(name, alias) {
  view.showRoom(name);
  const [log, members] = [new Log(), new Members()];
  const show = () => view.showMembers(members, log.selves);
  log.selves = selvesOfThisTab(name);
  const connection = new Connection({ url: config.websocketUrl, room: name, alias, visible: () => !document.hidden }, log, {
    entries: (entries) => view.place(entries, (entry) => log.after(entry)),
    joined(frame) {
      members.reset(frame.members, frame.online);
      keepSelves(name, log.selves);
      view.showEmpty(!log.entries.length && !log.pending.length);
      show();
    },
    presence(frame) {
      const { came, went } = members.apply(frame);
      if (came.length || went.length) this.entries([log.presence(came, went)]);
      show();
    },
    heard(frame) {
      members.heard(frame);
      show();
    },
    ready,
    limited: ({ message, retryAfter }) => view.showNotice(`${message} Your message is kept and goes out by itself.`, retryAfter),
    said: (message) => view.showNotice(message, 8),
    refused(problem) {
      leave();
      view.showEntry({ room: name, alias, problem });
    },
  });
  room = { name, alias, log, connection, members };
  ready(false);
}

function ready(yes) {
  clearTimeout(trouble);
  if (yes) return view.showStatus("");
  trouble = setTimeout(() => view.showStatus("Connecting… What you write is kept and goes out by itself."), TROUBLE_MS);
}

// Member ids of earlier connections of this tab, so that one's own messages stay one's own over a reload.
function selvesOfThisTab(name) {
  try { return new Set(JSON.parse(sessionStorage.getItem(`anonchat.selves.${name}`))); } catch { return new Set(); }
}

function keepSelves(name, selves) {
  try { sessionStorage.setItem(`anonchat.selves.${name}`, JSON.stringify([...selves])); } catch { /* then it does not */ }
}

// What the server would refuse and nobody means to write: control characters and halves of characters.
const clean = (text) => text.replace(/\r\n?/g, "\n").replace(/[^\P{Cc}\n\t]/gu, "").replace(/\p{Cs}/gu, "\ufffd");

function send(written) {
  const text = clean(written).trim();
  if (!text) return false;
  const excess = new TextEncoder().encode(text).length - room.connection.limits.text;
  if (excess > 0) {
    view.showNotice(`That is too long for one message, by about ${excess} characters.`, 8);
    return false;
  }
  const { log, connection } = room;
  view.place([log.write(text, room.alias)], (entry) => log.after(entry));
  connection.send();
  return true;
}

view.wire({
  another: randomAlias,
  send,
  enter(name, written) {
    const alias = clean(written).replace(/[\n\t]+/g, " ") || randomAlias();
    if (!ROOM_NAME.test(name)) return view.showEntry({ room: name, alias, problem: naming(name) });
    rememberAlias(alias);
    if (roomInAddress() === name) enter(name, alias);
    else location.hash = name; // and `route` enters
  },
  leave() {
    history.pushState(null, "", location.pathname + location.search);
    route();
  },
  retry(entry) {
    room.log.retry(entry);
    view.place([entry], (other) => room.log.after(other));
    room.connection.send();
  },
  discard(entry) {
    room.log.discard(entry);
    view.remove(entry);
  },
  people() {
    if (room.members.names.size !== room.members.online) room.connection.refresh();
  },
});

const check = () => { if (!document.hidden) room?.connection.check(); };
addEventListener("hashchange", route);
addEventListener("online", check);
addEventListener("pageshow", check);
document.addEventListener("visibilitychange", check);
route();
