// What a connection needs of the browser; the tests give it their own.

/** @type {import("../types.js").World} */
export const BROWSER = {
  WebSocket: globalThis.WebSocket,
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (action, ms) => setTimeout(action, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};
