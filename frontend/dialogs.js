// The dialogs that no first view has come into the page, and with them the words for them.

import { readOn } from "./language.js";

const DIALOGS = new URL("dialogs.html", import.meta.url);

/** @type {Promise<void> | undefined} */
let placed;

/** Fulfilled when they are there. */
export function place() {
  placed ??= fetched().then((parts) => {
    document.body.append(...parts);
    return readOn();
  });
  placed.catch(() => {
    placed = undefined; // to be tried again
  });
  return placed;
}

/** @returns {Promise<Iterable<Element>>} read by the browser itself: this page may turn no text into elements */
function fetched() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", DIALOGS);
    request.responseType = "document";
    request.onload = () =>
      request.status === 200 ? resolve(request.response.querySelectorAll("dialog, template")) : reject();
    request.onerror = reject;
    request.send();
  });
}
