"""`python -m local.gateway --routes routes.json`: a folder of Python handlers behind a gateway, until Ctrl-C."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local.functions.contract import Function, LoadError
from local.functions.credentials import SECRET, local_endpoints, use_local_credentials
from local.functions.function_set import Code, FunctionSet
from local.functions.route_map import Routes, integrations
from local.gateway import Gateway, GatewayOptions, PortTaken
from local.gateway.command_line import fail, port_number, prepare_for_a_crowd, say, stop_signal

PORT = 3001
ENDPOINT_VARIABLE = "CONNECTIONS_ENDPOINT"


def main() -> int:
    """Run until somebody stops it. Return the exit code."""
    options = read_options()
    try:
        asyncio.run(serve(options))
    except PortTaken as failure:
        return fail(str(failure))
    except PermissionError:
        return fail(f"Port {options.port} is not for everybody. Choose one above 1023.")
    except LoadError as failure:
        return fail(f"Cannot start: {failure}")
    except KeyboardInterrupt:  # the second one: somebody is in a hurry
        return 130
    return 0


def read_options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m local.gateway",
        description="Runs Python handlers behind a local API Gateway for WebSocket APIs until Ctrl-C.",
    )
    parser.add_argument(
        "--routes",
        metavar="FILE",
        type=Path,
        required=True,
        help='which function answers which route: {"$connect": {"function": "connect"}, "ping": {"mock": true}}; '
        'the function "connect" is `handler` in connect.py, "app.hello" is `hello` in app.py',
    )
    parser.add_argument(
        "--handlers", metavar="FOLDER", type=Path, help="where the functions' files lie; default: beside the route file"
    )
    _add_gateway_options(parser)
    return parser.parse_args()


def _add_gateway_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port_number, default=PORT, help=f"default: {PORT}")
    parser.add_argument(
        "--stage", default="local", help="the name of the stage, in addresses and events; default: local"
    )
    parser.add_argument(
        "--endpoint-variable",
        metavar="NAME",
        default=ENDPOINT_VARIABLE,
        help="the environment variable that tells handlers the endpoint_url of boto3's apigatewaymanagementapi; "
        f"default: {ENDPOINT_VARIABLE}",
    )
    parser.add_argument(
        "--origin",
        metavar="URL",
        action="append",
        default=[],
        help="pages of this origin may ask too, such as http://localhost:5173; may be given several times",
    )


async def serve(options: argparse.Namespace) -> None:
    """Run the gateway until a signal stops it."""
    stop = stop_signal()
    prepare_for_a_crowd()
    chosen = GatewayOptions(port=options.port, stage=options.stage, allowed_origins=options.origin)
    gateway = HandlerGateway(options.endpoint_variable, chosen)

    def take_over(routes: Routes, functions: Mapping[str, Function]) -> None:
        gateway.routes = integrations(routes, functions)

    code = Code(options.routes.resolve(), (options.handlers or options.routes.parent).resolve())
    sys.path.append(str(code.handlers))  # for what handlers import only when they are invoked
    functions = FunctionSet(code, take_over, lambda name: {})
    async with functions.behind(gateway, on_reload=say):
        say(f"Sockets:      {gateway.url}")
        say(f"Routes:       {', '.join(gateway.routes)}")
        say(f"@connections: {gateway.endpoint}, which handlers find in {options.endpoint_variable}")
        say(f'Credentials:  any access key id with the secret key "{SECRET}"; handlers have them in their environment')
        say("Ctrl-C stops it. Handlers are reloaded when you change them.")
        await stop.wait()


class HandlerGateway(Gateway):
    """A gateway that tells handlers in this process, by os.environ, where to post and how to sign."""

    def __init__(self, endpoint_variable: str, options: GatewayOptions) -> None:
        super().__init__({}, options)
        self._endpoint_variable = endpoint_variable

    async def start(self) -> None:
        """Listen, and set the variables once the port is known. Handlers may read them whenever they like."""
        await super().start()
        endpoints = local_endpoints()
        use_local_credentials()
        os.environ.update(endpoints)
        os.environ[self._endpoint_variable] = self.endpoint


if __name__ == "__main__":
    sys.exit(main())
