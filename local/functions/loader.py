"""Loads handlers from the working tree, each with a copy of the shared code to itself.

On Lambda two functions share no memory, so here every function gets fresh modules of its own. Its environment
variables are in `os.environ` while it loads and only then, so functions with different ones can live in one process.
"""

import functools
import gc
import importlib
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader

from local.functions.contract import Handler, LoadError, shown
from local.functions.credentials import local_credentials

_loading = threading.Lock()  # sys.modules, sys.meta_path and os.environ are the whole process's


def handler_string(function: str) -> str:
    """Return Lambda's handler string, "<module>.<attribute>". A function that names no attribute means `handler`."""
    return function if "." in function else f"{function}.handler"


def load_function(name: str, handlers: Path, layer: Path | None, environ: Mapping[str, str]) -> Handler:
    """Import the handler of function `name` anew, with `environ` in os.environ, signing as `name` by default.

    `name` is "connect" (`handler` in connect.py) or "app.lambda_handler". With a `layer` the function can import its
    own file and what the layer holds; without one, all that lies in `handlers`. Raise LoadError, and then nothing has
    changed.
    """
    module, _, attribute = handler_string(name).rpartition(".")
    shared = layer or handlers
    try:
        with (
            _loading,
            _variables({**environ, **local_credentials(name)}),
            _fresh_modules(module, handlers, shared),
        ):
            handler: Handler = getattr(importlib.import_module(module), attribute)
            return handler
    except (Exception, SystemExit) as failure:
        if isinstance(failure, ModuleNotFoundError) and failure.name == module:
            raise LoadError(f"there is no {shown(handlers / module)}.py for the function {name}") from None
        raise LoadError(explain(failure, handlers, shared)) from failure


def discard(functions: dict[str, Any]) -> None:
    """Throw functions away as Lambda throws away an environment: with the connections they still keep open."""
    functions.clear()
    with warnings.catch_warnings():  # a function's clients keep connections, and nobody ever closes them
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def explain(failure: BaseException, *folders: Path) -> str:
    """Return one line: where under `folders` it went wrong, and how."""
    if isinstance(failure, SyntaxError):
        return f"{shown(failure.filename or '?')}, line {failure.lineno}: {type(failure).__name__}: {failure.msg}"
    what = f"{type(failure).__name__}: {failure}"
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in folders)]
    return f"{shown(ours[-1].filename)}, line {ours[-1].lineno}: {what}" if ours else what


@contextmanager
def _variables(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        yield
    finally:
        for name in environ:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


@contextmanager
def _fresh_modules(name: str, handlers: Path, shared: Path) -> Iterator[None]:
    """Import `name` and what lies in `shared` anew inside the block; afterwards everything is as before."""
    own = {name, *(path.stem for path in shared.iterdir() if path.is_dir() or path.suffix == ".py")}

    def take_out() -> dict[str, Any]:
        return {key: sys.modules.pop(key) for key in list(sys.modules) if key.partition(".")[0] in own}

    before, finder = take_out(), _Finder(name, handlers, shared)
    boto3.DEFAULT_SESSION = _session()  # the one from before remembers the credentials of whoever came first
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        take_out()
        sys.modules.update(before)


def _session() -> boto3.Session:
    """Return a new session; but the descriptions of AWS's services, some megabytes of JSON, are read once for all."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    return boto3.Session(botocore_session=session)


@functools.cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


class _Finder:
    """Finds one function's file and the shared code, like a Lambda that has been given this zip and this layer."""

    def __init__(self, name: str, handlers: Path, shared: Path) -> None:
        self._name = name
        self._handlers = handlers
        self._shared = shared

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if path is None:
            folders = [str(self._handlers if fullname == self._name else self._shared)]
        else:
            folders = [folder for folder in path if Path(folder).is_relative_to(self._shared)]
        specs = (FileFinder(folder, (_SourceLoader, [".py"])).find_spec(fullname) for folder in folders)
        return next((spec for spec in specs if spec and spec.loader), None)


class _SourceLoader(SourceFileLoader):
    """Always reads the source: cached bytecode is matched by the second, which would hide a second quick edit."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return _compiled(self.get_data(path), path)


@functools.lru_cache(200)  # some times as many as the layer and the functions have modules
def _compiled(source: bytes, path: str) -> CodeType:
    code: CodeType = compile(source, path, "exec", dont_inherit=True)
    return code
