"""How many files this process may open, which is how many people may be connected."""

import asyncio
import errno
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

OTHERS = 256  # beside people's sockets: connections between functions and servers, source files, the interpreter's own
ENOUGH = 3000 + OTHERS
MOST = 1 << 16  # what a limit above this would cost, such as macOS's "unlimited", which cannot be set, is not worth it


def open_more_files() -> int | None:
    """Raise the soft limit of this process to the hard one. Return it; None on systems that know no such limits."""
    if sys.platform == "win32":
        return None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (MOST if hard == resource.RLIM_INFINITY else min(hard, MOST), 10_240):  # macOS's kernel takes no more
        if soft < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                return wanted
    return soft


def too_few(limit: int | None) -> str | None:
    """Return what to say about a limit that is not enough for a crowd, None if it is."""
    if limit is None or limit >= ENOUGH:
        return None
    return f"Only {max(0, limit - OTHERS):,} people can be connected: this shell opens {limit:,} files. {_hint()}"


def tell_when_none_are_left(say: Callable[[str], None]) -> None:
    """Say in a sentence, once, that who comes has to wait, where asyncio would say it with a trace every second."""
    told = False

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        failure = context.get("exception")
        if not isinstance(failure, OSError) or failure.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif not told:
            told = True
            say(f"No more files can be opened, so whoever comes now has to wait until somebody leaves. {_hint()}")

    asyncio.get_running_loop().set_exception_handler(handle)


def _hint() -> str:
    return f"Allow more by `ulimit -Hn {2 * ENOUGH}`, which may need root, before you start."
