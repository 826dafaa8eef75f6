"""What the two commands, `python -m local` and `python -m local.gateway`, have in common."""

import argparse
import asyncio
import signal
import sys

from local.gateway.open_files import open_more_files, tell_when_none_are_left, too_few

PORTS = range(1, 65536)


def port_number(text: str) -> int:
    """Return the port that an option names. Raise ArgumentTypeError if it is none."""
    if not text.isdecimal() or int(text) not in PORTS:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def stop_signal() -> asyncio.Event:
    """Return an event that is set at the first Ctrl-C or SIGTERM. A second Ctrl-C does not wait for a clean end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    return stop


def prepare_for_a_crowd() -> None:
    """Let as many people be connected as this machine allows, and say so where those are few."""
    if complaint := too_few(open_more_files()):
        say(complaint)
    tell_when_none_are_left(say)


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


def fail(sentence: str) -> int:
    """Print why it cannot go on, and return the exit code for it."""
    print(sentence, file=sys.stderr)
    return 1
