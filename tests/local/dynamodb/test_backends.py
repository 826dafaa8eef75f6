"""Another DynamoDB behind the local table that does not answer as one."""

import logging
import socket

import pytest
from aiohttp import web

from local.dynamodb.backends import RemoteBackend
from local.dynamodb.chat_table import members_by_room
from tests.support.table_kit import event_loop, post, serving


class TestAnotherDynamoDBThatFails:
    def test_one_that_is_not_there_is_named_in_a_clear_error_and_a_log_line(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        backend = RemoteBackend(f"http://127.0.0.1:{closed_port()}")
        with serving(backend) as local:
            status, answer = post(local.server.endpoint, "ListTables", b"{}")
            assert status == 503
            assert backend.endpoint in answer["message"]
            assert local.run(members_by_room(backend, "chat")) == {}
            assert "does not answer" in answer["message"]
        assert [record.levelno for record in caplog.records if "does not answer" in record.message] == [logging.ERROR]

    def test_one_that_never_answers_does_not_hang_the_caller(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with serving(RemoteBackend(endpoint, timeout=0.1)) as local:
                status, answer = post(local.server.endpoint, "ListTables", b"{}")
        assert (status, answer["__type"].split("#")[1]) == (503, "ServiceUnavailable")

    def test_something_that_is_no_dynamodb_is_called_so(self) -> None:
        async def page(_: web.Request) -> web.Response:
            return web.Response(text="<html>")

        app = web.Application()
        app.router.add_post("/", page)
        runner = web.AppRunner(app)
        with event_loop() as run:
            run(runner.setup())
            run(web.TCPSite(runner, "127.0.0.1", 0).start())
            endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
            with serving(RemoteBackend(endpoint)) as local:
                status, answer = post(local.server.endpoint, "ListTables", b"{}")
            run(runner.cleanup())
        assert (status, answer["message"]) == (503, f"what answers at {endpoint} is no DynamoDB")


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
