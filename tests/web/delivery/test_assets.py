from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from fastapi import FastAPI
from starlette.routing import Route
from starlette.testclient import TestClient

from app.settings import ROOMS, files_folder
from app.web.delivery.assets import Assets, content_of
from app.web.edge.errors import install_error_handlers

STATIC = files_folder("static")
BODY = "body { color: black }\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "deep").mkdir(parents=True)
    (static / "app.css").write_text(BODY)
    (static / "deep" / "er.js").write_text("export const x = 1;\n")
    (tmp_path / "secret.txt").write_text("secret")
    return static


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    app = FastAPI()
    install_error_handlers(app)
    app.router.routes.append(Route("/static/{name:path}", Assets(folder), methods=["GET", "HEAD"]))
    with TestClient(app) as client:
        yield client


def test_an_address_with_the_hash_may_be_kept_for_ever(client: TestClient, folder: Path) -> None:
    answer = client.get(Assets(folder).url("app.css"))
    assert answer.text == BODY
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("query", ["", "?v=", "?v=000000000000", "?x=1"])
def test_any_other_address_is_asked_again_each_time(client: TestClient, query: str) -> None:
    answer = client.get(f"/static/app.css{query}")
    assert answer.text == BODY
    assert answer.headers["cache-control"] == "no-cache"


def test_the_hash_changes_with_the_content(folder: Path) -> None:
    before = Assets(folder).url("app.css")
    (folder / "app.css").write_text(BODY + "\n")
    assert Assets(folder).url("app.css") != before


def test_a_file_that_the_client_holds_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/static/app.css").headers["etag"]
    again = client.get("/static/app.css", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/static/app.css", headers={"if-none-match": '"other"'}).status_code == 200


def test_text_travels_compressed_under_an_etag_of_its_own(client: TestClient) -> None:
    plain = client.get("/static/app.css", headers={"accept-encoding": "identity"})
    with client.stream("GET", "/static/app.css", headers={"accept-encoding": "gzip"}) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == plain.content
    assert len(body) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == "accept-encoding"


def test_scripts_and_styles_say_what_they_are(client: TestClient) -> None:
    assert client.get("/static/deep/er.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert client.get("/static/app.css").headers["content-type"] == "text/css; charset=utf-8"


def test_a_style_sheet_travels_without_its_comments_on_the_same_lines(folder: Path) -> None:
    text = '/* one\n   two */\na { top: 0 } /* three */\n/**/ b::before { content: "*/" }\n'
    for name in ("a.css", "b.js"):
        (folder / name).write_text(text)
    assert content_of(folder / "b.js").decode() == text
    assert content_of(folder / "a.css").decode() == '\n\na { top: 0 } \n b::before { content: "*/" }\n'


def test_head_sends_the_length_and_no_body(client: TestClient) -> None:
    answer = client.head("/static/app.css", headers={"accept-encoding": "identity"})
    assert (answer.headers["content-length"], answer.content) == (str(len(BODY)), b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static/deep/..%2f..%2fsecret.txt",
        "/static/..%5csecret.txt",
        "/static//secret.txt",
        "/static/app.css%00",
        "/static/",
    ],
)
def test_no_spelling_of_a_path_leads_outside(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


def test_a_template_that_names_a_missing_file_fails(folder: Path) -> None:
    with pytest.raises(KeyError):
        Assets(folder).url("gone.css")


def test_every_file_that_templates_styles_and_scripts_name_is_there() -> None:
    assets = Assets(STATIC, ROOMS)
    folders = {"": STATIC} | ROOMS
    named = {
        name
        for folder in (files_folder("templates"), *ROOMS.values())
        for template in folder.rglob("*.html")
        for name in re.findall(r"asset\(['\"]([^'\"]+)['\"]\)", template.read_text(encoding="utf-8"))
    }
    assert "tokens.css" in named
    for room, folder in folders.items():
        for path in (path for path in folder.rglob("*") if path.suffix in (".css", ".js")):
            names = re.findall(
                r"(?:url\(|^import .*?from )\"([^\"]+)\"", path.read_text("utf-8"), re.M | re.S
            )
            here = PurePosixPath(room) / path.relative_to(folder).as_posix()
            named.update(os.path.normpath(here.parent / name) for name in names)
    assert "kit/canvas.js" in named
    assert [name for name in sorted(named) if name not in assets] == []
