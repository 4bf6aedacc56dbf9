"""docs/hosting.md: its settings are real, and its files are read by the programs that they are for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
OF_OTHERS = {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "TORCH_INDEX_URL", "XDG_DATA_HOME", "PYTHONUNBUFFERED"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not on this machine")


def test_every_setting_that_it_gives_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given = re.findall(r"\b([A-Z_]{4,})=(\S+)", "\n".join(blocks("sh") + blocks("ini")))
    own = {(name, value) for name, value in given if name not in OF_OTHERS}
    assert {name.lower() for name, _ in own} <= set(Settings.model_fields)
    used = {"ROOT_PATH", "TRUSTED_PROXIES", "EMBED_ORIGINS", "ALLOWED_HOSTS", "FROMNOISE_HOST"}
    assert used <= {name for name, _ in own}
    for name, value in own:
        monkeypatch.setenv(name, value)
        Settings()


def test_the_container_publishes_its_port_on_this_machine_alone() -> None:
    (run,) = [block for block in blocks("sh") if "docker run" in block]
    assert "-p 127.0.0.1:8000:8000" in run
    assert "-v fromnoise:/data" in run


def test_the_proxies_set_the_headers_that_are_believed() -> None:
    (nginx,) = blocks("nginx")
    for name in ("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"):
        (value,) = re.findall(rf"proxy_set_header {name} (\S+);", nginx)
        assert "add_x_forwarded" not in value, "what a client sends would be passed on"


@needs("nginx")
@needs("openssl")
@pytest.mark.parametrize("location", ["/", "/noise/"])
def test_nginx_takes_its_file(tmp_path: Path, location: str) -> None:
    (server,) = blocks("nginx")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=learn.example.org"]
    subprocess.run(
        [*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True, timeout=60
    )
    server = server.replace("/etc/ssl/learn.example.org.pem", str(certificate))
    server = server.replace("/etc/ssl/learn.example.org.key", str(key))
    server = server.replace("location / {", f"location {location} {{")
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{server}}}\n")
    done = subprocess.run(
        ["nginx", "-t", "-e", str(tmp_path / "errors"), "-c", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@needs("caddy")
@pytest.mark.parametrize("which", [0, 1], ids=["root", "path"])
def test_caddy_takes_its_files(tmp_path: Path, which: int) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(blocks("caddyfile")[which])
    done = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(file), "--validate"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
