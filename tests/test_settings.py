"""Settings from the environment, and where the app's files are found."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import LOOPBACK, Settings, files_folder, ignored_host


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_listens_on_loopback_alone_unless_told_otherwise() -> None:
    assert Settings().host == "127.0.0.1"
    assert Settings().port == 8000
    assert Settings().allowed_hosts == LOOPBACK


def test_reads_host_and_port_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "8123")
    assert (Settings().host, Settings().port) == ("0.0.0.0", 8123)


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "cuda:11", "cuda:0,cuda:1", "cpu,cpu", "all"])
def test_takes_devices_by_name_and_number(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setenv("DEVICE", device)
    assert Settings().device == device


@pytest.mark.parametrize(
    "device",
    [
        "gpu",
        "cuda:",
        "cuda:a",
        "cuda:100",
        "CUDA",
        "cpu\n",
        "auto,cpu",
        "cuda:0,",
        "all,cpu",
        "cpu, cpu",
        "cpu" + 16 * ",cpu",
    ],
)
def test_refuses_a_device_that_is_none(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setenv("DEVICE", device)
    with pytest.raises(ValidationError, match="device"):
        Settings()


@pytest.mark.parametrize("port", ["-1", "65536", "eight"])
def test_refuses_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ValidationError, match="port"):
        Settings()


@pytest.mark.parametrize(
    "host", ["x86_64-conda-linux-gnu", "arm64-apple-darwin20.0.0", "my-laptop", "0", "127.1", "localhost:80"]
)
def test_host_counts_only_where_it_is_an_address(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("HOST", host)
    assert Settings().host == "127.0.0.1"
    assert Settings().allowed_hosts == LOOPBACK
    said = ignored_host(os.environ)
    assert said is not None
    assert host in said
    assert "FROMNOISE_HOST" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("host", "read"),
    [
        ("0.0.0.0", "0.0.0.0"),
        ("192.168.1.5", "192.168.1.5"),
        ("::1", "::1"),
        ("[::1]", "::1"),
        ("localhost", "localhost"),
        (" 127.0.0.2 ", "127.0.0.2"),
    ],
)
def test_host_counts_where_it_is_an_address(monkeypatch: pytest.MonkeyPatch, host: str, read: str) -> None:
    monkeypatch.setenv("HOST", host)
    assert Settings().host == read
    assert ignored_host(os.environ) is None


@pytest.mark.parametrize("host", ["x86_64-conda-linux-gnu", "0.0.0.0", "", "localhost"])
@pytest.mark.parametrize(
    ("own", "read"), [("10.0.0.7", "10.0.0.7"), ("[::]", "::"), ("my-laptop", "my-laptop")]
)
def test_our_own_name_of_it_wins(monkeypatch: pytest.MonkeyPatch, host: str, own: str, read: str) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("FROMNOISE_HOST", own)
    assert Settings().host == read
    assert ignored_host(os.environ) is None


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_what_is_blank_is_unset(monkeypatch: pytest.MonkeyPatch, blank: str) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), blank)
    found = Settings()
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper())
    assert found == Settings()


def test_a_blank_name_of_ours_leaves_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROMNOISE_HOST", "  ")
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert Settings().host == "0.0.0.0"


@pytest.mark.parametrize(
    ("given", "read"),
    [("/", ""), ("noise", "/noise"), ("/noise/", "/noise"), ("/a/b-c_d~e.f", "/a/b-c_d~e.f"), (" /x ", "/x")],
)
def test_a_root_path_has_one_form(monkeypatch: pytest.MonkeyPatch, given: str, read: str) -> None:
    monkeypatch.setenv("ROOT_PATH", given)
    assert Settings().root_path == read


@pytest.mark.parametrize(
    "given", ["/a//b", "/a/../b", "/./a", "/a b", "/ä", '/a"b', "/a?b", "/a#b", "/a%20b", "https://x.org/a"]
)
def test_a_root_path_that_is_no_path_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("ROOT_PATH", given)
    with pytest.raises(ValidationError, match="root_path"):
        Settings()


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.5/8 ,::1")
    assert Settings().trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    assert Settings.model_validate(Settings().model_dump()) == Settings()


@pytest.mark.parametrize("given", ["*", "proxy.example.org", "10.0.0.0/33", "127.0.0.1;::1"])
def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", given)
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings()


def test_origins_that_may_embed_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_ORIGINS", "https://Moodle.example.org/, http://localhost:8080,https://[::1]:1")
    assert Settings().embed_origins == (
        "https://moodle.example.org",
        "http://localhost:8080",
        "https://[::1]:1",
    )


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "moodle.example.org",
        "https://*.example.org",
        "https://a.org/course",
        "https://a.org; script-src *",
        "https://a.org 'self'",
        "https://user@a.org",
        "javascript:x",
        "null",
    ],
)
def test_what_is_no_origin_may_not_embed(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("EMBED_ORIGINS", given)
    with pytest.raises(ValidationError, match="embed_origins"):
        Settings()


def test_allowed_hosts_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "learn.example.org, class.example.org,")
    assert Settings().allowed_hosts == (*LOOPBACK, "learn.example.org", "class.example.org")


def test_loopback_is_always_allowed_and_no_name_is_kept_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost,example.org,localhost")
    assert Settings().allowed_hosts == (*LOOPBACK, "example.org")


def test_the_address_listened_on_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "192.168.1.5")
    assert Settings().allowed_hosts == (*LOOPBACK, "192.168.1.5")


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])
def test_listening_everywhere_allows_no_further_name(
    monkeypatch: pytest.MonkeyPatch, everywhere: str
) -> None:
    monkeypatch.setenv("HOST", everywhere)
    assert Settings().allowed_hosts == LOOPBACK


def test_settings_that_came_from_settings_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "example.org")
    first = Settings()
    assert Settings.model_validate(first.model_dump()) == first


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


@pytest.mark.parametrize("name", ["templates", "static", "lessons", "models"])
def test_a_checkout_uses_its_own_folders(name: str) -> None:
    assert files_folder(name) == Path(__file__).parent.parent / name


def test_an_installed_package_uses_its_own_folder_though_a_stranger_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "app"
    (package / "_files" / "models").mkdir(parents=True)
    (package.parent / "models").mkdir()
    monkeypatch.setattr(settings, "PACKAGE", package)
    assert files_folder("models") == package / "_files" / "models"


@pytest.mark.parametrize(
    ("given", "urls"),
    [
        (None, []),
        ("http://127.0.0.1:8100", ["http://127.0.0.1:8100"]),
        ("unix:/tmp/a,b/engine", ["unix:/tmp/a,b/engine"]),
        ("unix:/tmp/a/engine,unix:/tmp/b/engine", ["unix:/tmp/a/engine", "unix:/tmp/b/engine"]),
        ("http://one:1, https://two:2/engine", ["http://one:1", "https://two:2/engine"]),
    ],
    ids=["none", "one", "commas in a path", "sockets", "elsewhere"],
)
def test_engines_are_separated_by_commas(given: str | None, urls: list[str]) -> None:
    assert Settings(engine_url=given).engine_urls == urls
