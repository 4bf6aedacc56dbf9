"""Answers of models are kept: one call however many ask, and no refusal stays or hits another client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from app.errors import NotFound, PoolSpent, TooMany, TryLater
from app.labs.one_call import KeptAnswers, Which, which_of


class Model:
    """Answers when it is let, with its number; notes who asked."""

    def __init__(self) -> None:
        self.askers: list[str] = []
        self.may_answer = asyncio.Event()
        self.faults: dict[str, Exception] = {}

    def asked_by(self, name: str) -> Any:
        async def ask() -> dict[str, Any]:
            self.askers.append(name)
            await self.may_answer.wait()
            if name in self.faults:
                raise self.faults[name]
            return {"number": len(self.askers)}

        return ask


async def crowd(answers: KeptAnswers, model: Model, *names: str) -> list[Any]:
    """Have several ask for the same at the same moment, in this order."""
    asking = []
    for name in names:
        asking.append(asyncio.ensure_future(answers.answer("key", model.asked_by(name))))
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    model.may_answer.set()
    return await asyncio.gather(*asking, return_exceptions=True)


def test_many_at_the_same_moment_are_one_call_and_so_is_whoever_comes_later() -> None:
    async def scene() -> tuple[list[Any], list[str]]:
        answers, model = KeptAnswers(), Model()
        found = await crowd(answers, model, *"abcdef")
        found.append(await answers.answer("key", model.asked_by("late")))
        found.append(await answers.answer("another key", model.asked_by("other")))
        return found, model.askers

    found, askers = asyncio.run(scene())
    assert found == [{"number": 1}] * 7 + [{"number": 2}]
    assert askers == ["a", "other"]


def test_a_refusal_is_told_to_all_who_wait_and_the_next_one_asks_again() -> None:
    async def scene() -> tuple[list[Any], Any, list[str]]:
        answers, model = KeptAnswers(), Model()
        model.faults["a"] = TryLater("the model is waking up")
        found = await crowd(answers, model, "a", "b")
        return found, await answers.answer("key", model.asked_by("c")), model.askers

    found, later, askers = asyncio.run(scene())
    assert [str(error) for error in found] == ["the model is waking up"] * 2
    assert later == {"number": 2}
    assert askers == ["a", "c"]


@pytest.mark.parametrize("spent", [TooMany("slow down"), PoolSpent("all of you")])
def test_who_asks_too_much_is_refused_alone(spent: Exception) -> None:
    async def scene() -> tuple[list[Any], list[str]]:
        answers, model = KeptAnswers(), Model()
        model.faults["greedy"] = spent
        return await crowd(answers, model, "greedy", "b", "c"), model.askers

    found, askers = asyncio.run(scene())
    assert found == [spent, {"number": 2}, {"number": 2}]
    assert askers == ["greedy", "b"]


def test_a_client_that_goes_takes_nothing_from_the_others() -> None:
    async def scene() -> tuple[Any, list[str]]:
        answers, model = KeptAnswers(), Model()
        first = asyncio.ensure_future(answers.answer("key", model.asked_by("first")))
        await asyncio.sleep(0.01)
        second = asyncio.ensure_future(answers.answer("key", model.asked_by("second")))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0.01)
        model.may_answer.set()
        return await second, model.askers

    assert asyncio.run(scene()) == ({"number": 1}, ["first"])


def test_an_address_names_a_lab_of_a_lesson_or_the_lab_by_itself() -> None:
    assert which_of("adding-noise", "lab-2").key == ("adding-noise", "lab-2")
    assert which_of("-", "lab-2").key == ("", "") == which_of("-", "lab-1").key
    for lesson, lab in (("a" * 201, "lab-1"), ("adding-noise", "l" * 41), ("-", "lab-1" + "1" * 36)):
        with pytest.raises(NotFound, match="so long a name"):  # cut, two of them would be one
            which_of(lesson, lab)
    with pytest.raises(ValidationError):
        Which.model_validate({"lesson": "", "lab": "lab-1", "picture": "AAAA"})
