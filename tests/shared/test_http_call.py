"""One request over a pool's connections, beside the fan-outs that use the same pool."""

import socket
import time

import pytest

from anonchat.http_call import NoResponse, call
from anonchat.http_connection import HttpConnection
from anonchat.http_pool import Pool
from tests.support.execute_api import ExecuteApi

HOUR = 3600


def request(peer: str) -> bytes:
    return f"POST /stage/{peer} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()


REQUEST = request("ok-1")


def test_connections_that_were_needed_at_once_are_closed_when_they_have_been_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The newest is taken first, so nobody would come upon the others."""
    now, closed, close = time.time(), list[HttpConnection](), HttpConnection.close
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(HttpConnection, "close", lambda self: [closed.append(self), close(self)])  # type: ignore[func-returns-value]
    with ExecuteApi() as api:
        pool = Pool(api.endpoint)
        assert pool.exchange([REQUEST] * 3).statuses == [200] * 3
        assert call(pool, REQUEST, time.monotonic() + HOUR).status == 200
        assert (api.connections, len(closed)) == (3, 0)
        now += 20
        call(pool, REQUEST, time.monotonic() + HOUR)
        now += 20
        response = call(pool, REQUEST, time.monotonic() + HOUR)
        assert (response.status, response.body, response.field(b"content-length")) == (
            200,
            b'{"message": "a body"}',
            b"21",
        )
        assert (api.connections, len(closed)) == (3, 2)
        pool.close_idle()


def test_where_one_kept_connection_was_dead_the_others_are_not_tried() -> None:
    with ExecuteApi() as api:
        pool = Pool(api.endpoint)
        pool.exchange([REQUEST] * 2)
        with pytest.raises(NoResponse) as failed:
            call(pool, request("dropped-1"), time.monotonic() + HOUR)
        assert (failed.value.is_stale, failed.value.was_sent) == (True, True)
        assert call(pool, REQUEST, time.monotonic() + HOUR).status == 200
        assert api.connections == 3
        pool.close_idle()


def test_a_response_stays_the_askers_own_though_another_thread_takes_the_connection_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Here that other thread is as fast as can be: it asks as soon as the connection is given back."""
    release = Pool.release
    with ExecuteApi() as api:
        pool, others = Pool(api.endpoint), list[str]()

        def release_to_another(pool: Pool, connection: HttpConnection) -> None:
            release(pool, connection)
            if not others:
                others.append("asks")
                others.append(str(call(pool, request("gone-2"), time.monotonic() + HOUR).status))

        monkeypatch.setattr(Pool, "release", release_to_another)
        assert call(pool, REQUEST, time.monotonic() + HOUR).status == 200
        assert others == ["asks", "410"]
        assert api.connections == 1
        pool.close_idle()


def test_nothing_is_waited_for_when_the_time_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pool = Pool(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(NoResponse) as failed:
            call(pool, REQUEST, time.monotonic() - 1)
    assert isinstance(failed.value.__cause__, TimeoutError)
