"""The pages of the labs, each kind by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.labs.registry import LABS
from app.main import create_app
from app.settings import Settings


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
