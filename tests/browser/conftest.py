"""What every browser test shares: one headless Chromium, and the real product served by its own command."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.browser.playwright_names import Browser, sync_playwright

AWAKE_S = 90.0


def chromium_path() -> str | None:
    found = map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))
    return os.environ.get("CHROMIUM") or next(filter(None, found), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the whole product in two processes, so that it is started twice and no more."""
    for item in items:
        if "product" in getattr(item, "fixturenames", ()):
            group = "pages" if item.path.stem == "test_pages" else "product"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the whole product, engine and all, as `make run` does, with records of its own."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder / 'records.sqlite3'}",
        "XDG_DATA_HOME": str(folder),
        "EAGER": "true",  # several of these start at once, and each would export the same networks
    }
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_awake(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_awake(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + AWAKE_S
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx2.get(f"{address}/readyz", timeout=5.0).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the product did not wake up:\n{log.read_text()}")
