"""Settings from the environment, and where the app's files are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import LOOPBACK, Settings, files_folder


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
        "cuda:100",
        "CUDA",
        "",
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


@pytest.mark.parametrize("port", ["-1", "65536", "eight", ""])
def test_refuses_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ValidationError, match="port"):
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
