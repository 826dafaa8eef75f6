"""An API Gateway for WebSocket APIs on this machine, for any route map of Python handlers: see README.md.

async with Gateway({"$connect": connect, "$default": default}) as gateway:
    ...  # clients connect to gateway.url, handlers post to gateway.endpoint
"""

from local.functions.contract import (
    Context,
    Function,
    FunctionError,
    FunctionThrottled,
    FunctionTimeout,
    InvocationError,
    Mock,
)
from local.gateway.clock import Clock
from local.gateway.faults import Faults
from local.gateway.listening import PortTaken
from local.gateway.metering import GatewayMeter, NoMeter
from local.gateway.options import GatewayOptions
from local.gateway.server import Gateway
from local.gateway.throttle import Throttle

__all__ = [
    "Clock",
    "Context",
    "Faults",
    "Function",
    "FunctionError",
    "FunctionThrottled",
    "FunctionTimeout",
    "Gateway",
    "GatewayMeter",
    "GatewayOptions",
    "InvocationError",
    "Mock",
    "NoMeter",
    "PortTaken",
    "Throttle",
]
