from __future__ import annotations

import pytest
import torch
from torch import Tensor

from app.training.aspects import UNSAID
from app.training.judge import Opinion
from app.training.landscapes.obedience import COLOUR, SIDE, THING, name_of, obedience
from app.training.landscapes.prompts import SHEET, Prompts, held_out_prompts, rows_of, seen_prompts
from app.training.landscapes.scene import ATTRIBUTES, HELD_OUT
from app.training.landscapes.words import VOCABULARY


def opinion(shown: Tensor) -> Opinion:
    return Opinion(torch.zeros(len(shown), 1), shown)


def seeing(prompts: Prompts, **wrong: list[int]) -> Opinion:
    """What a judge sees of pictures that obey, but for some whose attribute of a name is another."""
    shown = prompts.asked.shown.clamp(min=0)
    for name, pictures in wrong.items():
        column = list(ATTRIBUTES).index(name)
        shown[pictures, column] = (shown[pictures, column] + 1) % len(ATTRIBUTES[name])
    return opinion(shown)


@pytest.fixture
def held_out() -> Prompts:
    return held_out_prompts(2)


def test_pictures_that_show_all_that_is_said_obey_whatever_is_left_open(held_out: Prompts) -> None:
    found = obedience(seeing(held_out), seeing(held_out), held_out)
    assert (found["asked"], found["obeyed"], found["share"], found["ratio"]) == (24, 24, 1.0, 1.0)
    assert (found["asked"] > 0) and found["interval"][0] < 1.0
    assert (held_out.asked.shown == UNSAID).any()


def test_one_wrong_attribute_is_enough_to_disobey(held_out: Prompts) -> None:
    found = obedience(seeing(held_out, time=[0], terrain=[0, 5]), seeing(held_out), held_out)
    assert found["obeyed"] == 22
    assert found["attributes"]["time"]["share"] == pytest.approx(23 / 24)
    assert found["attributes"]["terrain"]["share"] == pytest.approx(22 / 24)
    assert found["attributes"]["sky"]["share"] == 1.0


def test_what_the_judge_misses_in_drawings_is_no_fault(held_out: Prompts) -> None:
    half = list(range(12))
    found = obedience(seeing(held_out, sky=half), seeing(held_out, sky=half), held_out)
    assert (found["share"], found["share_of_drawings"], found["ratio"]) == (0.5, 0.5, 1.0)
    assert found["ratio_interval"] == [2 * bound for bound in found["interval"]]


def test_every_held_out_pair_is_counted_by_itself(held_out: Prompts) -> None:
    found = obedience(seeing(held_out, time=[0, 12, 1]), seeing(held_out), held_out)
    assert list(found["pairs"]) == [name_of(number) for number in range(len(HELD_OUT))]
    assert [pair["obeyed"] for pair in found["pairs"].values()] == [0, 1] + [2] * 10
    assert all(pair["asked"] == 2 for pair in found["pairs"].values())


def test_a_wrong_colour_counts_only_where_the_thing_is_right(held_out: Prompts) -> None:
    said = held_out.asked.shown
    things = (said[:, THING] != UNSAID).nonzero().squeeze(1).tolist()
    found = obedience(seeing(held_out, colour=things[:4], thing=things[:1]), seeing(held_out), held_out)
    assert found["wrong_colour"] == pytest.approx(3 / (len(things) - 1))
    assert found["wrong_side"] == 0.0


def test_weather_that_nobody_asked_for_is_counted_where_the_drawing_has_none() -> None:
    prompts = seen_prompts(60)
    weather = list(ATTRIBUTES).index("weather")
    drawn = seeing(prompts)
    calm = ((prompts.asked.shown[:, weather] == UNSAID) & (drawn.shown[:, weather] == 0)).nonzero()
    thingless = prompts.asked.shown[:, THING] == UNSAID
    drawn.shown[thingless, THING] = list(ATTRIBUTES["thing"]).index("none")
    painted = opinion(drawn.shown.clone())
    assert obedience(painted, drawn, prompts)["unasked_for"] == 0.0
    painted.shown[calm[:3, 0], weather] = 2
    painted.shown[thingless.nonzero()[:1, 0], THING] = 0
    found = obedience(painted, drawn, prompts)
    assert found["unasked_for"] == pytest.approx(4 / (len(calm) + int(thingless.sum())))
    assert found["obeyed"] == 60


def test_prompts_of_training_s_kind_have_no_held_out_pair_and_name_all_that_is_seen() -> None:
    prompts = seen_prompts(60)
    found = obedience(seeing(prompts), seeing(prompts), prompts)
    assert found["pairs"] == {} and found["asked"] == 60
    named = prompts.asked.shown
    assert (named[:, :3] != UNSAID).all()
    for column in (COLOUR, SIDE):
        assert torch.equal(named[:, column] == UNSAID, named[:, THING] == UNSAID)
    for first, second in HELD_OUT:
        both = torch.ones(60, dtype=torch.bool)
        for attribute in (first, second):
            kind, value = attribute.split(" ")
            both &= named[:, list(ATTRIBUTES).index(kind)] == ATTRIBUTES[kind].index(value)
        assert not both.any(), (first, second)


def test_each_held_out_prompt_asks_for_its_pair(held_out: Prompts) -> None:
    for row, number in zip(held_out.asked.shown.tolist(), held_out.pair.tolist(), strict=True):
        for attribute in HELD_OUT[number]:
            kind, value = attribute.split(" ")
            assert row[list(ATTRIBUTES).index(kind)] == ATTRIBUTES[kind].index(value)


def test_prompts_are_the_same_every_time_and_come_with_a_drawing_each(held_out: Prompts) -> None:
    again = held_out_prompts(2)
    assert again.texts == held_out.texts and torch.equal(again.drawn, held_out.drawn)
    assert held_out.drawn.shape == (24, 3, 32, 32)
    assert torch.equal(rows_of(held_out.texts), held_out.asked.condition)


def test_every_word_of_the_sheet_is_known_and_nothing_contradicts_itself() -> None:
    for text in SHEET:
        prompt = VOCABULARY.read(text)
        assert not prompt.unknown and not prompt.contradictions, text
