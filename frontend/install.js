// Makes the page an app that can be installed and whose shell opens without a network: see sw.js.

const WORKER = "sw.js"; // beside index.html, wherever this file lies

/** Nothing happens where the browser has no service workers, or refuses them as private windows do. */
export function install() {
  const register = () => navigator.serviceWorker?.register(address()).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true }); // the page itself comes first
}

// The only text that this page ever turns into the address of a script.
function address() {
  /** @type {{createPolicy(name: string, rules: object): {createScriptURL(text: string): string}} | undefined} */
  const trustedTypes = Reflect.get(globalThis, "trustedTypes");
  return trustedTypes?.createPolicy("anonchat", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;
}
