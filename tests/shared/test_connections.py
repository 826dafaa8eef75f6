"""The broadcast, against a real HTTPS server whose peers are slow, gone, limited, broken, silent or rude."""

import errno
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import trustme
from botocore.config import Config

from anonchat import limits
from anonchat.connections import Connections
from anonchat.http_pool import Pool
from anonchat.trust import ssl_context
from tests.support.execute_api import ExecuteApi
from tests.support.waiting import WAIT_SECONDS

FRAME = b'{"type":"message"}'


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def environment(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "")


@pytest.fixture(params=["https", "http"])
def api(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[ExecuteApi]:
    with ExecuteApi(authority if request.param == "https" else None) as api:
        yield api


@pytest.fixture
def connections(api: ExecuteApi) -> Iterator[Connections]:
    pool = Pool(api.endpoint)
    yield Connections(pool, "us-east-1")
    pool.close_idle()


def posted(*peers: str) -> list[tuple[str, bytes]]:
    return [(peer, FRAME) for peer in peers]


def test_every_peer_gets_its_own_frame(api: ExecuteApi, connections: Connections) -> None:
    frames = [(f"ok-{number}=", json.dumps({"number": number}).encode()) for number in range(100)]
    assert connections.post(frames)[:3] == (100, [], [])
    assert sorted((each.connection_id, each.body) for each in api.received) == sorted(frames)


def test_connections_are_kept_and_bounded(api: ExecuteApi, connections: Connections) -> None:
    for _ in range(3):
        connections.post(posted(*(f"ok-{number}=" for number in range(limits.MANY_POSTS))))
    assert api.connections <= limits.POSTS_AT_ONCE
    assert api.most_at_once <= limits.POSTS_AT_ONCE


def test_many_posts_use_more_connections_and_open_no_more_new_ones_than_few(
    api: ExecuteApi, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", WAIT_SECONDS)  # handshakes may take long
    many = posted(*(f"ok-{number}=" for number in range(2 * limits.MANY_POSTS_AT_ONCE)))
    for times in range(1, 7):
        assert connections.post(many, WAIT_SECONDS).delivered == len(many)
        assert api.connections <= min(times * limits.POSTS_AT_ONCE, limits.MANY_POSTS_AT_ONCE)
    assert api.connections > limits.POSTS_AT_ONCE, "the second opens some more"


@pytest.mark.promise(4)
def test_a_gone_peer_is_reported_by_its_own_id_and_the_others_still_hear(
    api: ExecuteApi, connections: Connections
) -> None:
    delivery = connections.post(posted("ok-1=", "gone-2=", "ok-3="))
    assert delivery[:3] == (2, ["gone-2="], [])
    assert api.requests("DELETE") == []


def test_a_limited_peer_is_tried_once_more(api: ExecuteApi, connections: Connections) -> None:
    assert connections.post(posted("limitedonce-1=", "ok-2="))[:3] == (2, [], [])
    assert api.requests("POST").count("limitedonce-1=") == 2


@pytest.mark.promise(4)
@pytest.mark.parametrize("kind", ["limited", "broken", "forbidden", "reset", "garbage"])
def test_a_peer_that_fails_for_good_is_reported_and_the_others_still_hear(
    api: ExecuteApi, connections: Connections, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connections.post(posted("ok-1=", f"{kind}-2=", "ok-3="))[:3] == (2, [], [f"{kind}-2="])
    assert api.requests("DELETE") == []
    assert api.requests("POST").count(f"{kind}-2=") == (1 if kind == "forbidden" else 2)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["level"] == "WARN"
    assert f"{kind}-2" not in line


@pytest.mark.promise(4)
@pytest.mark.parametrize("kind", ["limited", "broken", "reset"])
def test_nothing_is_tried_again_while_most_of_a_broadcast_fails(
    api: ExecuteApi, connections: Connections, kind: str
) -> None:
    """Who is overloaded must not be asked twice as much."""
    peers = [f"{kind}-{number}=" for number in range(20)]
    delivery = connections.post(posted(*peers, "ok-1="))
    assert (delivery.delivered, delivery.failed, delivery.troubled) == (1, peers, 20)
    assert delivery.is_overload
    assert sorted(api.requests("POST")) == sorted([*peers, "ok-1="])


def test_less_than_half_is_tried_again(api: ExecuteApi, connections: Connections) -> None:
    peers = [f"limitedonce-{number}=" for number in range(8)]
    # The others first: who has met more failures than answers when a retry is due does not try it.
    delivery = connections.post(posted(*(f"ok-{number}=" for number in range(9)), *peers))
    assert not delivery.is_overload
    assert delivery.is_common_trouble
    assert delivery == (17, [], [], 8)


def test_one_that_fails_alone_is_tried_again_but_not_where_retries_are_switched_off(
    api: ExecuteApi, connections: Connections
) -> None:
    assert connections.post(posted("limitedonce-1=")) == (1, [], [], 1)
    assert connections.post(posted("limitedonce-2="), retry=False) == (0, [], ["limitedonce-2="], 1)


def test_two_posts_as_one_tell_whose_fault_it_is(api: ExecuteApi, connections: Connections) -> None:
    calm = connections.post(posted(*(f"ok-{number}=" for number in range(30))))
    alone = connections.post(posted("ok-30=", "broken-1=", "broken-2="), retry=False)
    assert alone.is_common_trouble
    assert alone.with_attempts_of(calm) == (31, [], ["broken-1=", "broken-2="], 2)
    assert not alone.with_attempts_of(calm).is_common_trouble


def test_a_dropped_kept_connection_is_replaced_at_once(api: ExecuteApi, connections: Connections) -> None:
    connections.post(posted("ok-1="))
    assert connections.post(posted("dropped-2="))[:3] == (1, [], [])
    assert api.connections == 2


def test_a_whole_pool_of_dead_connections_costs_each_peer_only_its_retry(
    api: ExecuteApi, connections: Connections
) -> None:
    peers = [f"dropped-{number}=" for number in range(limits.POSTS_AT_ONCE)]
    connections.post(posted(*(f"slow-{number}=" for number in range(limits.POSTS_AT_ONCE))))
    assert connections.post(posted(*peers))[:3] == (limits.POSTS_AT_ONCE, [], [])


def test_lines_are_used_again_in_one_fan_out_and_where_one_was_dead_the_others_are_not_tried(
    api: ExecuteApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", WAIT_SECONDS)
    connections = Connections(Pool(api.endpoint, at_once=2), "us-east-1")
    assert connections.post(posted(*(f"ok-{number}=" for number in range(9))), WAIT_SECONDS)[:3] == (9, [], [])
    assert api.connections == 2
    assert connections.post(posted("ok-1=", "ok-2=", "latedropped-3="), WAIT_SECONDS)[:3] == (3, [], [])
    assert api.connections == 3, "the other one that was kept has not been tried"
    connections._pool.close_idle()


def test_within_one_fan_out_no_answer_is_taken_for_another_peer_s(
    api: ExecuteApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", WAIT_SECONDS)
    connections = Connections(Pool(api.endpoint, at_once=2), "us-east-1")
    twice = connections.post(
        posted("doubled-1=", "doubled-2=", "gone-3=", "doubled-4=", "gone-5=", "gone-6="), WAIT_SECONDS
    )
    assert twice[:3] == (3, ["gone-3=", "gone-5=", "gone-6="], [])
    one_says_408_while_the_other_waits = posted("chatty-1=", "slow-2=")
    assert connections.post(one_says_408_while_the_other_waits, WAIT_SECONDS)[:3] == (2, [], [])
    assert connections.post(posted("gone-3=", "gone-4="), WAIT_SECONDS)[:3] == (0, ["gone-3=", "gone-4="], [])
    connections._pool.close_idle()


@pytest.mark.parametrize("kind", ["chunked", "piecemeal", "closing", "interim"])
def test_any_http_answer_is_understood(api: ExecuteApi, connections: Connections, kind: str) -> None:
    for _ in range(3):
        assert connections.post(posted(f"{kind}-1=", "ok-2="))[:3] == (2, [], [])


@pytest.mark.promise(4)
def test_hanging_and_slow_peers_delay_nobody_beyond_their_own_slot(
    api: ExecuteApi, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", 1.5)
    order = ["hang-1=", "slow-2=", *(f"ok-{number}=" for number in range(100))]
    delivery = connections.post(posted(*order))
    assert delivery[:3] == (101, [], ["hang-1="])
    heard = [each.connection_id for each in api.received if each.method == "POST"]
    assert len(heard) == len(order), "a time-out is not tried again: the frame may have arrived"


@pytest.mark.promise(4)
def test_when_every_peer_hangs_the_deadline_ends_it(
    api: ExecuteApi, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FANOUT_SECONDS", 0.5)
    peers = [f"hang-{number}=" for number in range(80)]
    started = time.monotonic()
    assert connections.post(posted(*peers))[:3] == (0, [], peers)
    assert time.monotonic() - started < limits.FANOUT_SECONDS + limits.CLOSE_SECONDS + 5


def test_nobody_listening_is_a_failure_and_no_exception(capsys: pytest.CaptureFixture[str]) -> None:
    with ExecuteApi() as api:
        endpoint = api.endpoint
    connections = Connections(Pool(endpoint), "us-east-1")
    assert connections.post(posted("ok-1=", "ok-2="))[:3] == (0, [], ["ok-1=", "ok-2="])
    assert json.loads(capsys.readouterr().out)["answers"] == ["None"]


def test_a_name_that_does_not_resolve_is_a_failure_and_no_exception() -> None:
    connections = Connections(Pool("http://nowhere.invalid/stage"), "us-east-1")
    assert connections.post(posted("ok-1="))[:3] == (0, [], ["ok-1="])


def test_a_certificate_that_is_not_trusted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with ExecuteApi(trustme.CA()) as api:
        assert Connections(Pool(api.endpoint), "us-east-1").post(posted("ok-1=")).failed == ["ok-1="]
        assert api.received == []


def test_an_old_kept_connection_is_not_used_again(
    api: ExecuteApi, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.post(posted("ok-1="))
    monkeypatch.setattr(limits, "SOCKET_IDLE_SECONDS", -1)
    connections.post(posted("ok-1="))
    assert api.connections == 2


def test_kept_connections_that_nobody_needs_any_more_are_closed(
    api: ExecuteApi, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other needs one connection only: those that a crowd has left do not stay for ever."""
    connections.post(posted(*(f"slow-{number}=" for number in range(8))))
    assert len(connections._pool._idle) == 8
    later = time.time() + limits.SOCKET_IDLE_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)
    connections.post(posted("ok-1="))
    assert len(connections._pool._idle) == 1


def test_who_is_gone_can_be_asked_without_a_message(api: ExecuteApi, connections: Connections) -> None:
    assert connections.gone(["ok-1=", "gone-2=", "broken-3="]) == ["gone-2="]
    assert api.requests("POST") == []


def test_connections_are_closed_by_their_ids_whatever_becomes_of_some(
    api: ExecuteApi, connections: Connections
) -> None:
    connections.close(["ok-1=", "gone-2=", "reset-3="])
    assert sorted(set(api.requests("DELETE"))) == ["gone-2=", "ok-1=", "reset-3="]
    assert api.requests("POST") == []


def test_the_ca_bundle_is_read_once(authority: trustme.CA) -> None:
    with ExecuteApi(authority) as api:
        Pool(api.endpoint)
        before = ssl_context.cache_info().misses
        Pool(api.endpoint)
        assert ssl_context.cache_info().misses == before


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(
    api: ExecuteApi, connections: Connections
) -> None:
    """A server that closes an idle connection may say 408 first."""
    connections.post(posted("chatty-1="))
    api.wait_until_said()
    assert connections.post(posted("ok-2="))[:3] == (1, [], [])


def test_a_line_on_which_more_came_than_was_asked_for_is_not_used_again(
    api: ExecuteApi, connections: Connections
) -> None:
    for _ in range(3):
        assert connections.post(posted("twice-1="))[:3] == (1, [], [])
        assert connections.post(posted("gone-2="))[:3] == (0, ["gone-2="], [])


def test_a_status_that_is_not_final_is_no_delivery(api: ExecuteApi, connections: Connections) -> None:
    assert connections.post(posted("interimgone-1="))[:3] == (0, ["interimgone-1="], [])


def addresses(api: ExecuteApi, *hosts: str) -> list[tuple[object, ...]]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, api.port)) for host in hosts]


@pytest.mark.parametrize("bad", ["127.0.0.2", "127.0.0.3"], ids=["refuses", "says nothing"])
def test_an_address_that_refuses_or_says_nothing_is_given_up_for_the_next_one(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", 0.5)
    with ExecuteApi(authority) as api, silent_listener(api.port):
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses(api, bad, "127.0.0.1"))
        pool = Pool(api.endpoint, at_once=4)
        connections = Connections(pool, "us-east-1")
        first = connections.post(posted("ok-1=", "ok-2=", "ok-3="))
        assert first.delivered == (3 if bad == "127.0.0.2" else 0)
        assert connections.post(posted("ok-4=", "ok-5="))[:3] == (2, [], [])
        pool.close_idle()


@contextmanager
def silent_listener(port: int) -> Iterator[None]:
    """127.0.0.3 takes no connection: its queue of one is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.3", port))
        listener.listen(0)
        with ExitStack() as waiting:
            for _ in range(4):
                client = waiting.enter_context(socket.socket())
                client.setblocking(False)
                client.connect_ex(("127.0.0.3", port))
            yield


def test_one_refused_connection_does_not_stop_the_others(api: ExecuteApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the only address there is."""
    pool = Pool(api.endpoint)
    connect_ex, tried = socket.socket.connect_ex, []

    def once_refused(self: socket.socket, address: Any) -> int:
        tried.append(address)
        return errno.ECONNREFUSED if len(tried) == 1 else connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect_ex", once_refused)
    peers = [f"ok-{number}=" for number in range(20)]
    assert Connections(pool, "us-east-1").post(posted(*peers))[:3] == (20, [], [])
    pool.close_idle()


def test_a_slow_look_up_takes_no_peer_s_time(api: ExecuteApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "POST_TIMEOUT_SECONDS", 0.3)
    look_up = socket.getaddrinfo

    def slowly(*arguments: Any, **options: Any) -> Any:
        time.sleep(0.4)
        return look_up(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    pool = Pool(api.endpoint)
    assert Connections(pool, "us-east-1").post(posted("ok-1=", "ok-2="))[:3] == (2, [], [])
    pool.close_idle()


def test_a_failing_look_up_is_not_repeated_for_every_post(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def look_up(*_: object, **__: object) -> None:
        asked.append(1)
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    peers = [f"ok-{number}=" for number in range(200)]
    assert Connections(Pool("http://nowhere.invalid/stage"), "us-east-1").post(posted(*peers))[:3] == (0, [], peers)
    assert len(asked) < 5


def test_broadcast_says_on_the_wire_what_boto3_says(api: ExecuteApi, connections: Connections) -> None:
    client = boto3.client(
        "apigatewaymanagementapi",
        endpoint_url=api.endpoint,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    peer = "ok-_-TXzPWdnOjoECGjA="
    client.post_to_connection(ConnectionId=peer, Data=FRAME)
    connections.post(posted(peer))
    theirs, ours = api.received
    assert (ours.method, ours.path, ours.body) == (theirs.method, theirs.path, theirs.body)
    assert ours.headers["host"] == theirs.headers["host"]
    assert ours.headers["authorization"].split("/")[0] == theirs.headers["authorization"].split("/")[0]
    client.close()
