"""What a bare accelerator machine has, and what of the rest must be brought there. For use at home."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYTHON = "3.12"
PRESENT = ("torch", "numpy", "pillow", "onnx", "jinja2", "uvloop")
"""With what each of them needs itself."""

TRAINING = ("jaxtyping", "pydantic", "safetensors")
"""What the training of a model imports, beyond what is there."""

PROVING = (
    *TRAINING,
    "alembic",
    "beartype",
    "fastapi",
    "httptools",
    "httpx2",
    "hypothesis",
    "limits",
    "math-core",
    "mdit-py-plugins",
    "onnxruntime",
    "platformdirs",
    "psutil",
    "pydantic-settings",
    "pygments",
    "pytest",
    "python-multipart",
    "rich",
    "sqlalchemy",
    "structlog",
    "typer",
    "uvicorn",
    "watchfiles",
)
"""What the tests and the measurements import, beyond what is there."""

RENEWED = ("typing-extensions",)
"""There already, but perhaps older than what is brought needs."""

ROOT = Path(__file__).resolve().parents[2]


def there() -> set[str]:
    """Name every package of a bare machine."""
    return closure(PRESENT) - set(RENEWED)


def missing(wanted: Iterable[str]) -> list[str]:
    """Name every package that must be brought for these."""
    return sorted((closure(wanted) | set(RENEWED)) - there())


def closure(names: Iterable[str]) -> set[str]:
    """Name packages and all that they need, as this Python's metadata say it for the other one."""
    found: set[str] = set()
    left = [canonicalize_name(name) for name in names]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [canonicalize_name(need) for need in _needs(name)]
    return found


def pins(names: Iterable[str], python: str = PYTHON) -> list[str]:
    """Return the locked version of each, as `name==version`, for a Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    locked = {
        canonicalize_name(pin.name): str(pin.specifier)
        for pin in _locked()
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    return [f"{name}{locked[canonicalize_name(name)]}" for name in names]


def _needs(name: str) -> Iterator[str]:
    try:
        requirements = distribution(name).requires or []
    except PackageNotFoundError:
        return
    environment = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "extra": ""}
    for text in requirements:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield requirement.name


def _locked() -> Iterator[Requirement]:
    for line in (ROOT / "requirements" / "ci.lock").read_text(encoding="utf-8").splitlines():
        if line and not line.lstrip().startswith("#"):
            yield Requirement(line)
