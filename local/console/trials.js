// What can be tried: switches for what goes wrong, time that goes by, connections that are cut.

import { make } from "./waterfall.js";

const find = (id) => document.getElementById(id);
const duration = (seconds) => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

async function attempt(what, said) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("try", { method: "POST", headers, body: JSON.stringify(what) }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (response?.ok) {
    showTrials(answer);
    find("tried").textContent = said;
  } else find("tried").textContent = answer?.message ?? "The local gateway does not answer.";
}

/** @param {{on: Record<string, boolean>, connections: {id: string, open: number, silent: number}[]}} state */
export function showTrials({ on, connections }) {
  for (const button of document.querySelectorAll("[data-switch]"))
    button.ariaPressed = String(on[button.dataset.switch]);
  const known = new Map([...find("sockets").children].map((row) => [row.dataset.id, row]));
  for (const connection of connections) {
    const row = known.get(connection.id) ?? socketRow(connection.id);
    known.delete(connection.id);
    row.cells[2].textContent = duration(connection.open);
    row.cells[3].textContent = duration(connection.silent);
  }
  for (const row of known.values()) row.remove();
}

function socketRow(id) {
  const cut = make("button", { type: "button", textContent: "Cut", ariaLabel: `Cut ${id}` });
  cut.onclick = () => attempt({ cut: id }, `${id} is cut.`);
  const row = make(
    "tr",
    {},
    make("th", { scope: "row", textContent: id }),
    make("td", {}, cut),
    make("td"),
    make("td"),
  );
  row.dataset.id = id;
  find("sockets").append(row);
  return row;
}

for (const button of document.querySelectorAll("[data-switch]"))
  button.onclick = () => {
    const on = button.ariaPressed !== "true";
    attempt({ switch: button.dataset.switch, on }, `${button.textContent.trim()}: ${on ? "on" : "off"}.`);
  };
for (const button of document.querySelectorAll("[data-advance]"))
  button.onclick = () =>
    attempt({ advance: Number(button.dataset.advance) }, `${button.textContent.trim()} have gone by.`);
