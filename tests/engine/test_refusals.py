"""A refusal is repeated without the engine, for as long as it said."""

from __future__ import annotations

import pytest

from app.engine import refusals
from app.engine.refusals import Refusals
from app.errors import PoolSpent, TooMany

NOW = [100.0]


@pytest.fixture
def kept() -> Refusals:
    NOW[0] = 100.0
    return Refusals(lambda: NOW[0])


@pytest.mark.parametrize("kind", [TooMany, PoolSpent])
def test_it_is_said_again_with_the_time_that_is_left_and_then_no_more(
    kept: Refusals, kind: type[TooMany | PoolSpent]
) -> None:
    kept.keep(("a", "/runs"), kind("Enough.", 10))
    NOW[0] = 106.5
    with pytest.raises(kind, match="Enough") as caught:
        kept.repeat(("a", "/runs"))
    assert caught.value.retry_after_s == 4
    NOW[0] = 110.0
    kept.repeat(("a", "/runs"))
    assert not kept


def test_nobody_else_and_nothing_else_is_refused(kept: Refusals) -> None:
    kept.keep(("a", "/runs"), TooMany("Enough.", 10))
    assert ("b", "/runs") not in kept
    assert ("a", "/once") not in kept


def test_only_so_many_are_kept(kept: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_KEPT", 3)
    for n in range(10):
        kept.keep((f"{n}",), TooMany("Enough.", 10))
    assert list(kept) == [("7",), ("8",), ("9",)]
    with pytest.raises(TooMany):
        kept.repeat(("9",))
