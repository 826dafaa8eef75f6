"""What the bench of functions compares, and how it judges."""

import json
import re

import pytest

from scripts import ROOT
from scripts.bench import functions, stand_in
from scripts.bench.processes import Figures

Medians = dict[tuple[str, str, str], Figures]


def medians(**ours: float) -> Medians:
    other = {"wall": 100.0, "cpu": 100.0, "memory": 48.0}
    own = {"wall": 20.0, "cpu": 20.0, "memory": 20.0} | ours
    rows = [(kind, "send", who, of) for kind in ("cold", "warm") for who, of in (("boto3", other), ("ours", own))]
    return {(kind, route, who): of for kind, route, who, of in rows}


def test_each_figure_is_compared_with_plain_boto3s() -> None:
    found = functions.comparisons(medians())
    assert [(each.what, each.measure, each.share) for each in found[:2]] == [
        ("cold send", "wall ms", 0.2),
        ("cold send", "CPU ms", 0.2),
    ]
    assert all(each.met for each in found)


@pytest.mark.parametrize("worse", [{"cpu": 60.0}, {"memory": 30.0}])
def test_too_much_cpu_or_memory_is_a_missed_target(worse: dict[str, float]) -> None:
    [figure] = worse
    missed = {each.measure for each in functions.comparisons(medians(**worse)) if not each.met}
    assert missed == {functions.MEASURES[figure]}


def test_the_stand_in_knows_every_query_of_members_that_the_functions_make() -> None:
    """Else a function finds an empty room, and there is nothing to compare."""
    asked = set(re.findall(r'":from": {"S": "(MEMBER[^"]*)"}', (ROOT / "tests/lambdas/recording.txt").read_text()))
    assert len(asked) == 2, "with the room's batch, and without"
    for begin in asked:
        found = stand_in.answer_of("Query", {"ExpressionAttributeValues": {":from": {"S": begin}}})
        assert found["Count"] == stand_in.MEMBERS, begin


def test_the_stand_in_answers_as_dynamodb_and_remembers_what_was_asked() -> None:
    aws = stand_in.Aws()
    head = b"post / http/1.1\r\nx-amz-target: dynamodb_20120810.query"
    body = json.dumps({"ExpressionAttributeValues": {":from": {"S": "MEMBER#"}}}).encode()
    answer = json.loads(aws.answer(head, body).partition(b"\r\n\r\n")[2])
    assert len(answer["Items"]) == stand_in.MEMBERS
    assert aws.answer(b"post /bench/@connections/x http/1.1", b"{}").startswith(b"HTTP/1.1 200 OK")
    assert aws.answer(b"get /seen http/1.1", b"").endswith(b'["Query", "post"]')
    assert aws.answer(b"get /seen http/1.1", b"").endswith(b"[]")
