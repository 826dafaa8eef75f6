"""A folder's files over HTTP, as a development server hands them out: never cached."""

from pathlib import Path

from aiohttp import web

READING = ("GET", "HEAD")


def serve_file(folder: Path | None, path: str, method: str) -> web.StreamResponse:
    """Answer with the file for a decoded URL path, `index.html` for a folder.

    Raise HTTPNotFound for anything that is no file in `folder`, HTTPMethodNotAllowed for who would change one.
    """
    file = _file(folder, path) if folder else None
    if file is None:
        raise web.HTTPNotFound(text="Not found\n")
    if method not in READING:
        raise web.HTTPMethodNotAllowed(method, READING, text="Files can only be read\n")
    return web.FileResponse(file, headers={"Cache-Control": "no-store"})


def _file(folder: Path, path: str) -> Path | None:
    try:
        file = (folder / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # a name that no file can have: too long, or with a zero byte
        return None
