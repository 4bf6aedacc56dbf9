"""`fromnoise serve` while its engine hangs: viewers of every web process are told, and it comes back."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from app.engine.frame_log import SILENT
from tests.real_server import RealServer, real_server
from tests.tiny_model import write_tiny_model

VIEWERS = 200
SAYS_SO = SILENT.splitlines()[1]


class Told(threading.Thread):
    """Somebody who watches a run and notes when they hear that the engine is silent, and how it ended."""

    def __init__(self, server: RealServer, seed: int) -> None:
        super().__init__(daemon=True)
        frames = server.start_run(steps=1000, count=3, sampler="heun", seed=seed)
        self.lines = server.lines_of(frames)
        self.told_at: list[float] = []
        self.last = b""

    def run(self) -> None:
        for line in self.lines:
            if line.startswith(SAYS_SO):
                self.told_at.append(time.monotonic())
            if line.startswith(b"event: "):
                self.last = line


@pytest.mark.soak
@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_viewer_is_told_within_two_seconds_and_the_engine_is_back_within_ten(
    tmp_path: Path, workers: str
) -> None:
    models = tmp_path / "models"
    models.mkdir()
    write_tiny_model(models)
    with real_server(tmp_path, models, WORKERS=workers) as server:
        viewers = [Told(server, seed) for seed in range(VIEWERS)]
        for viewer in viewers:
            viewer.start()
        time.sleep(1)
        engine = server.engine
        engine.suspend()
        stopped_at = time.monotonic()
        time.sleep(2.2)
        assert server.ask("GET", "/readyz")[0] == 503
        assert server.ask("GET", "/")[0] == 200
        while time.monotonic() < stopped_at + 30 and server.ask("GET", "/readyz")[0] != 200:
            time.sleep(0.1)
        assert time.monotonic() - stopped_at < 10
        for viewer in viewers:
            viewer.join(timeout=5)
        late = [min(at - stopped_at for at in viewer.told_at if at > stopped_at) for viewer in viewers]
        assert max(late) < 2
        assert {viewer.last.strip() for viewer in viewers} == {b"event: failed"}
