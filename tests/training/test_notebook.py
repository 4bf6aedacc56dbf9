from __future__ import annotations

from pathlib import Path

import pytest

from app.training.notebook import Notebook


def test_a_result_is_worked_out_once_even_after_reopening(tmp_path: Path) -> None:
    path, worked = tmp_path / "new" / "results.json", []

    def work_out() -> dict[str, float]:
        worked.append(1)
        return {"fréchet": 1.25}

    notebook = Notebook(path)
    assert "a" not in notebook
    assert notebook.once("a", work_out) == notebook.once("a", work_out) == {"fréchet": 1.25}
    again = Notebook(path)
    assert "a" in again and "b" not in again
    assert again.once("a", work_out) == {"fréchet": 1.25}
    assert worked == [1]


def test_a_result_that_fails_is_not_written_down(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "results.json")
    with pytest.raises(ZeroDivisionError):
        notebook.once("a", lambda: 1 / 0)
    assert "a" not in notebook and not (tmp_path / "results.json").exists()
