// What the page shows beside the meter: the last invocations, the open connections, and what can be tried.

import { showTrials } from "./trials.js";
import { showInvocations } from "./waterfall.js";

const POLL_MS = 1000;

async function poll() {
  try {
    const response = await fetch("console", { cache: "no-store" });
    if (response.status === 403) return; // through a tunnel there is only the meter
    if (!response.ok) throw new Error(String(response.status));
    const { invocations, ...state } = await response.json();
    for (const part of document.querySelectorAll(".console")) part.hidden = false;
    showInvocations(invocations);
    showTrials(state);
  } catch {
    // the meter says that the gateway does not answer
  }
  setTimeout(poll, POLL_MS);
}

poll();
