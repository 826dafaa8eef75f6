"""What `make bench` keeps and shows of what its parts find."""

import argparse
import json
from pathlib import Path

import pytest

from scripts.bench import __main__ as command
from scripts.bench import fanout, months, results
from scripts.bench.results import Comparison, Result

FAST = Comparison("a race", "ms", 2.0, "a snail", 8.0, most=0.5)
SLOW = Comparison("a race", "ms", 8.0, "a hare", 2.0, most=1)
LARGE = Comparison("a suitcase", "MB", 30.0, "another", 60.0, limit=25)


def test_a_comparison_is_a_share_which_may_have_a_target() -> None:
    assert [each.share for each in (FAST, SLOW, LARGE)] == [0.25, 4.0, 0.5]
    assert [each.met for each in (FAST, SLOW, LARGE)] == [True, False, False]
    assert Comparison("nothing", "ms", 0.0, "nothing", 0.0).share == 0


def test_the_table_has_a_row_for_each_and_says_what_is_missed() -> None:
    lines = results.table({"first": Result([FAST]), "second": Result([SLOW, LARGE])}).splitlines()
    assert lines[1] == "— first"
    assert lines[2].split() == ["a", "race", "ms", "2", "a", "snail", "8", "0.250", "0.5"]
    assert lines[4].endswith("4.000  1 MISSED")
    assert lines[5].endswith("25 itself MISSED")


def test_a_part_is_kept_in_place_of_its_last_result_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    results.keep("fanout", Result([FAST], {"counts": {"a": 1}}), 3, path)
    results.keep("page", Result([SLOW], notes=["A note."]), 1, path)
    results.keep("fanout", Result([LARGE]), 5, path)
    parts = json.loads(path.read_text())["parts"]
    assert [*parts] == ["fanout", "page"]
    assert (parts["fanout"]["rounds"], len(parts["fanout"]["comparisons"])) == (5, 1)
    assert parts["fanout"]["machine"].keys() == {"system", "cores", "python"}
    assert parts["page"]["notes"] == ["A note."]
    assert parts["page"]["comparisons"] == [
        {"what": "a race", "measure": "ms", "ours": 8.0, "beside": "a hare", "theirs": 2.0, "most": 1, "share": 4.0}
    ]


def test_parts_are_named_and_one_that_is_none_is_answered_with_a_sentence() -> None:
    assert command.parts("page, functions") == ["functions", "page"]
    with pytest.raises(
        argparse.ArgumentTypeError, match="there is no part 'walk': they are functions, fanout, local_stack, page, "
    ):
        command.parts("page,walk")


def test_what_is_kept_in_docs_is_of_parts_that_there_are() -> None:
    assert json.loads(results.TARGET.read_text())["parts"].keys() <= command.PARTS.keys()


def test_the_fan_out_has_a_target_beside_boto3_with_ten_threads() -> None:
    figures = {"wall": 10.0, "cpu": 10.0, "memory": 20.0}
    medians = {(name, size): figures for name in ("anonchat", "boto3, 10 threads") for size in (10, 500)}
    found = fanout.comparisons(medians)
    assert [(each.what, each.measure, each.most) for each in found if each.most] == [
        ("fan-out to 500", "wall ms", 0.12),
        ("fan-out to 500", "CPU ms", 0.04),
    ]


def test_months_follow_from_what_is_kept_and_are_the_same_each_time() -> None:
    kept = json.loads(results.TARGET.read_text())["parts"]["months"]["comparisons"]
    assert [each.as_dict() for each in months.measure(1).comparisons] == kept
