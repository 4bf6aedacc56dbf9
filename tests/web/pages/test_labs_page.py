"""The pages of the labs, each kind by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cards import find_cards
from app.errors import CheckpointError
from app.labs.registry import LABS
from app.main import create_app
from app.settings import Settings
from app.web.pages.labs_page import LabContext, labs_pages
from tests.tiny_model import write_tiny_model


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve the shipped course and models."""
    url = f"sqlite:///{tmp_path_factory.mktemp('records') / 'records.sqlite3'}"
    with TestClient(create_app(Settings(database_url=url)), base_url="http://localhost") as client:
        yield client


def test_the_list_names_every_kind_of_lab_and_leads_to_it(client: TestClient) -> None:
    page = client.get("/labs", headers={"accept": "text/html"})
    assert page.status_code == 200
    for kind in LABS:
        assert f'href="/labs/{kind}"' in page.text


@pytest.mark.parametrize("kind", LABS)
def test_a_lab_stands_on_a_page_by_itself_with_its_script_and_styles(client: TestClient, kind: str) -> None:
    page = client.get(f"/labs/{kind}", headers={"accept": "text/html"})
    assert page.status_code == 200
    folder = kind.replace("-", "_")
    assert page.text.count('id="lab-1"') == 1
    for name in ("lab.js", "lab.css"):
        assert f"/static/labs/{folder}/{name}?v=" in page.text
        assert client.get(f"/static/labs/{folder}/{name}").status_code == 200


def test_a_kind_of_lab_that_does_not_exist_is_not_found(client: TestClient) -> None:
    assert client.get("/labs/piano").status_code == 404


def test_only_scripts_styles_and_drawings_of_a_labs_folder_are_sent(client: TestClient) -> None:
    for name in ("labs/player/options.py", "labs/player/view.html", "labs/registry.py", "labs/__init__.py"):
        assert client.get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"steps = 4": 'steps = 7\ngrid = "rho7"', '"ddim"': '"heun_sigma"', "t_max = 0.999": "t_max = 1e-9"},
        {"steps = 4": "steps = 1000", "eta = 0.0": "eta = 1", "t_max = 0.999": "t_max = 0.9999999999"},
        {"guidance = 2.0": "guidance = 20", '"cosine"': '"flow"', '"ddim"': '"flow_euler"'},
        {'"cosine"': '"linear"', 'name = "tiny"': f'name = "{"x" * 64}"', "steps = 4": "steps = 1"},
    ],
)
def test_any_model_whose_card_can_be_read_has_a_player(tmp_path: Path, changes: dict[str, str]) -> None:
    card = write_tiny_model(tmp_path / "models").folder / "card.md"
    text = card.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    card.write_text(text)
    page = labs_pages(find_cards(tmp_path / "models"))["/labs/player"]
    assert isinstance(page, LabContext)
    assert page.lab.template == "labs/player/view.html"


@pytest.mark.parametrize(("old", "new"), [('"ddim"', '"dimd"'), ("steps = 4", 'steps = 5\ngrid = "rho7"')])
def test_a_model_whose_card_makes_no_run_is_named_by_the_server(tmp_path: Path, old: str, new: str) -> None:
    card = write_tiny_model(tmp_path / "models").folder / "card.md"
    card.write_text(card.read_text().replace(old, new))
    with pytest.raises(CheckpointError, match=r"tiny/card\.md: defaults"):
        create_app(Settings(models=tmp_path / "models"))
