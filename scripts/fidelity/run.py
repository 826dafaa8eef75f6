"""Ask a target every question, and never fail: what cannot be answered is an answer too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import scripts.fidelity.questions  # noqa: F401  # they register themselves
from scripts.fidelity.asking import QUESTIONS, Asking, Question
from scripts.fidelity.table import CANNOT
from scripts.fidelity.target import Target

Tell = Callable[[str], None]
Answers = dict[str, str]

ENDED = "its process ends"


def chosen(minutes: int, names: Iterable[str] = ()) -> list[Question]:
    """Return the questions of these names, or all, that take no longer than so many minutes."""
    wanted = set(names) or set(QUESTIONS)
    return [each for each in QUESTIONS.values() if each.id in wanted and each.minutes <= minutes]


async def ask_all(target: Target, questions: Iterable[Question], tell: Tell = lambda line: None) -> Answers:
    """Return the answers by the questions' ids: quick ones some at a time, then those that need the target alone,
    then those that take minutes, all at once unless the target's clock can be pushed."""
    every = list(questions)
    answers: Answers = {}
    places = asyncio.Semaphore(target.at_once)

    async def ask(each: Question) -> None:
        async with places:
            answers[each.id] = await answer(target, each)
        tell(f"{target.name}: {len(answers)} of {len(every)} answered, {each.id}: {answers[each.id]}")

    await asyncio.gather(*[ask(each) for each in every if not each.alone and not each.minutes])
    for each in every:
        if each.alone:
            await ask(each)
    long = [each for each in every if each.minutes]
    places = asyncio.Semaphore(target.long_at_once)
    await asyncio.gather(*map(ask, long))
    return {each.id: answers[each.id] for each in every}


async def answer(target: Target, each: Question) -> str:
    """Ask one question. Whatever goes wrong is its answer."""
    if each.settings and target.set_throttle is None:
        return CANNOT
    found = await _asked(target, each)
    return ENDED if target.revive and await target.revive() else found


async def _asked(target: Target, each: Question) -> str:
    try:
        async with Asking(target) as asking:
            return await each.ask(asking)
    except TimeoutError:
        return "no answer"
    except Exception as failure:
        text = " ".join(str(failure).split())[:80]
        return text if type(failure).__module__.startswith("scripts.") else f"{type(failure).__name__}: {text}"
