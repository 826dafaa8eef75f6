"""What is around the questions: targets are taken away again, answers are told as they are, and mistakes are said."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials

from local.functions.credentials import REGION, SECRET
from scripts import ROOT
from scripts.fidelity.asking import Asking, Question
from scripts.fidelity.report import difference
from scripts.fidelity.run import ENDED, ask_all
from scripts.fidelity.table import Measured, measured, publish, rows
from scripts.fidelity.target import Seen, Target
from scripts.fidelity.targets.stack import CannotAsk, ProbeStack, applied


class PlayedStack(ProbeStack):
    """Notes what it is told to do."""

    def __init__(self, left: bool = False, fails: bool = False) -> None:
        self.did: list[str] = []
        self._left, self._fails = left, fails

    def init(self) -> None:
        self.did.append("init")

    @property
    def stands(self) -> bool:
        return self._left

    def apply(self) -> dict[str, Any]:
        self.did.append("apply")
        if self._fails:
            raise CannotAsk("terraform apply failed.")
        return {}

    def destroy(self) -> None:
        self.did.append("destroy")


@pytest.mark.parametrize("ending", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_the_probes_are_destroyed_whatever_ends_the_asking(ending: type[BaseException]) -> None:
    stack = PlayedStack()
    with pytest.raises(ending), applied(stack, lambda line: None):
        raise ending
    assert stack.did == ["init", "apply", "destroy"]


def test_what_an_apply_has_made_before_it_failed_is_destroyed() -> None:
    stack = PlayedStack(fails=True)
    with pytest.raises(CannotAsk), applied(stack, lambda line: None):
        pass
    assert stack.did == ["init", "apply", "destroy"]


def test_what_an_earlier_run_has_left_is_destroyed_first() -> None:
    stack = PlayedStack(left=True)
    with applied(stack, lambda line: None):
        assert stack.did == ["init", "destroy", "apply"]
    assert stack.did[-1] == "destroy"


def nowhere(**how: Any) -> Target:
    """Return a target that is never connected to."""
    return Target("nowhere", "1", {}, Credentials("somebody", SECRET), REGION, Seen(None, "", 1), **how)


def asks(name: str, error: Exception | None = None) -> Question:
    async def ask(asking: Asking) -> str:
        if error:
            raise error
        return "well"

    return Question(name, ask)


async def test_whatever_goes_wrong_in_a_question_is_its_answer_and_the_others_are_asked() -> None:
    questions = [asks("a", TimeoutError()), asks("b", ValueError("of two\nlines")), asks("c")]
    assert await ask_all(nowhere(), questions) == {"a": "no answer", "b": "ValueError: of two lines", "c": "well"}


async def test_a_target_that_a_question_has_ended_is_started_again_and_that_is_the_answer() -> None:
    ends = iter([False, True, False])

    async def revive() -> bool:
        return next(ends)

    answers = await ask_all(nowhere(at_once=1, revive=revive), [asks("a"), asks("b"), asks("c")])
    assert answers == {"a": "well", "b": ENDED, "c": "well"}


async def test_who_has_no_means_for_a_question_is_not_asked() -> None:
    changes = Question("changes", asks("x", RuntimeError()).ask, settings=True)
    assert await ask_all(nowhere(), [changes]) == {"changes": "cannot be asked here"}


def test_a_short_answer_is_shown_whole_and_of_long_lists_what_differs() -> None:
    assert difference("101, none", "101, permessage-deflate | more") == r"`101, permessage-deflate \| more`"
    names = "a b c d e f g h i j"
    assert difference(names, names.replace("c ", "") + " x y") == "without `c`, with `x y`"


def test_what_was_not_asked_again_stays_published_while_the_version_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.fidelity.table.ANSWERS", tmp_path)
    first, second, *_ = (row.id for row in rows())
    publish(Measured("Some Target", "1", "2026-01-01", {first: "old", second: "old", "no row": "x"}))
    publish(Measured("Some Target", "1", "2026-01-02", {first: "new"}))
    kept = measured("Some Target")
    assert kept is not None
    assert (kept.asked, kept.answers) == ("2026-01-02", {first: "new", second: "old"})
    publish(Measured("Some Target", "2", "2026-01-03", {first: "newest"}))
    kept = measured("Some Target")
    assert kept is not None
    assert kept.answers == {first: "newest"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "there is no target 'nowhere'; there are local, ministack, serverless-offline and aws"),
        (["local", "--only", "binary", "nothing"], "there is no question 'nothing'; docs/fidelity.md lists them"),
        (["--slow", "many"], "minutes are a number from 0 to 125, not 'many'"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(arguments: list[str], says: str) -> None:
    command = [sys.executable, "-m", "scripts.fidelity", *arguments]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2
    assert says in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_the_probes_are_applied_with_the_provider_of_the_stack() -> None:
    ours, stacks = (ROOT / folder / ".terraform.lock.hcl" for folder in ("scripts/fidelity/terraform", "terraform"))
    assert ours.read_text() == stacks.read_text()
