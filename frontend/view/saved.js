// The log as a file: as text, or as a page that shows itself anywhere and does nothing. It is made here and goes nowhere else.

import { isolated } from "../words/isolated.js";
import { say } from "../words/say.js";
import { dateOf, exactly, timeToTheSecond } from "./clock.js";
import { find, make } from "./dom.js";
import { indented, read, rows } from "./transcript.js";

/** @import { Said } from "./transcript.js" */

/** @typedef {"text" | "page"} Format */

const KEPT_MS = 60_000; // what is under way to the disk
const STYLE = `
body{max-width: 46rem;margin: 2rem auto;padding: 0 1rem;font: 1rem/1.45 system-ui, sans-serif;overflow-wrap: anywhere}
h2{margin: 2rem 0 0;font-size: 1rem}
article{margin: 1rem 0;break-inside: avoid}
article p{margin: 0}
.text{white-space: pre-wrap;unicode-bidi: plaintext}
.action .text{font-style: italic}
.who, time{font-size: 0.875rem;opacity: 0.8}
bdi{font-weight: 600}
.remark{font-weight: 600}
`;
const FORMATS = {
  text: { ending: "txt", type: "text/plain;charset=utf-8", write: asText },
  page: { ending: "html", type: "text/html;charset=utf-8", write: asPage },
};

/**
 * Hand what the log shows to the browser, as a file to keep.
 * @param {Format} format
 * @returns {Promise<string>} what it is called
 */
export async function save(format) {
  const { ending, type, write } = FORMATS[format];
  const name = `anonchat-${new Date().toISOString().slice(0, 10)}.${ending}`;
  const href = URL.createObjectURL(new Blob([await write()], { type }));
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
  return name;
}

// A name that may be guessed is the room's key: not to be in a file.
const title = () => (find("privacy").dataset.named === "true" ? say("file-named") : (find("title").textContent ?? ""));

const savedAt = () => say("file-saved", { time: exactly(Date.now()) });

/** What was said, each with the day where that is another one. Days of the screen are called "Today". */
function entries() {
  let before = "";
  return rows()
    .map((item) => read(item))
    .filter(({ kind }) => kind !== "day")
    .map((said) => {
      const date = said.at ? dateOf(said.at) : before;
      const entry = { said, date: date === before ? "" : date };
      before = date;
      return entry;
    });
}

// --- as text ---

function asText() {
  const head = [`anonchat: ${title()}`, savedAt(), say("file-open")];
  return [head.join("\n"), ...entries().map(block)].join("\n\n").concat("\n");
}

/** @param {{said: Said, date: string}} entry */
function block({ said, date }) {
  const { kind, text, action } = said;
  const words = action ? `*${text}*` : text;
  const own = kind === "message" ? `${heading(said)}\n    ${indented(words)}` : `[!] ${indented(words)}`;
  return date ? `--- ${date} ---\n\n${own}` : own;
}

/** @param {Said} said */
function heading({ alias, handle, mine, at, remarks }) {
  const key = mine ? say("file-you", { handle }) : handle;
  return [
    `[${at ? timeToTheSecond(at) : ""}] ${isolated(alias)} (${key})`,
    ...remarks.map((remark) => `[!] ${remark}`),
  ].join(" ");
}

// --- as a page ---

async function asPage() {
  const policy = `default-src 'none'; style-src 'sha256-${await digest(STYLE)}'; base-uri 'none'; form-action 'none'`;
  const charset = make("meta");
  charset.setAttribute("charset", "utf-8");
  const head = make(
    "head",
    {},
    charset,
    make("meta", { httpEquiv: "Content-Security-Policy", content: policy }),
    make("meta", { name: "viewport", content: "width=device-width" }),
    make("meta", { name: "color-scheme", content: "light dark" }),
    make("title", {}, `anonchat: ${title()}`),
    make("style", {}, STYLE),
  );
  const heading = make("h1", { dir: "auto", translate: false }, title());
  const about = make("p", {}, `${savedAt()} ${say("file-open")}`);
  const body = make("body", {}, heading, about, ...entries().flatMap(article));
  const { lang, dir } = document.documentElement;
  const page = make("html", { lang, dir }, head, body);
  return `<!doctype html>\n${new XMLSerializer().serializeToString(page)}\n`;
}

/** @param {{said: Said, date: string}} entry */
function article({ said, date }) {
  const { kind, action, text, remarks } = said;
  const about = [
    ...(kind === "message" ? [who(said)] : []),
    ...remarks.map((remark) => make("p", { className: "remark" }, remark)),
  ];
  const words = make("p", { className: kind === "message" ? "text" : "text remark", dir: "auto" }, text);
  const own = make("article", { className: action ? "action" : "" }, ...about, words);
  return date ? [make("h2", {}, date), own] : [own];
}

/** @param {Said} said */
function who({ alias, handle, mine, at }) {
  const shown = at ? make("time", { dateTime: at.toISOString() }, timeToTheSecond(at)) : "";
  const key = make("code", { translate: false }, handle);
  return make(
    "p",
    { className: "who" },
    make("bdi", { translate: false }, alias),
    " ",
    key,
    mine ? ` ${say("you-tag")} ` : " ",
    shown,
  );
}

/** @param {string} text */
async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes));
}
