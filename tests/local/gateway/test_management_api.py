"""@connections through boto3's own client: posting to sockets, looking at them, closing them. Section 1.5."""

import asyncio
import hashlib
import socket as sockets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from yarl import URL

from local.gateway import Clock, Gateway, GatewayOptions
from local.gateway.frames import CONTINUATION, FIN, TEXT
from tests.support.gateway_kit import Bare, Recorder, Serve, closing, management, only_id, post, until
from tests.support.waiting import WAIT_SECONDS

KB = 1024
UNKNOWN = "TXzPWdnOjoECGjA="


async def call(method: Callable[..., Any], **arguments: Any) -> Any:
    return await asyncio.to_thread(method, **arguments)


def status_of(error: pytest.ExceptionInfo[ClientError]) -> Any:
    return error.value.response["ResponseMetadata"]["HTTPStatusCode"]


# POST


@pytest.mark.documented
async def test_a_post_reaches_the_client_as_a_text_message(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        answer = await post(management(gateway), only_id(gateway), "grüezi 👋".encode())
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        assert await socket.receive_str() == "grüezi 👋"


@pytest.mark.observed
async def test_an_empty_post_is_an_empty_message(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        await post(management(gateway), only_id(gateway), b"")
        assert await socket.receive_str() == ""


@pytest.mark.assumed
async def test_a_post_that_is_no_utf_8_arrives_with_replacement_characters(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        await post(management(gateway), only_id(gateway), b"a\xffb")
        assert await socket.receive_str() == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.documented
async def test_a_post_needs_no_stage_in_its_path(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        status, _, _ = await signed(web, gateway, f"/@connections/{only_id(gateway)[:-1]}%3D", base=gateway.http_url)
        assert status == 200
        assert await socket.receive_str() == "signed by hand"


@pytest.mark.documented
async def test_a_post_to_a_connection_that_is_not_there_is_gone(serve: Serve) -> None:
    client = management(await serve({}))
    with pytest.raises(client.exceptions.GoneException) as error:
        await post(client, UNKNOWN)
    assert status_of(error) == 410


@pytest.mark.documented
async def test_a_post_to_a_connection_that_has_closed_is_gone(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    client = management(gateway)
    async with web.ws_connect(gateway.url):
        connection_id = only_id(gateway)
    await until(lambda: not gateway.connections)
    with pytest.raises(client.exceptions.GoneException):
        await post(client, connection_id)


@pytest.mark.documented
async def test_a_post_to_a_connection_that_was_cut_is_gone(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    client = management(gateway)
    async with web.ws_connect(gateway.url):
        connection_id = only_id(gateway)
        gateway.faults.cut(connection_id)
        await until(lambda: not gateway.connections)
        with pytest.raises(client.exceptions.GoneException):
            await post(client, connection_id)


@pytest.mark.documented
async def test_a_post_of_131072_bytes_is_taken_and_one_byte_more_is_too_large(
    serve: Serve, web: aiohttp.ClientSession
) -> None:
    gateway = await serve({})
    client = management(gateway)
    async with web.ws_connect(gateway.url) as socket:
        await post(client, only_id(gateway), b"x" * 131072)
        assert len(await socket.receive_str()) == 131072
        with pytest.raises(client.exceptions.PayloadTooLargeException) as error:
            await post(client, only_id(gateway), b"x" * 131073)
        assert status_of(error) == 413
        assert len(gateway.connections) == 1


@pytest.mark.documented
async def test_a_post_goes_out_in_frames_of_at_most_32_kb(serve: Serve, bare: Bare) -> None:
    gateway = await serve({})
    client = await bare(gateway)
    await post(management(gateway), only_id(gateway), b"x" * 32 * KB)
    await post(management(gateway), only_id(gateway), b"y" * 70_000)
    assert await client.receive() == (FIN | TEXT, b"x" * 32 * KB)
    assert await client.receive() == (TEXT, b"y" * 32 * KB)
    assert await client.receive() == (CONTINUATION, b"y" * 32 * KB)
    assert await client.receive() == (FIN | CONTINUATION, b"y" * (70_000 - 64 * KB))


async def client_that_reads_nothing(gateway: Gateway, bare: Bare) -> Any:
    """Return the id of a connection whose client reads nothing and has little room to keep it."""
    narrow = sockets.socket()
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.connect((gateway.host, gateway.port))
    await bare(gateway, sock=narrow, limit=1024)
    return only_id(gateway)


async def flood(client: Any, connection_id: str) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            await post(client, connection_id, b"x" * 128 * KB)


@pytest.mark.documented
async def test_a_client_that_does_not_read_gets_its_posts_refused_and_holds_up_nobody(
    serve: Serve, web: aiohttp.ClientSession, bare: Bare
) -> None:
    gateway = await serve({})
    client = management(gateway)
    not_reading = await client_that_reads_nothing(gateway, bare)
    with pytest.raises(client.exceptions.LimitExceededException) as error:
        await flood(client, not_reading)
    assert status_of(error) == 429
    assert 0 < gateway.connections[not_reading].queued <= 1024 * KB + 64
    async with web.ws_connect(gateway.url) as socket:
        (other,) = set(gateway.connections) - {not_reading}
        await post(client, other, b"for you")
        assert await socket.receive_str() == "for you"


@pytest.mark.assumed
@pytest.mark.parametrize("connection_id", ["not an id", "ünknown=", "a/b", "x" * 200, "====", "id="])
async def test_an_id_of_no_possible_shape_is_a_bad_request(serve: Serve, connection_id: str) -> None:
    client = management(await serve({}))
    with pytest.raises(ClientError) as error:
        await post(client, connection_id)
    expected = (410, "GoneException") if connection_id == "id=" else (400, "BadRequestException")
    assert (status_of(error), error.value.response["Error"]["Code"]) == expected


@pytest.mark.documented
@pytest.mark.parametrize(
    ("status", "name"),
    [
        (403, "ForbiddenException"),
        (410, "GoneException"),
        (413, "PayloadTooLargeException"),
        (429, "LimitExceededException"),
        (500, "InternalServerErrorException"),
        (503, "InternalServerErrorException"),
    ],
)
async def test_every_refusal_names_its_type_in_a_header_and_has_a_message(
    serve: Serve, web: aiohttp.ClientSession, status: int, name: str
) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url):
        gateway.faults.post_status[connection_id := only_id(gateway)] = status
        path = f"/local/@connections/{connection_id[:-1]}%3D"
        answered, headers, body = await signed(web, gateway, path)
    assert (answered, headers["x-amzn-ErrorType"]) == (status, name)
    assert set(body) == {"message"}


async def test_a_slow_post_can_be_injected_and_waits_on_the_clock(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url) as socket:
        gateway.faults.post_delay[only_id(gateway)] = 60
        slow = asyncio.create_task(post(management(gateway), only_id(gateway)))
        await until(lambda: len(clock.timers) == 2)  # the idle limit of the connection, and this post
        assert not slow.done()
        clock.advance(60)
        await slow
        assert await socket.receive_str() == "hello"


# GET and DELETE


@pytest.mark.documented
async def test_a_connection_can_be_looked_at(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$default": (default := Recorder())}, clock=(clock := Clock()))
    async with web.ws_connect(gateway.url, headers={"User-Agent": "Test/1"}) as socket:
        clock.advance(100)
        await socket.send_str("hello")
        await default.event()
        seen = await call(management(gateway).get_connection, ConnectionId=only_id(gateway))
    assert seen["Identity"] == {"SourceIp": "127.0.0.1", "UserAgent": "Test/1"}
    assert isinstance(seen["ConnectedAt"], datetime)
    assert abs(seen["ConnectedAt"] - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(seen["LastActiveAt"] - seen["ConnectedAt"] - timedelta(seconds=100)) < timedelta(seconds=5)


@pytest.mark.observed
async def test_a_client_that_names_no_user_agent_has_none_here_either(
    serve: Serve, web: aiohttp.ClientSession, bare: Bare
) -> None:
    gateway = await serve({})
    await bare(gateway)
    path = f"/local/@connections/{only_id(gateway)[:-1]}%3D"
    _, _, seen = await signed(web, gateway, path, method="GET", body=b"")
    assert set(seen) == {"connectedAt", "identity", "lastActiveAt"}
    assert seen["identity"] == {"sourceIp": "127.0.0.1"}


@pytest.mark.documented
async def test_looking_at_a_connection_that_is_not_there_is_gone(serve: Serve) -> None:
    client = management(await serve({}))
    with pytest.raises(client.exceptions.GoneException):
        await call(client.get_connection, ConnectionId=UNKNOWN)


@pytest.mark.documented
async def test_a_connection_can_be_closed(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({"$disconnect": (gone := Recorder())})
    client = management(gateway)
    async with web.ws_connect(gateway.url) as socket:
        connection_id = only_id(gateway)
        answer = await call(client.delete_connection, ConnectionId=connection_id)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert not gateway.connections
        assert (await closing(socket))[0] == 1000  # which code AWS sends is assumed
    await gone.event()
    for again in (client.delete_connection, client.get_connection):
        with pytest.raises(client.exceptions.GoneException):
            await call(again, ConnectionId=connection_id)


@pytest.mark.documented
async def test_what_was_posted_before_a_close_arrives_before_it(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    client = management(gateway)
    async with web.ws_connect(gateway.url) as socket:
        connection_id = only_id(gateway)
        await post(client, connection_id, b"you are banned")
        await call(client.delete_connection, ConnectionId=connection_id)
        assert await socket.receive_str() == "you are banned"
        assert (await closing(socket))[0] == 1000


@pytest.mark.assumed
async def test_a_client_that_does_not_read_is_not_kept_for_its_close_frame(serve: Serve, bare: Bare) -> None:
    gateway = await serve({"$disconnect": (gone := Recorder())}, clock=(clock := Clock()))
    client = management(gateway)
    connection = gateway.connections[await client_that_reads_nothing(gateway, bare)]
    with pytest.raises(client.exceptions.LimitExceededException):
        await flood(client, connection.id)
    await call(client.delete_connection, ConnectionId=connection.id)
    await until(lambda: [timer for timer in clock.timers if timer.when <= clock.time() + 5])
    clock.advance(5)  # for the answer to the close frame
    await gone.event()
    assert connection.queued
    clock.advance(5)  # for the client to begin to read
    await until(lambda: not connection.queued)


@pytest.mark.assumed
async def test_another_method_is_forbidden(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    status, headers, _ = await signed(web, gateway, f"/local/@connections/{UNKNOWN[:-1]}%3D", method="PUT")
    assert (status, headers["x-amzn-ErrorType"]) == (403, "ForbiddenException")


# Signatures


async def signed(
    web: aiohttp.ClientSession,
    gateway: Gateway,
    path: str,
    *,
    method: str = "POST",
    base: Any = None,
    body: Any = b"signed by hand",
    change: Any = None,
    **how: Any,
) -> Any:
    """Return status, headers and JSON of a request that botocore has signed, and `change(request)` spoiled."""
    url = (base or gateway.http_url) + path
    request = AWSRequest(method, url, data=body)
    credentials = Credentials(how.get("key", "me"), how.get("secret", "local"), how.get("token"))
    SigV4Auth(credentials, how.get("service", "execute-api"), "eu-central-1").add_auth(request)
    if change:
        change(request)
    async with web.request(
        method, URL(request.url, encoded=True), headers=dict(request.headers), data=request.data
    ) as answer:
        return answer.status, answer.headers, await answer.json() if answer.content_type.endswith("json") else None


@pytest.mark.documented
async def test_an_unsigned_post_is_forbidden(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.post(f"{gateway.endpoint}/@connections/{UNKNOWN}", data=b"x") as answer:
        assert answer.status == 403
        assert answer.headers["x-amzn-ErrorType"] == "ForbiddenException"
        assert (await answer.json()) == {"message": "Missing Authentication Token"}


@pytest.mark.documented
async def test_a_post_signed_with_another_secret_is_forbidden(serve: Serve) -> None:
    client = management(await serve({}), secret="guessed")
    with pytest.raises(client.exceptions.ForbiddenException) as error:
        await post(client, UNKNOWN)
    assert status_of(error) == 403


@pytest.mark.documented
async def test_a_session_token_is_part_of_the_signature(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    async with web.ws_connect(gateway.url) as socket:
        await post(management(gateway, token="session/token=="), only_id(gateway))
        assert await socket.receive_str() == "hello"


def spoiled_body(request: Any) -> None:
    request.data = b"something else"


def spoiled_path(request: Any) -> None:
    request.url = request.url.replace("Gj", "gJ")


def spoiled_query(request: Any) -> None:
    request.url += "?more=1"


def another_token(request: Any) -> None:
    del request.headers["X-Amz-Security-Token"]
    request.headers["X-Amz-Security-Token"] = "stolen"


def another_date(request: Any) -> None:
    del request.headers["X-Amz-Date"]
    request.headers["X-Amz-Date"] = "20200101T000000Z"


def no_date(request: Any) -> None:
    del request.headers["X-Amz-Date"]


def unsigned_host(request: Any) -> None:
    signed_headers = request.headers["Authorization"]
    del request.headers["Authorization"]
    request.headers["Authorization"] = signed_headers.replace("host;", "")


def another_digest(request: Any) -> None:
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(b"other").hexdigest()


def other_region(request: Any) -> None:
    authorization = request.headers["Authorization"].replace("eu-central-1", "us-east-1")
    del request.headers["Authorization"]
    request.headers["Authorization"] = authorization


@pytest.mark.documented
@pytest.mark.parametrize(
    "change",
    [
        spoiled_body,
        spoiled_path,
        spoiled_query,
        another_token,
        another_date,
        no_date,
        unsigned_host,
        another_digest,
        other_region,
    ],
)
async def test_what_was_changed_after_signing_is_forbidden(
    serve: Serve, web: aiohttp.ClientSession, change: Any
) -> None:
    gateway = await serve({})
    path = f"/local/@connections/{UNKNOWN[:-1]}%3D"
    assert (await signed(web, gateway, path))[0] == 410
    status, headers, _ = await signed(web, gateway, path, change=change, token="mine")
    assert (status, headers["x-amzn-ErrorType"]) == (403, "ForbiddenException")


@pytest.mark.documented
async def test_a_session_token_that_is_not_signed_is_forbidden(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    path = f"/local/@connections/{UNKNOWN[:-1]}%3D"
    status, _, body = await signed(web, gateway, path, change=another_token)
    assert (status, body["message"]) == (403, "'x-amz-security-token' must be a signed header.")


@pytest.mark.documented
async def test_a_signature_for_another_service_is_forbidden(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({})
    status, _, body = await signed(web, gateway, f"/local/@connections/{UNKNOWN[:-1]}%3D", service="dynamodb")
    assert (status, body["message"]) == (403, "Credential should be scoped to correct service: 'execute-api'.")


@pytest.mark.documented
@pytest.mark.parametrize(("minutes", "status"), [(-6, 403), (-4, 410), (4, 410), (6, 403)])
async def test_a_signature_holds_for_five_minutes(
    serve: Serve, web: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch, minutes: Any, status: int
) -> None:
    gateway = await serve({})
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    assert (await signed(web, gateway, f"/local/@connections/{UNKNOWN[:-1]}%3D"))[0] == status


@pytest.mark.documented
@pytest.mark.parametrize("connection_id", ["a-b_c-d_e-f_g-h=", "-_-_-_-_-_-_-_-=", "0123456789abcde="])
async def test_ids_with_every_sign_of_theirs_can_be_signed_for(serve: Serve, connection_id: str) -> None:
    client = management(await serve({}))
    with pytest.raises(client.exceptions.GoneException):  # and not ForbiddenException
        await post(client, connection_id)


@pytest.mark.documented
@pytest.mark.parametrize("spelling", ["@connections", "%40connections"])
@pytest.mark.parametrize("ending", ["=", "%3D"])
async def test_the_path_is_signed_as_it_came_over_the_wire(
    serve: Serve, web: aiohttp.ClientSession, spelling: Any, ending: Any
) -> None:
    gateway = await serve({})
    assert (await signed(web, gateway, f"/local/{spelling}/{UNKNOWN[:-1]}{ending}"))[0] == 410


@pytest.mark.documented
async def test_only_known_credentials_are_taken_when_there_is_a_list(serve: Serve, web: aiohttp.ClientSession) -> None:
    gateway = await serve({}, GatewayOptions(credentials={"alice": "wonder"}))
    path = f"/local/@connections/{UNKNOWN[:-1]}%3D"
    assert (await signed(web, gateway, path, key="alice", secret="wonder"))[0] == 410
    assert (await signed(web, gateway, path, key="alice", secret="local"))[0] == 403
    assert (await signed(web, gateway, path, key="bob", secret="local"))[0] == 403
