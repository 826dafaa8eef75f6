"""Install a hashed requirements file: `install.py PYTHON FILE`, with options that uv and pip both know.

uv does it, which takes seconds where pip takes a minute; its own wheel is installed by its hash beside this Python.
Where it cannot be had or does not succeed, pip does it, and what pip says is what people see. uv does not read pip's
configuration, so it is told the indexes that this machine's pip is configured for; a machine that tells pip more about
its network than uv can be told is left to pip.

Only the standard library, since nothing else is there yet.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

UV = Path(__file__).with_name("uv.txt")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
# pip's setting: the environment variable in which uv takes it, and what separates several values there.
TOLD = {
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", ""),
}
UNTOLD = {"client-cert", "keyring-provider", "no-index", "proxy", "trusted-host"}


def main(python: str, requirements: str, *options: str) -> int:
    """Install into the environment of `python`; return an exit code."""
    install = ("install", "--quiet", "--require-hashes", "--requirement", requirements, *options)
    settings = pip_settings()
    if not settings.keys() & UNTOLD and has_uv() and run_uv("pip", *install, "--python", python, settings=settings):
        return 0
    return subprocess.run([*PIP, "--python", python, *install, "--no-compile"]).returncode


def pip_settings() -> dict[str, str]:
    """Return what this machine's files and environment tell pip; the environment has the last word."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True).stdout.splitlines()
    listed.sort(key=lambda line: line.startswith(":env:"))
    pairs = [line.partition("=") for line in listed]
    return {name.rpartition(".")[2]: str(ast.literal_eval(value)) for name, _, value in pairs if value}


def has_uv() -> bool:
    """Return whether uv is there; install it if it was not."""
    stamp = Path(sys.prefix) / UV.name
    if stamp.exists() and stamp.read_bytes() == UV.read_bytes():
        return True
    install = ("install", "--quiet", "--no-compile", "--only-binary", ":all:", "--require-hashes", "--requirement", UV)
    installed = subprocess.run([*PIP, *install], capture_output=True).returncode == 0
    if installed:
        stamp.write_bytes(UV.read_bytes())
    return installed


def run_uv(*arguments: str, settings: Mapping[str, str]) -> bool:
    """Return whether it succeeded. What it says is not shown: pip will have its say."""
    told = {
        variable: between.join(settings[name].split()) if between else settings[name]
        for name, (variable, between) in TOLD.items()
        if name in settings and variable not in os.environ
    }
    environ = os.environ | {"UV_INDEX_STRATEGY": "unsafe-best-match"} | told  # as pip chooses: by version, not by index
    uv = Path(sys.prefix) / "bin" / "uv"
    return subprocess.run([uv, *arguments], env=environ, capture_output=True).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
