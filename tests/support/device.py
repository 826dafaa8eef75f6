"""Everything that a browser keeps for a page: all storages that there are."""

import json
from typing import Any

from playwright.async_api import Page

EVERYTHING = """async () => {
  const [databases, copies] = [{}, []];
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name);
    await new Promise((resolve) => (opening.onsuccess = resolve));
    for (const store of opening.result.objectStoreNames) {
      const keys = opening.result.transaction(store).objectStore(store).getAllKeys();
      await new Promise((resolve) => (keys.onsuccess = resolve));
      databases[`${name} ${store}`] = keys.result;
    }
    opening.result.close();
  }
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) copies.push(url);
  const [kept, tab] = [localStorage, sessionStorage].map((storage) => ({ ...storage }));
  return { kept, tab, databases, copies, cookies: document.cookie };
}"""


async def on_device(page: Page) -> dict[str, Any]:
    """Return what is in localStorage (`kept`), sessionStorage (`tab`), databases, caches and cookies."""
    found: dict[str, Any] = await page.evaluate(EVERYTHING)
    return found


async def traces_of(page: Page, *secrets: str) -> dict[str, list[str]]:
    """Return which of these texts are in which storage, by the storage's name."""
    found = {name: json.dumps(part, ensure_ascii=False) for name, part in (await on_device(page)).items()}
    return {name: seen for name, part in found.items() if (seen := [each for each in secrets if each in part])}
