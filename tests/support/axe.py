"""Ask axe about a page: what it knows of WCAG 2.2 A and AA, and advises."""

from typing import Any

from playwright.async_api import Page

from scripts import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
EVERY_RULE: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
# Of that, colours alone can be right in light, wrong in dark.
RULES_OF_COLOUR: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# What another language can change; colours take most of the time.
RULES_OF_WORDS: dict[str, Any] = {"rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
FIND = """async (rules) => {
  const where = document.querySelector("dialog[open]") ?? document; // what a dialog covers was looked at before
  const { violations } = await axe.run(where, { resultTypes: ["violations"], preload: false, ...rules });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target}: ${node.failureSummary}`));
}"""


async def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return what axe finds wrong with the page as it is now."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(FIND, rules)
    return found
