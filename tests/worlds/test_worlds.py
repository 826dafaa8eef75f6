"""The small worlds that are tried with every run of the tests, and what holds the long trials to the layer."""

import random
import re
from pathlib import Path

import pytest

from scripts import ROOT
from tests.worlds import mutants_page, mutation, run_page
from tests.worlds.__main__ import told
from tests.worlds.catalogue import BUSY, Batch, complete
from tests.worlds.digest import OF_WORLDS
from tests.worlds.engine import FIRST, Engine, Rules
from tests.worlds.mutants import MUTANTS
from tests.worlds.promises import PROMISES
from tests.worlds.requests import Request, asked_in_a_world
from tests.worlds.results import Kept, Result, explore_batch
from tests.worlds.short import short
from tests.worlds.starts import NAMED, all_starts
from tests.worlds.troubles import TROUBLES
from tests.worlds.unreduced import ends_of_a_plain_exploration, ends_of_a_walk, explore
from tests.worlds.verdict import Verdict, judge
from tests.worlds.walking import MOST_STATES, Walk
from tests.worlds.worlds import World, rest_of

FOLDER = ROOT / "tests/worlds"
PAGE = (ROOT / "docs/worlds.md").read_text()


@pytest.mark.promise(1, 4, 5, 7)
@pytest.mark.parametrize("batch", short(), ids=lambda batch: batch.name)
def test_every_order_of_a_few_requests_keeps_the_promises(batch: Batch) -> None:
    result = explore_batch(batch)
    broken = [told(each) for each in result.broken]
    assert not broken, min(broken, key=len)
    assert result.worlds > 10


def test_two_errors_of_a_list_do_not_hide_in_a_number_that_is_right() -> None:
    """A snapshot overtaken by an arrival and a departure names as many people as are there, and the wrong ones: a
    client applies what it was told meanwhile on top, as docs/protocol.md says, or would never learn of it.
    """
    start = (Request("join", "a", "s0"), Request("join", "b", "s1"), Request("die", "b", "s2"))
    world = World(Rules(), start, asked_in_a_world((("join", "a"), ("join as another", "c"))), "killed")
    assert judge(Engine(world.rules), world).broken == ()


def test_a_world_is_all_orders_of_its_steps_and_ends_where_each_request_ends_alone() -> None:
    """Two people leave two rooms: what one does changes nothing for the other, so there is one end for all orders."""
    engine, start = Engine(Rules()), (Request("join", "a", "s0"), Request("join blue", "b", "s1"))
    with engine.fixed():
        explored = explore(
            engine, World(engine.rules, start, (Request("leave", "a", "w0"), Request("leave", "b", "w1")))
        )
        alone = engine.empty()
        for request in (*start, Request("leave", "a", "w0"), Request("leave", "b", "w1")):
            alone = engine.alone(alone, request)
    assert {engine.tables.key(rest_of(state)[0]) for state in explored.ends} == {engine.tables.key(alone[0])}
    assert explored.orders() == 70, "8 over 4: clear the room, delete the row, read who is told, answer, twice"
    assert len(explored.next) == 25, "5 times 5"


# One for each way in which the quick walk differs from the plain exploration, and for each trouble.
COMPARED = (
    ("three", ("join b", "send c"), "none", Rules()),
    ("three", ("join b", "send c"), "killed", Rules()),
    ("two", ("join blue a", "leave b"), "answer lost", Rules()),
    ("one", ("join a", "leave a"), "two answers lost", Rules()),
    ("two", ("join a", "leave b"), "applied, no answer", Rules()),
    ("two", ("join a", "leave b"), "not applied", Rules()),
    ("two", ("join c", "send b"), "post fails", Rules()),
    ("one knows no marks", ("send a", "send b"), "post and close fail", Rules()),
    ("two", ("leave a", "send b"), "false 410", Rules()),
    ("one is dead", ("join c", "send a"), "none", Rules(cap=2)),
    ("two", ("send a", "send late b"), "none", BUSY),
    ("one", ("join a", "join blue a", "leave a"), "none", Rules()),
)


@pytest.mark.parametrize(("start", "asked", "trouble", "rules"), COMPARED)
def test_the_quick_walk_comes_to_the_same_ends_as_all_steps_do(
    start: str, asked: tuple[str, ...], trouble: str, rules: Rules
) -> None:
    requests = asked_in_a_world([(kind, name) for kind, _, name in (each.rpartition(" ") for each in asked)])
    world = World(rules, NAMED[start], requests, trouble)
    assert ends_of_a_walk(world) == ends_of_a_plain_exploration(world)


@pytest.mark.long
def test_the_quick_walk_comes_to_the_same_ends_in_worlds_from_the_whole_catalogue() -> None:
    chance = random.Random(10)
    compared = 0
    for batch in chance.sample(complete(), 100):
        world = chance.choice(list(batch.worlds()))
        engine = Engine(world.rules)
        with engine.fixed():
            is_small = Walk(engine, world, most_states=3_000).all_states().is_complete
        if is_small:
            assert ends_of_a_walk(world) == ends_of_a_plain_exploration(world), world
            compared += 1
    assert compared > 50


def test_a_world_with_more_states_than_one_may_have_is_told_and_not_complete() -> None:
    batch = Batch("some", Rules(), NAMED["one"], "none", 2, ("join", "leave"))
    largest = max(batch.worlds(), key=lambda world: judge_alone(world, MOST_STATES).states)
    states = judge_alone(largest, MOST_STATES).states
    assert judge_alone(largest, states).is_complete
    assert not judge_alone(largest, states - 1).is_complete
    result = explore_batch(batch, most_states=states - 1)
    assert str(largest) in result.too_large
    assert result.states < explore_batch(batch).states


def judge_alone(world: World, most_states: int) -> Verdict:
    return judge(Engine(world.rules), world, most_states)


def test_an_invocation_can_be_killed_before_each_of_its_steps() -> None:
    """Before it clears the room, before it deletes the member row, and after that: the rest changes no row."""
    engine = Engine(Rules())
    with engine.fixed():
        explored = explore(engine, World(engine.rules, NAMED["one"], (Request("leave", "a", "w0"),), "killed"))
    assert len([state for state in explored.ends if state[FIRST] == 0]) == 3


def test_results_are_kept_and_read_again_and_a_line_that_was_cut_off_is_not(tmp_path: Path) -> None:
    [batch] = [each for each in short() if each.rules.named == 0]
    result = explore_batch(batch)
    Kept(tmp_path).keep("one", result)
    [file] = tmp_path.iterdir()
    file.write_text(file.read_text() + '["two", [1, 2')
    assert Kept(tmp_path).results == {"one": result}
    file.rename(tmp_path / "of-other-sources.jsonl")
    assert Kept(tmp_path).results == {}
    assert result.plus(Result()) == result


def test_the_starts_are_what_three_requests_reach_each_once_up_to_names() -> None:
    starts = all_starts(Engine(Rules()))
    assert len(starts) == len(set(starts)) > 100
    assert max(map(len, starts)) == 3
    assert () in starts


def test_every_mutant_stands_once_in_the_layer_as_it_is_now_and_is_other_code() -> None:
    for mutant in MUTANTS:
        compile(mutation.changed(mutant), mutant.file, "exec")
        assert mutant.old != mutant.new
        for file, _, name in (test.partition("::") for test in mutant.tests):
            assert f"def {name}(" in (ROOT / file).read_text() or not name, (
                f"{mutant.name} names a test that is not there: {name}"
            )
    assert len(MUTANTS) == len(set(MUTANTS))


def test_the_page_lists_every_mutant_every_promise_and_every_trouble() -> None:
    listed = mutants_page.listed()
    missing = [mutant.name for mutant in MUTANTS if f"| {mutants_page.cell(mutant.name)} |" not in listed]
    assert not missing, "run: .venv/bin/python -m tests.worlds.mutants"
    assert listed.count("| without `") + listed.count("` → `") == len(MUTANTS), "and no others"
    for name in (*PROMISES, *TROUBLES):
        assert name == "none" or f"| {name.replace('_', ' ')} |" in PAGE, f"docs/worlds.md does not explain: {name}"


def test_results_are_kept_by_every_source_that_a_verdict_is_made_of() -> None:
    found, left = set(), {"results"}
    while left:
        name = left.pop()
        found.add(name)
        imported = re.findall(r"^ *from tests\.worlds\.(\w+) import", (FOLDER / f"{name}.py").read_text(), re.MULTILINE)
        left |= set(imported) - found
    assert {f"tests/worlds/{name}.py" for name in found} == {each for each in OF_WORLDS if "tests/worlds" in each}


def test_a_run_is_written_into_the_page_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "worlds.md"
    page.write_text(PAGE)
    monkeypatch.setattr(run_page, "PAGE", page)
    for _ in range(2):
        run_page.write({"pairs": Result(2, 3_000, 4, 90.0), "all": Result(2, 3_000, 4, 90.0)})
    assert page.read_text().count("| pairs | 2 | 3,000 | 4 | 2 |") == 1
    for part in (0, -1):
        assert page.read_text().split("the run -->")[part] == PAGE.split("the run -->")[part]
