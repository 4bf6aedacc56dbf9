import time
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.request_check import MAX_COOKIE_BYTES, MAX_QUERY_BYTES, host_name
from app.web.edge.security import Edge, install_guards

LIMIT = 2048


@pytest.fixture
def app(tmp_path):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(
        app, Settings(max_body_bytes=LIMIT, allowed_hosts=("localhost", "[::1]", "Learn.Example."))
    )
    app.state.forms = []
    (tmp_path / "inner").mkdir()
    (tmp_path / "outside.txt").write_text("outside")
    (tmp_path / "inner" / "file.txt").write_text("abcdefghij")

    @app.get("/ok")
    async def ok():
        return "ok"

    @app.get("/cookies")
    async def cookies(request: Request):
        return request.cookies

    @app.get("/crash")
    async def crash():
        raise RuntimeError

    @app.post("/form")
    async def form(request: Request):
        async with request.form(max_fields=20) as fields:
            app.state.forms.append(dict(fields))

    @app.post("/json")
    async def take(body: dict[str, Any]):
        return body

    app.mount("/static", StaticFiles(directory=tmp_path / "inner"))
    return app


@pytest.fixture
def client(app):
    return TestClient(app, base_url="http://localhost")


def chunks(total: int, size: int = 512):
    for _ in range(total // size):
        yield b"a" * size


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/ok", {}),
        ("GET", "/missing", {}),
        ("GET", "/crash", {}),
        ("PUT", "/ok", {}),
        ("GET", "/static/file.txt", {}),
        ("GET", "/static/missing", {}),
        ("GET", "/ok", {"host": "evil.example"}),
        ("POST", "/form", {"origin": "http://evil.example"}),
        ("GET", "/ok", {"cookie": "a=" + "b" * (MAX_COOKIE_BYTES + 1)}),
    ],
)
def test_every_answer_carries_the_security_headers(client, method, path, headers):
    answer = client.request(method, path, headers=headers)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "permissions-policy" in answer.headers
    assert "strict-transport-security" not in answer.headers


def test_strict_transport_is_asked_for_only_under_https(app):
    answer = TestClient(app, base_url="https://localhost").get("/ok")
    assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_messages_after_the_start_pass_through_untouched():
    sent, frame = [], {"type": "http.response.body", "body": b"frame", "more_body": True}

    async def stream(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send(frame)

    async def receive():
        raise AssertionError("nothing is read")

    async def send(message):
        sent.append(message)

    anyio.run(Edge(stream), {"type": "http", "scheme": "http"}, receive, send)
    assert sent[1] is frame


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST.", "[::1]", "[::1]:8000", "learn.example:443"]
)
def test_the_servers_own_names_are_answered_whatever_the_port(client, host):
    assert client.get("/ok", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "localhost:80a", "localhost:-1", "user@localhost", "[::2]",
     "[localhost", "[localhost]", "*", "localhost, evil.example", "127.0.0.1.nip.io"],
)  # fmt: skip
def test_a_foreign_host_is_refused(client, host):
    answer = client.get("/ok", headers={"host": host})
    assert answer.status_code == 400
    assert "Host" in answer.json()["error"]["message"]


def test_two_host_headers_are_refused(client):
    assert client.get("/ok", headers=[("host", "localhost"), ("host", "localhost")]).status_code == 400


def test_a_star_allows_every_host():
    app = FastAPI()
    install_guards(app, Settings(allowed_hosts=("*",)))
    assert TestClient(app, base_url="http://anything.example").get("/openapi.json").status_code == 200


@pytest.mark.parametrize("written", ["::1", "[::1]", "[::1]:80"])
def test_an_ipv6_name_is_the_same_however_it_is_written(written):
    assert host_name(written) == "::1"


@pytest.mark.parametrize(
    "cookies",
    [
        [("cookie", "; ".join(f"site{number}=" + "b" * 1500 for number in range(3)))],
        [("cookie", "a=" + "b" * 8192)],
        [("cookie", "a=" + "b" * 4000)] * 20,
        [("cookie", "; ".join(f"site{number}=" + "b" * 4080 for number in range(180)))],
        [("cookie", ";;=;a;=b; fromnoise;fromnoise=;=fromnoise")],
    ],
    ids=["three", "one large", "twenty headers", "as many as a browser keeps", "malformed"],
)
def test_cookies_of_other_sites_on_the_host_keep_nobody_out(client, cookies):
    assert client.get("/ok", headers=cookies).status_code == 200


def test_more_cookies_than_any_browser_sends_are_refused_in_one_header_or_in_many(client):
    assert client.get("/ok", headers={"cookie": "a=" + "b" * MAX_COOKIE_BYTES}).status_code == 431
    assert client.get("/ok", headers=[("cookie", "a" * 1024)] * 1025).status_code == 431


def test_a_long_query_and_large_headers_are_refused(client):
    assert client.get("/ok?" + "a" * (MAX_QUERY_BYTES + 1)).status_code == 414
    assert client.get("/ok", headers={"x-large": "a" * 40_000}).status_code == 431


@pytest.mark.parametrize(
    "path", ["/ok%00", "/static/file.txt%00", "/static/%0d%0aset-cookie:a", "/static/%7f"]
)
def test_control_characters_in_the_address_are_refused(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["../outside.txt", "..%2foutside.txt", "%2e%2e/outside.txt", "%2e%2e%2foutside.txt", "..%5coutside.txt",
     "....//outside.txt", "%252e%252e/outside.txt", "/outside.txt", "..%c0%afoutside.txt"],
)  # fmt: skip
def test_no_spelling_of_the_parent_folder_leads_out_of_the_static_files(client, path):
    answer = client.get(f"/static/{path}")
    assert 400 <= answer.status_code < 500
    assert "outside" not in answer.text


def test_one_range_is_served_and_3000_are_refused(client):
    assert client.get("/static/file.txt", headers={"range": "bytes=0-3"}).text == "abcd"
    many = "bytes=" + ",".join(f"{n}-{n}" for n in range(3000))
    assert client.get("/static/file.txt", headers={"range": many}).status_code == 416
    assert client.get("/static/file.txt", headers={"range": "bytes=0-1,2-3"}).status_code == 416


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/json", "application/json"),
        ("/json", "text/plain"),
        ("/form", "application/x-www-form-urlencoded"),
        ("/form", "multipart/form-data; boundary=a"),
    ],
)
def test_a_body_over_the_limit_is_refused_announced_or_not(client, path, kind):
    headers = {"content-type": kind}
    for content in (b"a" * (LIMIT + 1), chunks(10 * LIMIT)):
        answer = client.post(path, content=content, headers=headers)
        assert answer.status_code == 413
        assert str(LIMIT) in answer.json()["error"]["message"]
    assert client.app.state.forms == []


def test_a_body_of_exactly_the_limit_passes(client):
    body = b'{"a": "' + b"a" * (LIMIT - 9) + b'"}'
    answer = client.post("/json", content=body, headers={"content-type": "application/json"})
    assert len(body) == LIMIT
    assert answer.status_code == 200


@pytest.mark.parametrize("length", ["-1", "1e3", "9" * 400, "²"])
def test_a_content_length_that_is_no_length_is_refused(client, length):
    answer = client.post("/json", content=b"{}", headers=[("content-length", length.encode())])
    assert answer.status_code in (400, 413)


@pytest.mark.slow
def test_300000_form_fields_are_refused(client):
    answer = client.post("/form", data={f"f{n}": "" for n in range(300_000)})
    assert answer.status_code == 413


def test_more_form_fields_than_a_page_has_are_refused(client):
    fields = {f"f{n}": "" for n in range(21)}
    urlencoded = client.post("/form", data=fields)
    multipart = client.post("/form", files={name: (None, "") for name in fields})
    assert urlencoded.status_code == multipart.status_code == 400
    assert "20" in urlencoded.json()["error"]["message"]
    assert client.app.state.forms == []


def test_of_many_cookies_only_ours_reach_the_routes_and_in_no_time(client):
    ours = "fromnoise-0a1b2c3d=value"
    others = "; ".join(f"site{number}=" + "b" * 4000 for number in range(100))
    begun = time.process_time()
    for cookie in (f"{others}; {ours}", f"{ours};{others}", ";" * 1_000_000 + ours, "; " * 500_000 + ours):
        answer = client.get("/cookies", headers={"cookie": cookie})
        assert answer.json() == {"fromnoise-0a1b2c3d": "value"}
    assert time.process_time() - begun < 5  # a second and more each, when all of them were read
