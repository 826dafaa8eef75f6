"""Which browser the tests drive, the devices they pretend to have, and the type of their way to open a page."""

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from local.chat import ROOT

SITE = ROOT / "frontend"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
NARROW_PHONE: dict[str, Any] = {**PHONE, "viewport": {"width": 320, "height": 640}}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
NONE_FOUND = "No Chromium found: install one, or name it in CHROMIUM"

NewPage = Callable[..., Awaitable[Page]]  # the fixture `new_page` of tests/e2e/conftest.py


def chromium() -> str | None:
    """The path of the browser to drive: CHROMIUM, or what is installed. The headless shell starts fastest."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, names), MAC_CHROME]
    return next((path for path in candidates if path and Path(path).exists()), None)
