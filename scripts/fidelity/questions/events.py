"""The events that handlers get: their keys, headers, ids and times."""

import re
from datetime import UTC, datetime

from scripts.fidelity.asking import Asking, query, question, words
from scripts.fidelity.target import Event

HOP = {"connection", "upgrade"}
EDGE = ("X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")


def keys(event: Event) -> str:
    """Return the keys of an event; those of its requestContext in brackets."""
    context = " ".join(sorted(event["requestContext"]))
    return f"{' '.join(sorted(set(event) - {'requestContext'}))} [{context}]"


async def connect_event(asking: Asking, place: str = "", headers: tuple[str, ...] = ()) -> Event:
    begin, token = query()
    await asking.open("open", f"{begin}{place}", headers)
    [record] = await asking.seen(token, "CONNECT")
    return record.event


@question()
async def connect_event_keys(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    [record] = await asking.seen(connection_id, "CONNECT")
    return keys(record.event)


@question()
async def message_event_keys(asking: Asking) -> str:
    return keys((await asking.lifetime())[1])


@question()
async def disconnect_event_keys(asking: Asking) -> str:
    return keys((await asking.lifetime())[2])


@question()
async def event_kinds(asking: Asking) -> str:
    contexts = [event["requestContext"] for event in await asking.lifetime()]
    names = ("routeKey", "eventType", "messageDirection")
    return words(*[" ".join(str(context.get(name, "-")) for name in names) for context in contexts])


@question()
async def disconnect_headers(asking: Asking) -> str:
    """Ask which headers $disconnect gets, and which have a value."""
    headers = (await asking.lifetime(["Origin: https://probe.example"]))[2].get("headers") or {}
    return words(*[f"{name}: {'…' if value else '-'}" for name, value in sorted(headers.items())]) or "none"


@question()
async def header_case(asking: Asking) -> str:
    event = await connect_event(asking, headers=("Origin: https://probe.example", "x-LOUD-quiet: 1"))
    names = {"origin", "x-loud-quiet"}
    found = {name: value for name, value in event["headers"].items() if name.lower() in names}
    return words(*[f"{name}: {value}" for name, value in sorted(found.items())])


@question()
async def header_repeated(asking: Asking) -> str:
    event = await connect_event(asking, headers=("X-Tag: one", "X-Tag: two"))
    [single] = [value for name, value in event["headers"].items() if name.lower() == "x-tag"]
    [multiple] = [value for name, value in event["multiValueHeaders"].items() if name.lower() == "x-tag"]
    return f"{single}; {words(*multiple)}"


@question()
async def edge_headers(asking: Asking) -> str:
    """Ask which headers of the hop are taken out and which are put in."""
    headers = (await connect_event(asking))["headers"]
    kept = sorted(name for name in headers if name.lower() in HOP)
    return f"{words(*kept) or 'none'}; {words(*[name for name in EDGE if name in headers]) or 'none'}"


@question()
async def query_string(asking: Asking) -> str:
    event = await connect_event(asking, "&room=a%20b&tag=1&tag=2&empty=")
    single = {name: value for name, value in event["queryStringParameters"].items() if name != "probe"}
    multiple = {name: value for name, value in event["multiValueQueryStringParameters"].items() if name != "probe"}
    return f"{single} {multiple}"


@question()
async def query_string_absent(asking: Asking) -> str:
    _, connection_id = await asking.with_id()
    [record] = await asking.seen(connection_id, "CONNECT")
    names = ("queryStringParameters", "multiValueQueryStringParameters")
    return words(*["null" if name in record.event else "absent" for name in names])


@question()
async def request_ids(asking: Asking) -> str:
    contexts = [event["requestContext"] for event in await asking.lifetime()]
    same = all(context["requestId"] == context["extendedRequestId"] for context in contexts)
    fresh = len({context["requestId"] for context in contexts}) == len(contexts)
    return words(
        "same as extendedRequestId" if same else "another than extendedRequestId", "new" if fresh else "not new"
    )


@question()
async def connected_at(asking: Asking) -> str:
    contexts = [event["requestContext"] for event in await asking.lifetime()]
    return "the same" if len({context["connectedAt"] for context in contexts}) == 1 else "differs"


@question()
async def request_time(asking: Asking) -> str:
    """Ask whether requestTime is requestTimeEpoch, in UTC and as in a web server's log."""
    context = (await asking.lifetime())[1]["requestContext"]
    then = datetime.fromtimestamp(context["requestTimeEpoch"] // 1000, UTC)
    return "yes" if context["requestTime"] == then.strftime("%d/%b/%Y:%H:%M:%S +0000") else context["requestTime"]


@question()
async def connection_id(asking: Asking) -> str:
    _, found = await asking.with_id()
    shape = "A-Z a-z 0-9 - _, = last" if re.fullmatch(r"[\w-]+=", found) else "no = last"
    return f"{len(found)} characters, {shape}"


@question()
async def message_id(asking: Asking) -> str:
    context = (await asking.lifetime())[1]["requestContext"]
    found = context.get("messageId")
    return "absent" if found is None else f"{len(found)} characters, {'=' if found.endswith('=') else 'no ='} last"


@question()
async def identity(asking: Asking) -> str:
    """Ask what identity holds with a User-Agent and without."""
    found = []
    for headers in ((["User-Agent: Probe/1"]), ()):
        contexts = [event["requestContext"] for event in await asking.lifetime(headers)]
        found.append(words(*sorted({" ".join(sorted(context["identity"])) for context in contexts})))
    return "; ".join(found)


@question()
async def user_agent_alone(asking: Asking) -> str:
    """Ask for the userAgent of all three events."""
    contexts = [event["requestContext"] for event in await asking.lifetime(["User-Agent: Probe/1"])]
    return words(*[context["identity"].get("userAgent") for context in contexts])
