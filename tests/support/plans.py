"""Read what a plan of Terraform would do, of `terraform show -json`."""

from typing import Any


def changes(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what a plan would do: address → change, as `terraform show -json` says it."""
    found = {each["address"]: each["change"] for each in plan["resource_changes"]}
    return {address: change for address, change in found.items() if change["actions"] not in (["no-op"], ["read"])}


def attributes(change: dict[str, Any]) -> set[str]:
    """Return the arguments that would change, those included whose new values are not known yet."""
    before, after = change["before"] or {}, change["after"] or {}
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return changed | {name for name, unknown in change["after_unknown"].items() if unknown}
