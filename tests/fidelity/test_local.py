"""Every question of docs/fidelity.md to the local gateway: it must answer as is expected of AWS."""

import asyncio

import pytest

from scripts.docs.marked_tests import marked_tests
from scripts.fidelity import report
from scripts.fidelity.asking import QUESTIONS
from scripts.fidelity.run import ask_all, chosen
from scripts.fidelity.table import CANNOT, measured, not_asked, rows
from scripts.fidelity.targets.local import local_gateway

MINUTES = 125  # that the longest question takes by the gateway's clock, which is pushed
ROWS = {row.id: row for row in rows()}
EVIDENCE = {"documented", "observed", "assumed"}


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    """Ask all questions once."""

    async def ask() -> dict[str, str]:
        async with local_gateway() as target:
            return await ask_all(target, chosen(MINUTES))

    return asyncio.run(ask())


@pytest.mark.parametrize("name", ROWS)
def test_the_local_gateway_answers_as_is_expected_of_aws(answers: dict[str, str], name: str) -> None:
    expected = CANNOT if QUESTIONS[name].settings else ROWS[name].expected
    assert answers[name] == expected, ROWS[name].asks


async def test_by_the_other_reading_posts_count_for_nothing() -> None:
    names = ("posts-throttled", "posts-throttle-messages", "posts-throttle-route", "closed-posts")
    async with local_gateway(posts_count=False) as target:
        answers = await ask_all(target, chosen(0, names))
    assert answers == dict(zip(sorted(names), ("410 GoneException", "no", "no", "no"), strict=True))


def test_the_published_answers_of_the_local_gateway_are_those_it_gives(answers: dict[str, str]) -> None:
    published = measured("local gateway")
    assert published is not None
    assert published.answers == answers, "python -m scripts.fidelity local"


def test_every_question_has_an_expectation_and_every_expectation_a_question() -> None:
    assert QUESTIONS.keys() == ROWS.keys()
    assert {row.evidence for row in ROWS.values()} <= EVIDENCE


def test_every_test_of_the_gateway_is_asked_or_says_why_not() -> None:
    marked = {test.name for test in marked_tests("tests/local/gateway/test_*.py") if EVIDENCE & test.markers.keys()}
    asked = {test for row in ROWS.values() for test in row.tests}
    assert asked | not_asked().keys() == marked
    assert not asked & not_asked().keys()


def test_the_page_is_what_its_script_writes() -> None:
    assert report.TARGET.read_text() == report.page(), "python -m scripts.fidelity.report"
