// Shows the meter live: asks for its JSON each second and writes the numbers into the page, as text only.

import { addPoint, draw, pace } from "./chart.js";

const POLL_MS = 1000;
const MONTH_SECONDS = 30 * 24 * 3600;
const RATE_AFTER_SECONDS = 60; // before that, one message more or less changes the projection too much

const element = (id) => document.getElementById(id);
const money = (amount) =>
  amount.toLocaleString("en", { style: "currency", currency: "USD", maximumSignificantDigits: 4 });
const number = (amount) => amount.toLocaleString("en", { maximumFractionDigits: 3 });

function row(title, cells) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = title;
  line.append(head);
  for (const text of cells) {
    const cell = document.createElement("td");
    cell.textContent = text;
    line.append(cell);
  }
  return line;
}

const usage = (counts, dollars) => [
  number(counts.messagesIn),
  number(counts.messagesOut),
  number(counts.invocations),
  number(counts.gbSeconds),
  number(counts.writeUnits),
  number(counts.readUnits),
  money(dollars),
];

const entries = (counts) => Object.entries(counts).sort(([a], [b]) => a.localeCompare(b));

function months({ total, seconds }) {
  const recent = pace();
  const all = `${money((total.dollars.total / seconds) * MONTH_SECONDS)} a month at this pace`;
  if (recent.seconds < RATE_AFTER_SECONDS || seconds - recent.seconds < RATE_AFTER_SECONDS) return all;
  return `${all}, ${money(recent.perSecond * MONTH_SECONDS)} at that of the last 5 minutes`;
}

let begun = false;

/** What else there is to see, where the server has functions of its own. */
function beginConsole() {
  if (!begun) import("./console.js");
  begun = true;
}

function show(meter) {
  const { total } = meter;
  if (meter.console) beginConsole();
  const rooms = entries(meter.rooms);
  element("dollars").textContent = money(total.dollars.total);
  addPoint(meter.seconds, total.dollars.total);
  element("rate").textContent = meter.seconds < RATE_AFTER_SECONDS ? "" : months(meter);
  draw(element("chart"), element("chart-words"), money);
  element("connections").textContent = number(meter.connections);
  element("minutes").textContent = number(total.connectionMinutes);
  element("room-count").textContent = number(rooms.length);
  element("routes").replaceChildren(
    ...entries(meter.routes).map(([route, counts]) => row(route, usage(counts, counts.dollars))),
  );
  element("total").replaceChildren(
    row("Connection minutes", ["", "", "", "", "", "", money(total.dollars.connectionMinutes)]),
    row("Total", usage(total, total.dollars.total)),
  );
  element("rooms").replaceChildren(...rooms.map(([room, members]) => row(room, [number(members)])));
  const unmetered = entries(total.unmetered).map(([operation, times]) => `${operation} (${number(times)})`);
  element("unmetered").textContent = unmetered.length ? `Not in the dollars: ${unmetered.join(", ")}` : "";
}

function showPrices(list) {
  const free = Object.values(list.alwaysFree).join(", ");
  const lines = [
    `Prices of ${list.region} as of ${list.asOf}. ${list.source}`,
    `AWS always gives for free: ${free}.`,
    `Not counted: ${list.notCounted.join(", ")}.`,
  ];
  element("prices").replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
}

async function fetchJson(address) {
  const response = await fetch(address, { cache: "no-store" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

async function poll() {
  try {
    show(await fetchJson("meter"));
    element("trouble").textContent = "";
  } catch {
    element("trouble").textContent = "The local gateway does not answer. Trying again.";
  }
  setTimeout(poll, POLL_MS);
}

fetchJson("prices.json").then(showPrices, () => {});
poll();
