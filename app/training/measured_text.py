"""What a card says of how good its model is: a table of figures, how they came about, and a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.cards import Card
from app.training.landscapes.tables import interval
from app.training.metrics import wilson
from app.training.targets import TARGETS, verdicts

SHEET = "sheet.png"
"""Beside the card of a prompted model: pictures of the prompts that the card lists."""


def measured_text(card: Card, measured: Mapping[str, Any]) -> str:
    """Write the figures that have targets as a Markdown table, with how they came about below it.

    A target whose figure was not measured keeps its row: a figure left out is not a figure met.
    """
    rows = [
        (target.title, target.text(value), target.wanted, "yes" if target.met(value) else "no")
        for target, value in verdicts(card.name, measured)
    ]
    rows += [
        (target.title, "not measured", target.wanted, "")
        for target in TARGETS[card.name]
        if measured.get(target.key) is None
    ]
    setting = (
        f"{measured['count']:,} pictures: {measured['sampler']}, {measured['steps']} steps "
        f"({measured['calls']} network calls a picture), guidance {measured['guidance']:g}, eta "
        f"{measured.get('eta', 0.0):g}, grid {measured.get('grid', 'uniform')}, seed {measured['seed']}."
    )
    judged = _of_drawings(measured) if card.vocabulary else _of_classes(measured)
    parts = [
        _table(("figure", "measured", "wanted", "met"), rows),
        f"{setting} {judged}",
        *(_of_prompts(card, measured) if card.vocabulary else ()),
        f"Measured by `{measured['command']}`",
    ]
    return "\n\n".join(parts)


def _of_classes(measured: Mapping[str, Any]) -> str:
    return (
        "Fréchet distance, precision and recall are in the features of a classifier "
        f"that is right on {measured['judge_accuracy_on_test']:.2%} of the test pictures; the real "
        f"pictures to compare with are among {measured['held_out']:,} training pictures it never saw. "
        "The second classifier, a support vector machine, is right on "
        f"{measured['second_accuracy_on_test']:.2%} of the test pictures."
    )


def _of_drawings(measured: Mapping[str, Any]) -> str:
    return (
        "Each was asked for with a caption of a fresh drawing, which seldom says all. Fréchet distance, "
        "precision and recall are in the features of a network that tells the attributes of a landscape, and "
        f"is right on {measured['judge_accuracy_on_test']:.2%} of them; it learnt from drawings of its own. "
        "They tell attributes apart, and say little of the variety within one. "
        f"The real pictures to compare with are {measured['held_out']:,} fresh drawings, and the test "
        "pictures are others."
    )


def _of_prompts(card: Card, measured: Mapping[str, Any]) -> list[str]:
    """Say how well prompts are obeyed, and show it."""
    return [
        _prompts_put(card, measured),
        _faults(measured),
        _table(
            ("attribute", "there where it was asked for, combinations of training"),
            [
                (name, f"{share:.1%}")
                for name, share in zip(measured["attributes"], measured["attributes_there"], strict=True)
            ],
        ),
        _table(
            ("held-out pair", "everything in the prompt is there", "95% interval"),
            [
                (name, f"{obeyed} of {asked}", interval(wilson(obeyed, asked)))
                for name, obeyed, asked in zip(
                    measured["pairs"], measured["pairs_obeyed"], measured["pairs_asked"], strict=True
                )
            ],
        ),
        f"![Rows of pictures, a row for each prompt]({SHEET})",
        "A row for each prompt, at the default settings, and no picture was chosen. From the top:",
        "\n".join(f"{number}. {prompt}" for number, prompt in enumerate(measured["sheet"], 1)),
    ]


def _prompts_put(card: Card, measured: Mapping[str, Any]) -> str:
    default = card.defaults
    parts = [
        f"{measured[f'{name}_prompts']:,} prompts {words} (95% interval of the figure: "
        f"{interval(measured[f'{name}_prompts_interval'], 1)})"
        for name, words in (
            ("seen", "of combinations that training may show"),
            ("held_out", "with a pair of attributes that no picture of training has"),
        )
    ]
    return (
        f"Prompts were put at the default settings ({default.sampler}, {default.steps} steps, guidance "
        f"{default.guidance:g}), and name everything that is to be seen; the same network looks whether all "
        f"of it is there. There were {' and '.join(parts)}."
    )


def _faults(measured: Mapping[str, Any]) -> str:
    """Say how often the thing is right and something about it wrong, and how often it is there twice."""
    wrong = [
        f"its colour is wrong in {colour:.1%} and its side in {side:.1%}"
        for colour, side in zip(measured["wrong_colour"], measured["wrong_side"], strict=True)
    ]
    (said, left_open), (floor, floor_open) = measured["doubled"], measured["doubled_of_drawings"]
    return (
        f"Where the thing is right, {wrong[0]} of pictures; with held-out pairs, {wrong[1]}. It is there "
        f"twice in {said:.1%} of pictures, which counts as there; where the prompt leaves its side open, in "
        f"{left_open:.1%} (95% interval {interval(measured['doubled_interval'])}). That is counted by "
        f"another network, right on {measured['counts_right']:.2%} of drawings with none, one or two, which "
        f"sees two in {floor:.1%} and {floor_open:.1%} of drawings of the same scenes. Of pictures whose "
        f"prompt has no word of weather or of a thing, {measured['unasked_for']:.1%} show one."
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])
