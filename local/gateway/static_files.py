"""A folder's files over HTTP, as a development server hands them out: never cached."""

from pathlib import Path

from aiohttp import web


def serve_file(folder: Path | None, path: str) -> web.StreamResponse:
    """Answer with the file for a decoded URL path, `index.html` for a folder.

    Raise HTTPNotFound for anything that is no file in `folder`.
    """
    if folder is not None and "\0" not in path:
        file = (folder / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return web.FileResponse(file, headers={"Cache-Control": "no-store"})
    raise web.HTTPNotFound(text="Not found\n")
