"""What proxies say of a request: believed of those that are named, and of nobody else."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.testclient import TestClient

from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from tests.web.small_course import Site

PUBLIC = {"x-forwarded-proto": "https", "x-forwarded-host": "learn.example", "x-forwarded-for": "203.0.113.9"}


def asked(trusted: str, headers: dict[str, str], client: str = "10.0.0.5") -> tuple[int, dict[str, str]]:
    """Ask from an address; gives the status, and what the request was taken for."""
    settings = Settings.model_validate({"trusted_proxies": trusted, "allowed_hosts": "learn.example"})
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, settings)

    @app.get("/")
    def tell(request: Request) -> dict[str, str]:
        client = request.client.host if request.client else ""
        return {"scheme": request.url.scheme, "host": request.headers["host"], "client": client}

    site = TestClient(app, base_url="http://localhost", client=(client, 40000))
    answer = site.get("/", headers=headers)
    return answer.status_code, answer.json()


PLAIN = {"scheme": "http", "host": "localhost", "client": "10.0.0.5"}
BELIEVED = {"scheme": "https", "host": "learn.example", "client": "203.0.113.9"}


@pytest.mark.parametrize("trusted", ["", "127.0.0.1", "10.0.0.6, ::1", "10.0.1.0/24", "192.168.0.0/16"])
def test_nobody_else_is_believed(trusted: str) -> None:
    assert asked(trusted, PUBLIC) == (200, PLAIN)


@pytest.mark.parametrize("trusted", ["10.0.0.5", "::1,10.0.0.0/8", "0.0.0.0/0"])
def test_a_named_proxy_is_believed(trusted: str) -> None:
    assert asked(trusted, PUBLIC) == (200, BELIEVED | ({"client": "203.0.113.9"}))


def test_a_proxy_that_comes_by_ipv6_with_an_ipv4_address_is_the_same() -> None:
    assert asked("10.0.0.5", PUBLIC, "::ffff:10.0.0.5") == (200, BELIEVED)


@pytest.mark.parametrize("client", ["", "testclient", "/run/socket", "fe80::1%eth0"])
def test_a_client_without_an_address_is_no_proxy(client: str) -> None:
    assert asked("0.0.0.0/0", PUBLIC, client) == (200, PLAIN | {"client": client})


@pytest.mark.parametrize(
    ("headers", "changes"),
    [
        ({"x-forwarded-proto": "http, https"}, {"scheme": "https"}),
        ({"x-forwarded-proto": "https, http"}, {}),
        ({"x-forwarded-proto": "HTTPS"}, {"scheme": "https"}),
        ({"x-forwarded-proto": "javascript"}, {}),
        ({"x-forwarded-proto": ""}, {}),
        ({"x-forwarded-host": "evil.example, learn.example"}, {"host": "learn.example"}),
        ({"x-forwarded-host": "learn.example:8443"}, {"host": "learn.example:8443"}),
        ({"x-forwarded-for": "6.6.6.6, 203.0.113.9"}, {"client": "203.0.113.9"}),
        ({"x-forwarded-for": "203.0.113.9, 10.0.0.7"}, {"client": "203.0.113.9"}),
        ({"x-forwarded-for": "203.0.113.9:1234, [2001:db8::1]:99"}, {"client": "2001:db8::1"}),
        ({"x-forwarded-for": "unknown"}, {}),
        ({"x-forwarded-for": "10.0.0.8, 10.0.0.7"}, {"client": "10.0.0.8"}),
        ({"forwarded": "proto=https;host=learn.example;for=1.2.3.4"}, {}),
    ],
    ids=lambda value: "-".join(value.values()) if value else "as it is",
)
def test_the_last_value_counts(headers: dict[str, str], changes: dict[str, str]) -> None:
    assert asked("10.0.0.0/8", headers) == (200, PLAIN | changes)


@pytest.mark.parametrize("host", ["evil.example", "learn.example.evil", "learn.example/", "[::1", "a b"])
def test_the_name_that_a_proxy_says_has_to_be_allowed_too(host: str) -> None:
    status, body = asked("10.0.0.0/8", {"x-forwarded-host": host})
    assert status == 400
    assert "ALLOWED_HOSTS" in str(body["error"])


def behind(site: Site, **settings: object) -> TestClient:
    """Give a client in whose place a proxy asks that ends TLS."""
    client = site(trusted_proxies=("127.0.0.1/32",), allowed_hosts="learn.example", **settings)
    return TestClient(client.app, base_url="http://localhost", client=("127.0.0.1", 1), headers=PUBLIC)


def test_behind_tls_cookies_are_bound_to_the_host_and_strict_transport_is_asked_for(site: Site) -> None:
    answer = behind(site).get("/lessons/colours/practice")
    assert answer.headers["set-cookie"].startswith("__Host-fromnoise-")
    assert "; Path=/; Secure;" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("root", ["", "/noise"])
def test_behind_tls_a_redirection_leads_to_the_public_name(site: Site, root: str) -> None:
    answer = behind(site, root_path=root).get("/labs/", follow_redirects=False)
    assert answer.headers["location"] == f"https://learn.example{root}/labs"


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://learn.example", 303),
        ("https://localhost", 403),
        ("http://learn.example:81", 403),
        ("null", 403),
    ],
)
def test_behind_tls_a_form_is_compared_with_the_public_name(site: Site, origin: str, status: int) -> None:
    answer = behind(site).post("/learner/new", headers={"origin": origin}, follow_redirects=False)
    assert answer.status_code == status


def test_a_handout_prints_the_public_address(site: Site) -> None:
    page = behind(site, root_path="/noise").get("/noise/lessons/colours/print").text
    assert "https://learn.example/noise/lessons/colours#lab-1" in page
