"""What the bench of functions compares, and how it judges."""

import json

import pytest

from scripts.bench import functions, stand_in
from scripts.bench.fanout import Figures

Medians = dict[tuple[str, str, str], Figures]


def medians(**ours: float) -> Medians:
    other = {"wall": 100.0, "cpu": 100.0, "memory": 48.0}
    own = {"wall": 20.0, "cpu": 20.0, "memory": 20.0} | ours
    rows = [(kind, "send", who, of) for kind in ("cold", "warm") for who, of in (("boto3", other), ("ours", own))]
    return {(kind, route, who): of for kind, route, who, of in rows}


def test_a_row_for_each_side_and_its_share_of_plain_boto3s(capsys: pytest.CaptureFixture[str]) -> None:
    assert functions.report(medians(), 3)
    said = capsys.readouterr().out
    assert "cold  send       anonchat          20.0   0.20     20.0   0.20       20.0   0.42" in said.splitlines()
    assert said.rstrip().endswith("met")


@pytest.mark.parametrize("worse", [{"cpu": 60.0}, {"memory": 30.0}])
def test_a_missed_target_is_said(worse: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    assert not functions.report(medians(**worse), 3)
    assert capsys.readouterr().out.rstrip().endswith("MISSED")


def test_the_stand_in_answers_as_dynamodb_and_remembers_what_was_asked() -> None:
    aws = stand_in.Aws()
    head = b"post / http/1.1\r\nx-amz-target: dynamodb_20120810.query"
    body = json.dumps({"ExpressionAttributeValues": {":from": {"S": "MEMBER#"}}}).encode()
    answer = json.loads(aws.answer(head, body).partition(b"\r\n\r\n")[2])
    assert len(answer["Items"]) == stand_in.MEMBERS
    assert aws.answer(b"post /bench/@connections/x http/1.1", b"{}").startswith(b"HTTP/1.1 200 OK")
    assert aws.answer(b"get /seen http/1.1", b"").endswith(b'["Query", "post"]')
    assert aws.answer(b"get /seen http/1.1", b"").endswith(b"[]")
