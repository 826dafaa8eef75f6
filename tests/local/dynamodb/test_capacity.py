"""The counter on databases that do what a real one only does under load; the rules themselves are in test_table.py."""

from typing import Any

from local.dynamodb.capacity import CapacityCounter, ConsumedCapacity

TABLE = {"Table": {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}}


class Database:
    """Answers with what it is told to, by operation; knows no items."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {
            "DescribeTable": (200, TABLE),
            "GetItem": (200, {}),
        } | answers
        self.calls: list[str] = []

    def __call__(self, operation: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(operation)
        return self.answers[operation]


def row(pk: str, size: int = 10) -> dict[str, Any]:
    return {"pk": {"S": pk}, "t": {"S": "x" * size}}


def key(pk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}}


def test_what_a_batch_gives_back_unprocessed_is_not_charged() -> None:
    put, delete = {"PutRequest": {"Item": row("a", 3000)}}, {"DeleteRequest": {"Key": key("b")}}
    others = [{"PutRequest": {"Item": row("c")}}, {"DeleteRequest": {"Key": key("d")}}]
    back = {"UnprocessedItems": {"t": [put, delete]}}
    database = Database(BatchWriteItem=(200, back))
    answer, consumed = CapacityCounter().perform(
        database, "BatchWriteItem", {"RequestItems": {"t": [put, delete, *others]}}
    )
    assert (answer, consumed) == ((200, back), ConsumedCapacity(write=2))


def test_keys_that_a_batch_gives_back_unprocessed_are_not_charged() -> None:
    back = {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [key("a")]}}}
    keys = {"Keys": [key("a"), key("b")], "ConsistentRead": True}
    _, consumed = CapacityCounter().perform(
        Database(BatchGetItem=(200, back)), "BatchGetItem", {"RequestItems": {"t": keys}}
    )
    assert consumed == ConsumedCapacity(read=1)


def test_a_transaction_cancelled_by_a_conflict_is_not_charged() -> None:
    reasons = {"__type": "a#TransactionCanceledException", "CancellationReasons": [{"Code": "TransactionConflict"}]}
    request = {"TransactItems": [{"Put": {"TableName": "t", "Item": row("a")}}]}
    _, consumed = CapacityCounter().perform(Database(TransactWriteItems=(400, reasons)), "TransactWriteItems", request)
    assert consumed == ConsumedCapacity()


def test_a_request_is_sent_once_even_if_it_cannot_be_counted() -> None:
    database = Database(PutItem=(200, {}))
    answer, consumed = CapacityCounter().perform(database, "PutItem", {"TableName": "t", "Item": {"pk": {"X": "?"}}})
    assert (answer, consumed) == ((200, {}), ConsumedCapacity(unmetered=True))
    assert database.calls.count("PutItem") == 1


def test_a_table_is_described_once_until_tables_change() -> None:
    database = Database(PutItem=(200, {}), UpdateTable=(200, {}))
    counter = CapacityCounter()
    for _ in range(3):
        counter.perform(database, "PutItem", {"TableName": "t", "Item": row("a")})
    assert database.calls.count("DescribeTable") == 1
    counter.perform(database, "UpdateTable", {"TableName": "t"})
    counter.perform(database, "PutItem", {"TableName": "t", "Item": row("a")})
    assert database.calls.count("DescribeTable") == 2
