"""For every test: shapes and types of `app.diffusion` are checked at each call."""

from __future__ import annotations

import jaxtyping
from hypothesis import settings

# Before any module of it is imported; an int may stand for a float, as everywhere in Python.
jaxtyping.install_import_hook(
    "app.diffusion", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"
)

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("fromnoise", deadline=None)
settings.load_profile("fromnoise")
