"""The chat's own table: how it is made, and its rooms counted."""

from local.dynamodb.chat_table import create_chat_table, members_by_room
from local.dynamodb.moto_backend import MotoBackend
from tests.support.table_kit import LocalTable, get, item, serving


class TestTheChatTable:
    def test_it_is_paid_per_request_and_expires(self, local: LocalTable) -> None:
        table = local.client().describe_table(TableName=local.name)["Table"]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
        ttl = local.client().describe_time_to_live(TableName=local.name)["TimeToLiveDescription"]
        assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expiresAt")

    def test_making_it_again_leaves_it_as_it_is(self, local: LocalTable) -> None:
        local.put(**item(20))
        local.run(create_chat_table(local.server.backend, local.name))
        assert get(local) == item(20)

    def test_two_databases_in_memory_share_nothing(self, moto: LocalTable) -> None:
        with serving(MotoBackend()) as other:
            assert other.client().list_tables()["TableNames"] == []

    def test_rooms_are_counted_by_their_living_members_beside_the_meter(self, local: LocalTable) -> None:
        def row(pk: str, sk: str, expires: int) -> None:
            local.put(pk={"S": pk}, sk={"S": sk}, expiresAt={"N": str(expires)})

        row("ROOM#a", "MEMBER#1", 2000)
        row("ROOM#a", "MEMBER#2", 2000)
        row("ROOM#a", "MEMBER#late", 999)
        row("ROOM#a", "MESSAGE#1", 2000)
        row("ROOM#b#c", "MEMBER#3", 2000)
        row("CONNECTION#1", "CONNECTION", 2000)
        with local.cost() as cost:
            assert local.run(members_by_room(local.server.backend, local.name, now=1000)) == {"a": 2, "b#c": 1}
        assert cost.operations == {}

    def test_without_a_table_there_are_no_rooms(self, local: LocalTable) -> None:
        assert local.run(members_by_room(local.server.backend, "nowhere")) == {}
