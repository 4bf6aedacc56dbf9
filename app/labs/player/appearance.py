"""How a plate shows a player: where each control stands, which read-outs it has, and what it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cards import Card
from app.controls.control import TICKS
from app.controls.fields import Place, Presentation
from app.controls.table import controls_of
from app.labs.options import OptionFault

ORDER = (
    "label",
    "prompt",
    "attention",
    "seed",
    "steps",
    "guidance",
    "count",
    "sampler",
    "negative_prompt",
    "eta",
    "grid",
)
"""Every control, in the order of the form."""

USUALLY_SHOWN = ("label", "prompt", "seed")
"""What a plate is about unless it says otherwise."""

READOUTS = ("step", "noise", "t", "alpha_bar", "sigma", "snr")
USUAL_READOUTS = ("step", "noise")
"""Those that need no symbol; the others stand beside the code until a lesson has introduced them."""

PANES = ("x0_hat", "eps_hat")
"""What can be covered: what the model says of the noisy picture."""

PLACES = {"show": Place.SHOWN, "lock": Place.LOCKED, "hide": Place.HIDDEN}

OPTIONS = {
    "show": "The controls that this plate is about, by name; all others are folded. "
    f"Usually {', '.join(USUALLY_SHOWN)}, as far as the model has them.",
    "lock": "Controls whose values hold for this plate and are shown as text.",
    "hide": "Controls whose values hold for this plate and are not shown.",
    "readouts": f"The numbers under the pictures: {', '.join(READOUTS)}, or `all`. "
    f"Usually {' '.join(USUAL_READOUTS)}; the others stand beside the code.",
    "cover": f"A pane that the learner uncovers: {' or '.join(PANES)}.",
    "mean": "`true` adds the mean of all guesses of the run, which takes a `:count:` of 2 or more.",
}
"""The options of a plate that are no settings of a run, with what they mean."""


@dataclass(frozen=True)
class Appearance:
    """How one plate shows its player.

    Args:
        presentation: where each control stands.
        readouts: those under the pictures, in their usual order.
        cover: the pane that is covered until the learner uncovers it; empty for none.
        has_mean: whether the mean of all guesses has a pane.
    """

    presentation: Presentation
    readouts: tuple[str, ...] = USUAL_READOUTS
    cover: str = ""
    has_mean: bool = False


def read_appearance(options: Mapping[str, str], card: Card) -> tuple[Appearance, list[OptionFault]]:
    """Read the options of `OPTIONS`; the faults name what a plate of this model cannot show."""
    return read_places(options, [control.name for control in controls_of(card)])


def read_places(options: Mapping[str, str], controls: Sequence[str]) -> tuple[Appearance, list[OptionFault]]:
    """Read the options of `OPTIONS` for a plate that has these controls."""
    faults: list[OptionFault] = []
    named = {option: _names(option, options, controls, faults) for option in PLACES}
    shown = named["show"] if "show" in options else USUALLY_SHOWN
    places = {name: Place.FOLDED for name in ORDER if name not in shown}
    for option in ("lock", "hide"):
        for name in named[option]:
            if ("show" in options and name in shown) or places.get(name) in (Place.LOCKED, Place.HIDDEN):
                faults.append(OptionFault(f"{option}: {name!r} stands elsewhere too", option))
            places[name] = PLACES[option]
    readouts = _names("readouts", options, [*READOUTS, "all"], faults) or list(USUAL_READOUTS)
    if "all" in readouts:
        readouts = list(READOUTS)
    cover = options.get("cover", "")
    if "cover" in options and cover not in PANES:
        faults.append(OptionFault(f"cover: must be {' or '.join(PANES)}, got {cover!r}", "cover"))
    has_mean = _has_mean(options, cover, faults)
    in_order = tuple(name for name in READOUTS if name in readouts)
    return Appearance(Presentation(ORDER, places), in_order, cover, has_mean), faults


def _has_mean(options: Mapping[str, str], cover: str, faults: list[OptionFault]) -> bool:
    text = options.get("mean", "false")
    if text not in TICKS:
        faults.append(OptionFault(f"mean: must be {' or '.join(TICKS)}, got {text[:40]!r}", "mean"))
    elif TICKS[text] and cover == "x0_hat":
        faults.append(OptionFault("mean: it would tell the guesses that `:cover: x0_hat` covers", "mean"))
    return TICKS.get(text, False)


def _names(
    option: str, options: Mapping[str, str], allowed: Sequence[str], faults: list[OptionFault]
) -> list[str]:
    """Read a list of names between spaces or commas, each once."""
    if option not in options:
        return []
    names = options[option].replace(",", " ").split()
    if not names:
        faults.append(OptionFault(f"{option}: names at least one of {', '.join(allowed)}", option))
    for index, name in enumerate(names):
        if name not in allowed:
            faults.append(OptionFault(f"{option}: must be of {', '.join(allowed)}; got {name!r}", option))
        elif name in names[:index]:
            faults.append(OptionFault(f"{option}: {name!r} stands twice", option))
    return names
