"""Functions in threads: the real handlers, loaded from the working tree, each with a copy of the layer to itself.

On Lambda two functions share no memory, so here every function gets fresh modules of its own. Its environment is
in `os.environ` while it loads and only then, so functions with different environments can live in one process.
"""

import asyncio
import gc
import importlib
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import Any

import boto3

from local.functions.contract import (
    DEFAULT_MEMORY_MB,
    DEFAULT_TIMEOUT,
    FunctionError,
    FunctionTimeout,
    Handler,
    PlainFunction,
)

Log = Callable[[str, str], None]  # (function, line)

THREADS = 64  # as many invocations at once as six functions with ten environments each
REGION = "us-east-1"  # any would do: nothing here leaves the machine
SECRET = "local"  # noqa: S105  # signs everything here and opens nothing

_loading = threading.Lock()  # sys.modules, sys.meta_path and os.environ are the whole process's


class LoadError(Exception):
    """A function that does not load; the text says which file and line, for people."""


def credentials(key: str) -> dict[str, str]:
    """The environment of somebody who signs as `key`: the meter tells functions apart by it."""
    return {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "no_proxy": "*",  # everything is on this machine
    }


def sign_as_local() -> None:
    """Give this process local credentials, whatever AWS account its owner is signed in to.

    Functions in threads read the credentials when they post, long after they were loaded.
    """
    for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        os.environ.pop(name, None)
    os.environ.update(credentials("local"))


def print_line(name: str, line: str) -> None:
    print(f"[{name}] {line}", file=sys.stderr, flush=True)


class ThreadFunction:
    """One function whose invocations run side by side in a pool of threads. Times are in seconds."""

    def __init__(
        self,
        name: str,
        handler: Handler,
        pool: Executor,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        log: Log = print_line,
    ) -> None:
        self.name = name
        self.memory_mb = DEFAULT_MEMORY_MB
        self._function = PlainFunction(name, handler, pool)
        self._timeout = timeout
        self._log = log

    async def invoke(self, event: dict[str, Any]) -> Any:
        """What the handler returned. Raises FunctionError if it raised, FunctionTimeout if it is not done in time."""
        running = asyncio.ensure_future(self._function.invoke(event))
        try:
            return await asyncio.wait_for(asyncio.shield(running), self._timeout)
        except TimeoutError:  # no thread can be stopped from outside: this one runs on, unheard
            raise FunctionTimeout(f"{self.name} was not done after {self._timeout:g} seconds") from None
        except FunctionError as failure:
            for line in "".join(traceback.format_exception(failure.__cause__)).splitlines():
                self._log(self.name, line)
            raise


def load_function(name: str, lambdas: Path, layer: Path, environ: Mapping[str, str]) -> Handler:
    """The handler of `lambdas/<name>.py`, with a layer of its own. Raises LoadError, and then nothing has changed."""
    try:
        with _loading, _environment({**environ, **credentials(name)}), _fresh_modules(name, lambdas, layer):
            handler: Handler = importlib.import_module(name).handler
            return handler
    except (Exception, SystemExit) as failure:
        raise LoadError(explain(failure, lambdas, layer)) from failure


def discard(functions: dict[str, Any]) -> None:
    """Throw functions away as Lambda does an environment: whole, with the connections they still keep open."""
    functions.clear()
    with warnings.catch_warnings():  # a function's clients keep connections, and nobody ever closes them
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def explain(failure: BaseException, *folders: Path) -> str:
    """One line: where under `folders` it went wrong, and how."""
    if isinstance(failure, SyntaxError):
        return f"{shown(failure.filename or '?')}, line {failure.lineno}: {type(failure).__name__}: {failure.msg}"
    what = f"{type(failure).__name__}: {failure}"
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if any(Path(frame.filename).is_relative_to(folder) for folder in folders)]
    return f"{shown(ours[-1].filename)}, line {ours[-1].lineno}: {what}" if ours else what


def shown(path: Path | str) -> str:
    """A path as people here would type it."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else str(path)


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
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
def _fresh_modules(name: str, lambdas: Path, layer: Path) -> Iterator[None]:
    """While this lasts, `name` and what the layer holds are imported anew; afterwards everything is as before."""
    own = {name, *(path.stem for path in layer.iterdir())}

    def take_out() -> dict[str, Any]:
        return {key: sys.modules.pop(key) for key in list(sys.modules) if key.partition(".")[0] in own}

    before, finder = take_out(), _Finder(name, lambdas, layer)
    boto3.DEFAULT_SESSION = None  # it remembers the credentials of whoever came first
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        take_out()
        sys.modules.update(before)


class _Finder:
    """Finds one function's file and the layer, like a Lambda that has been given this zip and this layer."""

    def __init__(self, name: str, lambdas: Path, layer: Path) -> None:
        self._name = name
        self._lambdas = lambdas
        self._layer = layer

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if path is None:
            folders = [str(self._lambdas if fullname == self._name else self._layer)]
        else:
            folders = [folder for folder in path if Path(folder).is_relative_to(self._layer)]
        specs = (FileFinder(folder, (_SourceLoader, [".py"])).find_spec(fullname) for folder in folders)
        return next((spec for spec in specs if spec and spec.loader), None)


class _SourceLoader(SourceFileLoader):
    """Always compiles: cached bytecode is matched by the second, which would hide a second quick edit."""

    def path_stats(self, path: str) -> Any:
        raise OSError
