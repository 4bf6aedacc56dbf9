"""A course of one lesson and three questions, as files, and the type of what serves it."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.testclient import TestClient

OPTIONS = ("Red", "Green", "Blue", "Yellow")
LESSON = """+++
title = "Seeing colours"
unit = "The idea"
minutes = 7
summary = "What colours are."
hook = "Which colour is it?"
concepts = ["colour"]
+++

## First things

A **colour** is seen. See `light`.

### In detail

:::{lab} player
:model: absent

A caption.
:::

## Last things

Done, at $x_t$.
"""

Site = Callable[..., TestClient]


def question(name: str, right: tuple[str, ...], kind: str = "single") -> str:
    """Write one question; whatever an answer reveals is marked with CANARY and the question's name."""
    canary = f"CANARY {name}"
    options = "".join(
        f'[[question.options]]\ntext = "{text}"\nright = {json.dumps(text in right)}\n'
        f'feedback = "{canary} feedback on {text}"\n'
        for text in OPTIONS
    )
    return (
        f'[[question]]\nid = "{name}"\nkind = "{kind}"\nlevel = "recall"\nconcepts = ["colour"]\n'
        f'stem = "Which *colour* is {name}?"\nsteps = ["{canary} step one", "{canary} step two"]\n'
        f'final_answer = "{canary} final"\nquick_check = "{canary} check"\n'
        f'mistakes = ["{canary} mistake"]\n{options}\n'
    )


COURSE = (
    question("one", ("Red",)),
    question("two", ("Green",)),
    question("some", ("Red", "Blue"), kind="several"),
)
