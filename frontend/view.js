// The page: the only file besides app.js that touches the document. Whatever people wrote goes in by textContent.

const ids = ["entry", "entry-form", "room-name", "alias", "another", "entry-problem", "room", "room-title", "leave",
  "people-button", "people", "members", "more-members", "status", "log", "empty", "messages", "newer", "notice",
  "notice-text", "countdown", "composer", "text", "message-template"];
const $ = Object.fromEntries(ids.map((id) => [id, document.getElementById(id)]));
const items = new WeakMap(); // log entry → its <li>
const NEAR_BOTTOM_PX = 80;
const TOGETHER_MS = 5 * 60_000; // messages of one person this close share a heading
const NAMES_IN_A_LINE = 3;

const inWords = new Intl.ListFormat("en", { type: "conjunction" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const wide = matchMedia("(min-width: 48rem)");
const finePointer = matchMedia("(pointer: fine)");

/** Hand the person's wishes to: enter(room, alias), another(), leave(), send(text), retry(entry), discard(entry), people() */
export function wire(on) {
  $["entry-form"].onsubmit = (event) => { event.preventDefault(); on.enter($["room-name"].value.trim(), $.alias.value.trim()); };
  $.another.onclick = () => { $.alias.value = on.another(); };
  $.leave.onclick = () => on.leave();
  $["people-button"].onclick = () => { showPeople($.people.hidden); if (!$.people.hidden) on.people(); };
  $.composer.onsubmit = (event) => { event.preventDefault(); submit(on); };
  $.text.onkeydown = (event) => {
    // 229: an input method is still composing; Safari says so only here, after isComposing has ended.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit(on);
  };
  $.text.oninput = growComposer;
  $.messages.onclick = ({ target }) => {
    const entry = target.closest("li")?.entry;
    if (target.matches(".retry")) on.retry(entry);
    if (target.matches(".discard")) on.discard(entry);
  };
  $.newer.onclick = scrollDown;
  $.log.onscroll = () => { if (atBottom()) $.newer.hidden = true; };
  new ResizeObserver(() => { if ($.newer.hidden) scrollDown(); }).observe($.log); // a keyboard opened, a line grew
  document.onkeydown = ({ key }) => { if (key === "Escape" && !wide.matches) showPeople(false); };
}

function submit(on) {
  if (on.send($.text.value)) $.text.value = ""; // refused text stays where it is
  growComposer();
  $.text.focus();
}

export function showEntry({ room, alias, problem = "" }) {
  [$["room-name"].value, $.alias.value, $["entry-problem"].textContent] = [room, alias, problem];
  $["room-name"].setAttribute("aria-invalid", String(Boolean(problem)));
  [$.entry.hidden, $.room.hidden, document.title] = [false, true, "anonchat"];
  if (finePointer.matches || problem) $["room-name"].focus();
}

export function showRoom(name) {
  [$["room-title"].textContent, document.title] = [name, `${name} · anonchat`];
  [$.entry.hidden, $.room.hidden, $.newer.hidden, $.empty.hidden] = [true, false, true, true];
  $.messages.replaceChildren();
  $.members.replaceChildren();
  $["people-button"].textContent = "…";
  showPeople(wide.matches);
  showStatus("");
  showNotice("");
  if (finePointer.matches) $.text.focus(); // on a phone the keyboard would jump up
}

export function showPeople(open) {
  $.people.hidden = !open;
  $["people-button"].setAttribute("aria-expanded", String(open));
}

export function showMembers({ names, online }, selves) {
  $["people-button"].textContent = `${online} online`;
  const people = [...names].map(([id, alias]) => ({ mine: selves.has(id), alias }));
  people.sort((a, b) => b.mine - a.mine || a.alias.localeCompare(b.alias));
  $.members.replaceChildren(...people.map(({ mine, alias }) => {
    const name = Object.assign(document.createElement("bdi"), { className: "alias", textContent: alias });
    tint(name, alias);
    const item = document.createElement("li");
    item.append(name, mine ? " (you)" : "");
    return item;
  }));
  const more = online - names.size;
  $["more-members"].textContent = more > 0 ? `and ${more} more` : "";
}

export const showStatus = (text) => { $.status.textContent = text; };

let ticking = 0;
/** A line above the composer; with `seconds` a countdown runs beside it, unread by screen readers, and ends it. */
export function showNotice(text, seconds = 0) {
  clearInterval(ticking);
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    $.countdown.textContent = left > 0 ? `${left} s` : "";
    if (seconds && left <= 0) showNotice("");
  };
  $["notice-text"].textContent = text;
  tick();
  if (seconds) ticking = setInterval(tick, 500);
}

export const showEmpty = (empty) => { $.empty.hidden = !empty; };

/** Put entries on the screen, or to their new place, or show their new state. `follower(entry)` is the next one. */
export function place(entries, follower) {
  const stay = atBottom() || entries.some(({ mine, state }) => mine && state === "sending");
  const many = entries.length > 3; // history is not read aloud line by line
  if (many) $.log.setAttribute("aria-busy", "true");
  for (const entry of entries.toReversed()) {
    const item = items.get(entry) ?? create(entry);
    const next = items.get(follower(entry)) ?? null;
    if (item.parentNode !== $.messages || item.nextElementSibling !== next) $.messages.insertBefore(item, next);
    fill(item, entry);
    [item, item.nextElementSibling].forEach(group);
  }
  if (many) $.log.setAttribute("aria-busy", "false");
  if (entries.length) showEmpty(false);
  if (stay) scrollDown();
  else if (entries.some(({ text }) => text)) $.newer.hidden = false;
}

export function remove(entry) {
  const next = items.get(entry).nextElementSibling;
  items.get(entry).remove();
  group(next);
}

function create(entry) {
  const item = entry.note ? document.createElement("li") : $["message-template"].content.cloneNode(true).firstElementChild;
  items.set(entry, item);
  return Object.assign(item, { entry });
}

function fill(item, entry) {
  if (entry.note) return fillNote(item, entry);
  const part = (name) => item.querySelector(`.${name}`);
  item.classList.toggle("mine", entry.mine);
  item.dataset.state = entry.state;
  part("alias").textContent = entry.from.alias;
  tint(part("alias"), entry.from.alias);
  part("text").textContent = entry.text;
  const at = new Date(entry.at);
  Object.assign(item.querySelector("time"), { dateTime: at.toISOString(), textContent: clock.format(at), title: at.toLocaleString() });
  const states = { sending: "Sending…", waiting: "Waits its turn", failed: `Not sent. ${entry.problem}`, sent: "" };
  part("state").textContent = states[entry.state];
}

function fillNote(item, entry) {
  item.className = `note ${entry.note}`;
  if (entry.note === "gap") item.textContent = "You were away for longer than messages are kept: some may be missing here.";
  else item.textContent = [[entry.joined, "joined"], [entry.left, "left"]].map(([who, what]) => sentence(who, what)).join(" ");
  item.hidden = !item.textContent.trim();
}

function sentence(aliases, what) {
  const shown = aliases.slice(0, NAMES_IN_A_LINE).map((alias) => `\u2068${alias}\u2069`); // isolated: no bidi spill
  const others = aliases.length - shown.length;
  return aliases.length ? `${inWords.format(others ? [...shown, `${others} more`] : shown)} ${what}.` : "";
}

// Messages of one person in a row share one heading; it stays readable for screen readers.
function group(item) {
  const [before, entry] = [item?.previousElementSibling?.entry, item?.entry];
  if (!entry?.from) return;
  const same = before?.from && before.mine === entry.mine && before.from.alias === entry.from.alias
    && (entry.mine || before.from.id === entry.from.id) && entry.at - before.at < TOGETHER_MS;
  item.classList.toggle("grouped", Boolean(same));
}

// One colour per name: decoration only, anybody may take any name.
function tint(element, alias) {
  const hue = [...alias].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 360, 7);
  element.style.setProperty("--hue", hue);
}

function growComposer() {
  $.text.style.height = "auto";
  $.text.style.height = `${$.text.scrollHeight + 2}px`;
}

const atBottom = () => $.log.scrollHeight - $.log.scrollTop - $.log.clientHeight < NEAR_BOTTOM_PX;

function scrollDown() {
  $.log.scrollTop = $.log.scrollHeight;
  $.newer.hidden = true;
}
