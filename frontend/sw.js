// The installed page: its shell opens even where there is no network. A classic script at the site's root, since a
// service worker governs the folder it lies in. Sockets, other pages of this host and a link's fragment are not its own.

const sw = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

const SHELL = "anonchat";
const ROOT = new URL("./", sw.location.href).href;
const PAGE = new URL("index.html", ROOT).href; // the key of every navigation: its own address holds the room's secret
/** @type {RequestInit} */
const UNNAMED = { referrerPolicy: "no-referrer" }; // the page's own policy does not reach its worker
const LATE_MS = 4000; // a network that takes longer is as good as none, where there is a copy
const PARTS = new Set(["script", "style", "image", "manifest"]);
const OWN = /\b(?:href|src)="([\w./-]+\.\w+)"/g; // what index.html names: the whole shell, and each language
const LANGUAGE = /\/languages\/(?!en\b)/; // of which a page says that it uses it; English is for all
const DIALOGS = /\/dialogs\.html$/; // asked for by a script

sw.addEventListener("install", (event) => {
  sw.skipWaiting(); // the network comes first, so a new worker suits pages of any age
  event.waitUntil(fetch(PAGE, { ...UNNAMED, cache: "no-store" }).then(keep));
});

sw.addEventListener("fetch", (event) => {
  const { method, mode, destination, url } = event.request;
  const address = url.replace(/[?#].*$/s, "");
  if (method !== "GET" || !address.startsWith(ROOT)) return;
  if (mode === "navigate") {
    if (address === ROOT || address === PAGE) event.respondWith(open(event));
  } else if (PARTS.has(destination) || DIALOGS.test(address)) {
    event.respondWith(soon(fetch(event.request), address));
  }
});

/** @param {FetchEvent} event */
function open(event) {
  const answer = fetch(event.request);
  const kept = answer.then((page) => (page.ok ? keep(page.clone()) : undefined));
  event.waitUntil(kept.catch(() => {})); // no network, or no room for copies: it works without
  return soon(answer, PAGE);
}

/**
 * What the network answers; or the copy, if there is one and the network fails, is late or has an error to show. (The
 * files of a page that came late may be gone from the server.)
 * @param {Promise<Response>} answer
 * @param {string} address
 */
async function soon(answer, address) {
  const copy = () => caches.match(address, { cacheName: SHELL });
  const late = new Promise((resolve) => setTimeout(resolve, LATE_MS)).then(copy);
  const good = answer.then((response) => (response.status < 400 ? response : copy()));
  return (await Promise.race([good.catch(copy), late])) ?? answer;
}

/**
 * Copies of the page and of what it names, and of what the page before names, which may be just loading; others go.
 * @param {Response} page
 */
async function keep(page) {
  const [cache, text] = await Promise.all([caches.open(SHELL), page.text()]);
  const before = (await (await cache.match(PAGE))?.text()) ?? "";
  if (text === before) return;
  const parts = named(text);
  const shell = [...parts].filter((part) => !LANGUAGE.test(part));
  await cache.addAll(shell.map((part) => new Request(part, UNNAMED)));
  await cache.put(PAGE, new Response(text, page));
  const wanted = new Set([PAGE, ...named(before), ...parts]);
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

/** @param {string} text of a page */
const named = (text) => new Set([...text.matchAll(OWN)].map(([, name]) => new URL(name, ROOT).href));

let turn = Promise.resolve(); // or one would be closed before it is shown

// A page says which language it uses, or asks for a notification: phones show none by another way, and a click finds the page
// that asked. "" takes it away.
sw.addEventListener("message", (event) => {
  const { id } = /** @type {Client} */ (event.source);
  const { language } = event.data;
  turn = turn.then(() => (language ? keepLanguage(language) : notify(event.data, id))).catch(() => {});
  event.waitUntil(turn);
});

/**
 * It is there without a network, too, until another version of the page comes.
 * @param {string} address
 */
async function keepLanguage(address) {
  const cache = await caches.open(SHELL);
  if (address.startsWith(ROOT) && !(await cache.match(address))) await cache.add(new Request(address, UNNAMED));
}

/**
 * The next one takes the place of the one before, and calls anew.
 * @param {string | {title: string, body: string}} what
 * @param {string} id of the page
 */
async function notify(what, id) {
  const { title, body } = typeof what === "string" ? { title: what, body: "" } : what;
  const options = { tag: id, data: id, renotify: true, body };
  if (title) return sw.registration.showNotification(title, options);
  for (const notification of await sw.registration.getNotifications({ tag: id })) notification.close();
}

sw.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(bringBack(event.notification.data));
});

/** @param {string} id */
async function bringBack(id) {
  const client = await sw.clients.get(id);
  return client instanceof WindowClient ? client.focus() : sw.clients.openWindow(PAGE);
}
