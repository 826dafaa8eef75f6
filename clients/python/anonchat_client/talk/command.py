"""The command `talk`: its arguments, and one sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from anonchat_client.client import Client
from anonchat_client.encryption.link import RoomLink
from anonchat_client.errors import ChatError, RequestRefused
from anonchat_client.talk.terminal import Terminal
from anonchat_client.talk.visit import Visit

DESCRIPTION = """\
Talk in a room, end to end encrypted, by the link that the page's "Share" gives. Put it into quotes.

What you type is sent line by line. /me waves says what you do, /who lists who is here, //text sends a text that begins
with a slash. Ctrl-D leaves once all is sent, Ctrl-C at once."""
EPILOG = """\
Nothing is kept on this machine: your key is made anew for each run, and with it your handle. The link is the room's
key: your shell may keep it in its history. Give - in its place to be asked for it."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command. Returns its exit code."""
    options = read_options(arguments)
    terminal = Terminal()
    try:
        link = terminal.ask("Link: ") if options.link == "-" else options.link
        RoomLink.parse(link)  # a bad one is said before a name is asked for
        alias = options.alias or terminal.ask("Your name: ")
        return asyncio.run(talk(link, alias, terminal))
    except RequestRefused as refusal:
        return end(refusal.sentence)
    except ChatError as failure:
        return end(str(failure))
    except EOFError:
        return end("Nothing was entered: give the link, and a name with --alias.")
    except KeyboardInterrupt:
        return 130 if terminal.in_use else end("\nStopped: you were not in the room yet.", 130)
    finally:
        terminal.close()


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="talk", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("link", help="https://…/#key=… or #name=…; - asks for it")
    parser.add_argument("--alias", help="the name others see; asked for if left out")
    return parser.parse_args(arguments)


async def talk(link: str, alias: str, terminal: Terminal) -> int:
    """Be in the room until the input ends or somebody asks to stop."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, interrupt)
    async with Client.from_link(link, alias) as client:
        return await Visit(client, terminal).run()


def interrupt() -> None:
    """Stop as after Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def end(sentence: str, code: int = 1) -> int:
    print(sentence, file=sys.stderr)
    return code
