"""All functions of a route map: loaded from a folder, run, and replaced while they run when their code changes."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from local.functions.contract import Function, FunctionError, FunctionLimits, LoadError, Log, print_line
from local.functions.loader import discard, load_function
from local.functions.processes import ProcessFunction, ProcessOptions
from local.functions.reload import Sources
from local.functions.route_map import Routes, function_names, read_routes
from local.functions.threads import ThreadFunction

THREADS = 64  # as many invocations at once as six functions with ten environments each
WATCH_SECONDS = 0.5  # between two looks at the sources: an edit is in use about a second later

Mode = Literal["threads", "processes"]
Serve = Callable[[Routes, Mapping[str, Function]], None]
Variables = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Code:
    """Where the code lies: the route map, the folder of the handlers and that of the layer they share, if any.

    Without a layer every function may import whatever lies in `handlers`, as from one zip.
    """

    routes: Path
    handlers: Path
    layer: Path | None = None

    @property
    def path(self) -> list[Path]:
        """The folders that functions import from."""
        return [folder for folder in (self.handlers, self.layer) if folder]


class FunctionSet:
    """The functions that a route map names. `current` has them by name."""

    def __init__(
        self,
        code: Code,
        serve: Serve,
        variables: Variables,
        *,
        mode: Mode = "threads",
        limits: FunctionLimits | None = None,
        log: Log = print_line,
    ) -> None:
        """Load nothing yet.

        `serve(routes, functions)` is called whenever either changes: from then on these are to be invoked.
        `variables(name)` gives the environment variables of a function, `limits` are each function's. `log` gets what
        functions in processes print, and tracebacks.
        """
        self.current: dict[str, Function] = {}
        self.loaded = asyncio.Event()
        self._code, self._serve, self._variables = code, serve, variables
        self._mode, self._limits, self._log = mode, limits or FunctionLimits(), log
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="function")
        self._starting = asyncio.Semaphore(max(2, os.cpu_count() or 1))
        self._replaced: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def behind(
        self, server: AbstractAsyncContextManager[Any], on_reload: Callable[[str], None] | None = None
    ) -> AsyncIterator[None]:
        """Run `server` with the functions behind it inside the block.

        The server starts first, because functions need its port, and stops first, because its last events need
        functions. With `on_reload`, functions are loaded anew when their sources change, and it gets a sentence about
        that. Raise LoadError, and whatever starting the server raises.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._stop)
            sources = Sources([self._code.routes, *self._code.path])
            self._serve_stand_ins()
            await stack.enter_async_context(server)
            stack.callback(self.loaded.set)
            await self._load()
            if on_reload:
                stack.push_async_callback(_cancel, asyncio.create_task(self._reload(sources, on_reload)))
            yield

    def _serve_stand_ins(self) -> None:
        """Let who comes early wait for the functions."""
        routes = read_routes(self._code.routes)
        self._serve(routes, {name: _StandIn(name, self) for name in function_names(routes)})

    async def _load(self) -> None:
        """Load all functions and let them take over; on LoadError everything stays as it was."""
        routes = read_routes(self._code.routes)
        names = function_names(routes)
        functions = await (self._in_processes(names) if self._mode == "processes" else self._in_threads(names))
        old, self.current = self.current, functions
        self._serve(routes, functions)
        self.loaded.set()
        for function in old.values():
            self._retire(function)

    async def _in_threads(self, names: Iterable[str]) -> dict[str, Function]:
        functions: dict[str, Function] = {}
        for name in names:
            handler = await asyncio.to_thread(
                load_function, name, self._code.handlers, self._code.layer, self._variables(name)
            )
            functions[name] = ThreadFunction(name, handler, self._pool, self._limits, log=self._log)
        return functions

    async def _in_processes(self, names: Iterable[str]) -> dict[str, Function]:
        options = ProcessOptions(**vars(self._limits))
        functions = {
            name: ProcessFunction(
                name, self._code.path, self._variables(name), options, starting=self._starting, log=self._log
            )
            for name in names
        }
        try:
            outcomes = await asyncio.gather(*(each.start() for each in functions.values()), return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
        except BaseException:
            await asyncio.gather(*(each.stop() for each in functions.values()))
            raise
        return dict(functions)

    def _retire(self, function: Function) -> None:
        """Let a replaced function finish what it has begun."""
        if isinstance(function, ProcessFunction):
            task = asyncio.create_task(function.drain())
            self._replaced.add(task)
            task.add_done_callback(self._replaced.discard)

    async def _reload(self, sources: Sources, on_reload: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            changed = sources.changed()
            if not changed:
                continue
            try:
                await self._load()
            except LoadError as failure:
                on_reload(f"not reloaded, the code from before still runs: {failure}")
            else:
                on_reload(f"reloaded: {', '.join(changed)} changed")

    async def _stop(self) -> None:
        processes = [each for each in self.current.values() if isinstance(each, ProcessFunction)]
        await asyncio.gather(*(each.stop() for each in processes), *self._replaced)
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)
        self._serve({}, {})
        discard(self.current)


class _StandIn:
    """Stands in for a function until it is loaded."""

    def __init__(self, name: str, functions: FunctionSet) -> None:
        self.name = name
        self._functions = functions

    async def invoke(self, event: dict[str, Any]) -> Any:
        await self._functions.loaded.wait()
        if self.name not in self._functions.current:
            raise FunctionError(f"{self.name} could not be loaded")
        return await self._functions.current[self.name].invoke(event)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
