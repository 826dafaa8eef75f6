"""The site's files, as a development server hands them out: always the newest."""

from pathlib import Path

from aiohttp import web


def serve(folder: Path | None, path: str) -> web.StreamResponse:
    """The file for a decoded URL path, `index.html` for a folder; 404 for anything that is no file in `folder`."""
    if folder is not None and "\0" not in path:
        file = (folder / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return web.FileResponse(file, headers={"Cache-Control": "no-store"})
    raise web.HTTPNotFound(text="Not found\n")
