// The last invocations: when each asked the table, and when its posts went out. One opens to its frames.

const WIDTH = 1000; // of a bar, in its own units
const SVG = document.getElementById("chart").namespaceURI;
const SHOWN = 40;

/** @type {Map<number, {item: HTMLElement, seen: string, longest: number}>} */
const shown = new Map();

const list = document.getElementById("invocations");
const milliseconds = (ms) => `${ms.toLocaleString("en", { maximumFractionDigits: ms < 10 ? 1 : 0 })} ms`;
const dollars = (amount) =>
  amount.toLocaleString("en", { style: "currency", currency: "USD", maximumSignificantDigits: 3 });
const several = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** @param {object[]} invocations oldest first */
export function showInvocations(invocations) {
  const longest = Math.max(1, ...invocations.map(({ ms }) => ms ?? 0));
  for (const invocation of invocations) {
    const known = shown.get(invocation.number) ?? added(invocation);
    const { ms, table, posts, among } = invocation;
    const seen = `${ms}, ${table.length}, ${posts}, ${among}`;
    if (seen !== known.seen) write(known.item, invocation);
    if (seen !== known.seen || longest !== known.longest)
      known.item.querySelector("svg").replaceChildren(...bars(invocation, WIDTH / longest));
    Object.assign(known, { seen, longest }); // what has not changed is left alone, for whoever reads or selects it
  }
  const kept = new Set(invocations.slice(-SHOWN).map(({ number }) => number));
  for (const [number, { item }] of shown) {
    if (kept.has(number) || item.contains(document.activeElement)) continue;
    item.remove();
    shown.delete(number);
  }
  document.getElementById("no-invocations").hidden = invocations.length > 0;
}

function added(invocation) {
  const known = { item: listItem(invocation), seen: "", longest: 0 };
  shown.set(invocation.number, known);
  list.prepend(known.item);
  return known;
}

function listItem(invocation) {
  const what = make("span", { className: "what" });
  const numbers = make("span", { className: "numbers" });
  const bar = document.createElementNS(SVG, "svg");
  bar.setAttribute("viewBox", `0 0 ${WIDTH} 20`);
  bar.setAttribute("preserveAspectRatio", "none");
  bar.setAttribute("aria-hidden", "true");
  const summary = make("summary", {}, what, bar, numbers);
  const steps = make("ol", { className: "steps" });
  const frames = make("div", { className: "frames" });
  const details = make("details", {}, summary, steps, frames);
  details.addEventListener("toggle", () => details.open && showFrames(invocation.number, frames));
  return make("li", {}, details);
}

/**
 * Write the newest about an invocation into its item.
 * @param {HTMLElement} item
 * @param {object} invocation
 */
function write(item, invocation) {
  const { route, ms, cold, failure } = invocation;
  const what = item.querySelector(".what");
  what.textContent = [route, cold ? "cold" : "warm", failure].filter(Boolean).join(", ");
  what.classList.toggle("bad", Boolean(failure));
  const numbers = ms === null ? "runs" : `${milliseconds(ms)}, ${dollars(invocation.dollars)}`;
  item.querySelector(".numbers").textContent = numbers;
  item.querySelector(".steps").replaceChildren(...steps(invocation));
}

function bars({ ms, table, firstPost, lastPost, posts }, scale) {
  const all = [bar("run", 0, ms ?? lastPost, scale)];
  let before = 0;
  for (const [at] of table) {
    all.push(bar("table", before, at, scale));
    before = at;
  }
  if (posts) all.push(bar("post", firstPost, lastPost, scale));
  return all;
}

function bar(kind, from, to, scale) {
  const rectangle = document.createElementNS(SVG, "rect");
  const row = { run: [0, 20], table: [2, 7], post: [11, 7] }[kind];
  const numbers = { x: from * scale, y: row[0], width: Math.max(3, (to - from) * scale - 1), height: row[1] };
  for (const [name, value] of Object.entries(numbers)) rectangle.setAttribute(name, value.toFixed(1));
  rectangle.setAttribute("class", kind);
  return rectangle;
}

function steps({ at: began, connection, table, posts, firstPost, lastPost, among, writeUnits, readUnits }) {
  const lines = table.map(([at, operation, write, read]) => {
    const units = [write && several(write, "write unit"), read && several(read, "read unit")].filter(Boolean);
    return `${milliseconds(at)}: ${operation}${units.length ? `, ${units.join(", ")}` : ""}`;
  });
  lines.unshift(`${new Date(began * 1000).toLocaleTimeString("en-GB")}, of ${connection}`);
  if (posts === 1) lines.push(`${milliseconds(lastPost)}: 1 post`);
  if (posts > 1) lines.push(`${milliseconds(firstPost)} to ${milliseconds(lastPost)}: ${posts} posts`);
  lines.push(`Together ${several(writeUnits, "write unit")} and ${several(readUnits, "read unit")}`);
  if (among > 1) lines.push(`${among} of this function ran at once: whose a request or post was is not known`);
  return lines.map((text) => make("li", { textContent: text }));
}

async function showFrames(number, place) {
  const response = await fetch(`frames/${number}`, { cache: "no-store" }).catch(() => null);
  if (!response?.ok) return place.replaceChildren(make("p", { textContent: "Its frames are not kept any more." }));
  const { in: asked, out, more, event } = await response.json();
  const parts = [];
  if (asked) parts.push(make("h3", { textContent: "In" }), frame(asked));
  for (const { to, frame: sent } of out) parts.push(make("h3", { textContent: `Out, to ${to}` }), frame(sent));
  if (more > 0) parts.push(make("p", { textContent: `and ${several(more, "post")} more` }));
  parts.push(make("h3", { textContent: "The event" }), frame(JSON.stringify(event)));
  place.replaceChildren(...parts);
}

function frame(text) {
  const block = make("pre", { tabIndex: 0 });
  try {
    block.textContent = JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    block.textContent = text;
  }
  return block;
}
