"""The page as it lies in its bucket, one version after the other: only the files of one version are there at a time."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.served_page import FRONTEND, PREFIX, served

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
CONFIG = 'export default { websocketUrl: "ws://localhost:1" };'
AT_ROOT = ("index.html", "sw.js")


class VersionedSite:
    """What a site answers: `files` by their paths, 404 for others, nothing good at all while it is `down`.

    `faults` answer in place of files: each makes its answer of the file.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.stale: list[bytes] = []  # pages that are answered first: they come from a copy on the way
        self.faults: dict[str, Callable[[bytes], web.Response]] = {}
        self.pages = 0  # how often the page was asked for
        self.down = False
        self.uncached: set[str] = set()  # files that browsers may not keep, beside those at the root
        self.address = ""

    def deploy(self, version: str) -> None:
        """Put this version in the place of the one that is there."""
        prefix = f"v/{version}"
        index = served("index.html").replace(PREFIX, prefix).encode()
        self.files = {"index.html": index, "sw.js": served("sw.js").encode()}
        for path in FRONTEND.rglob("*"):
            name = path.relative_to(FRONTEND).as_posix()
            if path.is_file() and name not in AT_ROOT:
                self.files[f"{prefix}/{name}"] = _body(path, name)
        self.files[f"{prefix}/config.js"] = CONFIG.encode()

    async def serve(self, request: web.Request) -> web.Response:
        name = request.path.lstrip("/") or "index.html"
        self.pages += name == "index.html"
        if self.down:
            return web.Response(status=503)
        if fault := self.faults.get(name):
            return fault(self.files[name])
        body = self.stale.pop(0) if self.stale and name == "index.html" else self.files.get(name)
        if body is None:
            return web.Response(status=404)
        kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        year = name.startswith("v/") and name not in self.uncached
        cache = "max-age=31536000, immutable" if year else "no-store"
        return web.Response(body=body, content_type=kind, headers={"Cache-Control": cache})


def _body(path: Path, name: str) -> bytes:
    return served(name).encode() if re.search(r"\.(js|css|svg)$", name) else path.read_bytes()


@asynccontextmanager
async def versioned_site() -> AsyncIterator[VersionedSite]:
    site = VersionedSite()
    application = web.Application()
    application.router.add_get("/{path:.*}", site.serve)
    async with TestServer(application, host="localhost") as server:
        site.address = f"http://localhost:{server.port}/"
        yield site
