"""What may be chosen about a gateway."""

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from local.gateway.throttle import ACCOUNT_DEFAULT, Throttle

INTEGRATION_TIMEOUT = 29.0  # seconds, the most API Gateway waits for an integration


@dataclass(frozen=True)
class GatewayOptions:
    """Where it listens, and the limits of its stage.

    `port` 0 takes any free one. `timeout` is how many seconds an integration may take. `credentials` maps access key
    ids to secret keys; None takes any id with the secret "local". With `ssl_context` everything is https and wss.

    `allowed_origins` are those of pages that are not this gateway's own and may ask it all the same; None are all, as
    on AWS, where `$connect` has to look at the header Origin.

    `throttle` is the stage's own, for all routes that `route_throttles` does not name. Whether what functions send to
    @connections counts for it, AWS does not say: `posts_count` is the answer that this gateway goes by, as it stands in
    docs/fidelity.md at `posts-throttled`.
    """

    host: str = "127.0.0.1"
    port: int = 0
    stage: str = "local"
    timeout: float = INTEGRATION_TIMEOUT
    throttle: Throttle = ACCOUNT_DEFAULT
    route_throttles: Mapping[str, Throttle] = field(default_factory=dict)
    posts_count: bool = True
    credentials: Mapping[str, str] | None = None
    ssl_context: ssl.SSLContext | None = None
    allowed_origins: Collection[str] | None = ()
