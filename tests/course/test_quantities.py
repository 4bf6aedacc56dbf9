"""The three quantities of a step, marked in words, in formulas, in code and in the table of symbols."""

from __future__ import annotations

import re

import pytest

from app.course.formulas import mathml
from app.course.pieces import render_text
from app.course.place import Place
from app.course.quantities import QUANTITIES, mark
from app.course.sources import highlight
from app.diffusion.notation import SYMBOLS


def marked(html: str) -> list[str]:
    return re.findall(r'class="[^"]*\bof-(\w+)"', html)


def test_words_are_marked_and_may_hold_other_markdown() -> None:
    place = Place()
    html = render_text("A [noisy *picture*]{x_t}, a [guess]{x0_hat}.", place)
    assert html == (
        'A <span class="of-x_t">noisy <em>picture</em></span>, a <span class="of-x0_hat">guess</span>.'
    )
    assert place.faults == []


def test_an_unknown_name_is_a_fault_with_its_line() -> None:
    place = Place(first_line=7)
    render_text("Fine.\n\nA [noisy picture]{xt}.", place)
    assert place.faults == [(9, "unknown quantity 'xt'; there are x_t, x0_hat, eps_hat")]


@pytest.mark.parametrize("text", ["[a link](https://x.org){width=3}", "[brackets] {x_t}", "`[code]{x_t}`"])
def test_what_only_looks_like_it_stays_as_it_is(text: str) -> None:
    assert marked(render_text(text, Place())) == []


def test_names_are_marked_in_code_and_longer_names_are_not() -> None:
    assert marked(highlight("x_t = f(x0_hat, eps_hat, x0_hat_previous, 'x_t')")) == [
        "x_t",
        "x0_hat",
        "eps_hat",
    ]
    assert marked(render_text("`x0_hat` and `x0`", Place())) == ["x0_hat"]


def test_formulas_mark_them_wherever_they_stand() -> None:
    latex = r"\hat\varepsilon = \frac{x_t - S(t)\,\hat x_0}{N(t)} + x_0 + x_{\text{next}}"
    assert marked(mathml(latex, display=True)) == ["eps_hat", "x_t", "x0_hat"]
    assert all(marked(mathml(written, display=False)) == [name] for name, written in QUANTITIES.items())


def test_every_quantity_is_one_of_the_notation_and_has_a_class_of_its_own() -> None:
    assert set(QUANTITIES) <= {symbol.code for symbol in SYMBOLS}
    assert len({mark(name) for name in QUANTITIES}) == 3
