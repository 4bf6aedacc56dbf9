"""The source on a plate is the code that runs, and the lit lines are those that a run goes through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.diffusion.samplers.catalogue import SAMPLERS
from app.labs.player.sampler_source import SamplerSource, returning_lines, sampler_sources

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def sources() -> dict[str, SamplerSource]:
    return {source.name: source for source in sampler_sources()}


def lines(source: SamplerSource, stage: str) -> str:
    first, last = source.lit[stage]
    return "\n".join((ROOT / source.file).read_text().splitlines()[first - 1 : last])


def test_every_sampler_is_shown_with_its_title(sources: dict[str, SamplerSource]) -> None:
    assert list(sources) == list(SAMPLERS)
    assert sources["heun"].title == SAMPLERS["heun"].title
    assert [name for name, source in sources.items() if source.calls_per_step == 2] == ["heun", "heun_sigma"]
    assert "for comparison" in sources["heun_sigma"].title
    assert [name for name, source in sources.items() if source.uses_eta] == ["ddim"]


def test_the_lines_carry_the_numbers_of_their_file(sources: dict[str, SamplerSource]) -> None:
    for source in sources.values():
        numbers = [int(number) for number in re.findall(r'data-line="(\d+)"', "".join(source.code))]
        assert numbers == list(range(source.first_line, source.first_line + len(numbers)))
        assert (ROOT / source.file).read_text().splitlines()[source.first_line - 1].startswith("def ")


def test_all_but_the_first_line_of_the_docstring_is_a_piece_of_its_own(
    sources: dict[str, SamplerSource],
) -> None:
    for source in sources.values():
        head, rest, body = (re.sub("<[^>]*>", "", piece) for piece in source.code)
        assert head.rstrip().count('"""') == 1
        assert head.count("\n") < 15
        assert rest.rstrip().endswith('"""')
        assert '"""' not in body
        assert body.lstrip()


def test_a_lit_line_is_a_whole_return_statement(sources: dict[str, SamplerSource]) -> None:
    for source in sources.values():
        for stage in ("first", "middle", "last"):
            assert lines(source, stage).lstrip().startswith("return ")


def test_the_two_step_solver_returns_elsewhere_at_its_ends(sources: dict[str, SamplerSource]) -> None:
    solver = sources["dpm_solver_pp"]
    assert solver.lit["first"] == solver.lit["last"]
    assert "x0_hat_previous" in lines(solver, "middle")
    assert "x0_hat_previous" not in lines(solver, "first")


@pytest.mark.parametrize(
    ("name", "twice", "once"),
    [("heun", "(first, second)", "(first,)"), ("heun_sigma", "(euler, correct)", "(euler,)")],
)
def test_heun_ends_with_a_single_look(
    sources: dict[str, SamplerSource], name: str, twice: str, once: str
) -> None:
    assert sources[name].file == f"app/diffusion/samplers/{name}.py"
    assert (
        lines(sources[name], "first").strip() == lines(sources[name], "middle").strip() == f"return {twice}"
    )
    assert lines(sources[name], "last").strip() == f"return {once}"


def test_tracing_sees_one_return_a_step_and_only_those_of_the_sampler() -> None:
    assert len(returning_lines("ddim", SAMPLERS["ddim"].function, steps=7)) == 7
    assert returning_lines("ddim", SAMPLERS["heun"].function) == []
    assert returning_lines("heun_sigma", SAMPLERS["heun"].function) == []
