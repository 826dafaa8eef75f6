"""`python -m local`, which is what `make dev` runs: the chat at http://localhost:3001 until Ctrl-C."""

import argparse
import asyncio
import os
import sys
from urllib.parse import urlsplit

from local.chat import ROOT, LocalChat, LocalOptions
from local.deployed import CannotReadVariables, deployed
from local.dynamodb.backends import BackendUnreachable
from local.functions.contract import LoadError
from local.functions.credentials import leads_away
from local.gateway import GatewayOptions, PortTaken
from local.gateway.command_line import fail, port_number, prepare_for_a_crowd, say, stop_signal

PORT = 3001
NOT_FOR_FUNCTIONS = ("PYTHON", "LD_")  # variables that are for this interpreter and its loader


def main() -> int:
    """Run until somebody stops it. Return the exit code."""
    options = read_options()
    try:
        asyncio.run(serve(options))
    except PortTaken:
        return fail(
            f"Port {options.port} is taken by another program. Choose another one: PORT={options.port + 1} make dev"
        )
    except PermissionError:
        return fail(f"Port {options.port} is not for everybody. Choose one above 1023: PORT={PORT} make dev")
    except BackendUnreachable as failure:
        return fail(f"Cannot start: {failure}. Start it, or leave DYNAMODB_ENDPOINT out for a table in memory.")
    except (CannotReadVariables, LoadError, RuntimeError) as failure:
        return fail(f"Cannot start: {failure}")
    except KeyboardInterrupt:  # the second one: somebody is in a hurry
        return 130
    return 0


def read_options() -> argparse.Namespace:
    """Return the options of the command line, which come from the environment where they are not given."""
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


def http_url(text: str) -> str:
    """Return the address that an option names. Raise ArgumentTypeError if it is none."""
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise argparse.ArgumentTypeError(f"an endpoint looks like http://localhost:8000, not {text!r}")
    return text


def settings() -> dict[str, str]:
    """Return the shell's variables for the functions, whatever an owner may set: `ROOM_CAP=3 make dev` tries it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(NOT_FOR_FUNCTIONS) and not leads_away(name)
    }


async def serve(options: argparse.Namespace) -> None:
    """Run the chat until a signal stops it."""
    stop = stop_signal()
    prepare_for_a_crowd()
    chat = LocalChat(
        LocalOptions(
            deployed=deployed(chosen=True),
            mode="processes" if options.isolated else "threads",
            environ=settings(),
            site=ROOT / "frontend",
            dynamodb_endpoint=options.dynamodb_endpoint,
            gateway=GatewayOptions(port=options.port),
        ),
        on_reload=say,
    )
    async with chat:
        say(f"The chat:  http://localhost:{options.port}/")
        say(f"Its price: http://localhost:{options.port}/_local/")
        say("Ctrl-C stops it. Functions are reloaded when you change them.")
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
