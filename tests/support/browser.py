"""Which browser the tests drive, the devices they pretend to have, and the type of their way to open a page."""

import subprocess
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page

from scripts import ROOT

SITE = ROOT / "frontend"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
NARROW_PHONE: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 640}}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

NewPage = Callable[..., Awaitable[Page]]  # the fixture `new_page` of tests/e2e/conftest.py


def chromium() -> str:
    """Return the path of the browser to drive; skip the test, with the script's sentence, where there is none."""
    found = subprocess.run([ROOT / "scripts/setup/browser", "--find"], capture_output=True, text=True)
    if found.returncode:
        pytest.skip(found.stderr.strip())
    return found.stdout.strip()
