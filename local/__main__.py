"""`python -m local`, which is what `make dev` runs: the chat at http://localhost:3001 until Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from urllib.parse import urlsplit

from local.chat import ROOT, LocalChat
from local.dynamodb.server import BackendUnreachable
from local.functions.loader import LoadError
from local.gateway.server import PortTaken

PORT = 3001
PORTS = range(1, 65536)
# What an owner may set for the functions; `ROOM_CAP=3 make dev` tries it.
SETTINGS = ("ALLOWED_ORIGINS", "AWS_LAMBDA_LOG_LEVEL", "HISTORY_SECONDS", "PER_MINUTE", "ROOM_CAP")


def main() -> int:
    options = read_options()
    try:
        asyncio.run(serve(options))
    except PortTaken:
        return refuse(
            f"Port {options.port} is taken by another program. Choose another one: PORT={options.port + 1} make dev"
        )
    except PermissionError:
        return refuse(f"Port {options.port} is not for everybody. Choose one above 1023: PORT={PORT} make dev")
    except BackendUnreachable as failure:
        return refuse(f"Cannot start: {failure}. Start it, or leave DYNAMODB_ENDPOINT out for a table in memory.")
    except (LoadError, RuntimeError) as failure:
        return refuse(f"Cannot start: {failure}")
    except KeyboardInterrupt:  # the second one: somebody is in a hurry
        return 130
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="Runs the whole chat on this machine until Ctrl-C."
    )
    parser.add_argument(
        "--port", type=port_number, default=os.environ.get("PORT") or PORT, help="default: PORT or 3001"
    )
    parser.add_argument(
        "--dynamodb-endpoint",
        metavar="URL",
        type=http_url,
        default=os.environ.get("DYNAMODB_ENDPOINT") or None,
        help="another DynamoDB in place of the one in memory; default: DYNAMODB_ENDPOINT",
    )
    parser.add_argument(
        "--isolated",
        action="store_true",
        default=os.environ.get("ISOLATED", "") not in ("", "0"),
        help="run functions in processes of their own, as Lambda does (Linux); default: ISOLATED=1",
    )
    return parser.parse_args()


def port_number(text: str) -> int:
    if not text.isdecimal() or int(text) not in PORTS:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def http_url(text: str) -> str:
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise argparse.ArgumentTypeError(f"an endpoint looks like http://localhost:8000, not {text!r}")
    return text


async def serve(options: argparse.Namespace) -> None:
    stop = asked_to_stop()
    chat = LocalChat(
        mode="isolated" if options.isolated else "threads",
        port=options.port,
        environ={name: os.environ[name] for name in SETTINGS if name in os.environ},
        site=ROOT / "frontend",
        dynamodb_endpoint=options.dynamodb_endpoint,
        watch=True,
        tell=tell,
    )
    async with chat:
        tell(f"The chat:  http://localhost:{options.port}/")
        tell(f"Its price: http://localhost:{options.port}/_local/")
        tell("Ctrl-C stops it. Functions are reloaded when you change them.")
        await stop.wait()


def asked_to_stop() -> asyncio.Event:
    """Set at the first Ctrl-C or SIGTERM; a second Ctrl-C does not wait for a clean end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask)
    return stop


def tell(line: str) -> None:
    print(line, flush=True)


def refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
