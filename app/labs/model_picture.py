"""Options of labs that ask a model about one noised picture: the model, and a picture of its size. No web."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.cards import Card
from app.labs.noise.picture_options import PICTURE_OPTIONS, PictureReading
from app.labs.options import BadOptions, MissingModel, OptionFault, Resources

USUAL_MODEL = "digits"
"""What is named as missing where no model takes the picture."""

ALT_OPTION = PICTURE_OPTIONS["alt"]


class ModelPictureReading(PictureReading):
    """Reads a model and its picture; a kind of lab says by `channels` which models it can show."""

    own_picture = Path(__file__).parent / "clean_by_hand" / "seven.png"
    own_alt = "a handwritten seven"
    own_credit = "Picture: a seven of MNIST, by LeCun, Cortes and Burges. CC BY-SA 3.0."
    channels: tuple[int, ...] = (1, 3)

    def card(
        self, pixels: NDArray[np.uint8], resources: Resources, faults: Sequence[OptionFault]
    ) -> Card | None:
        """Return the card of the model that is asked, or None where it does not take this picture.

        Args:
            pixels: of the picture, of shape (side, side, channels).
            resources: the models that there are.
            faults: what is wrong with other options, to be told with a missing model.

        Raises:
            BadOptions: the model is not on this server, and there are other faults.
            MissingModel: it is not, and there are none.
        """
        try:
            card = resources.card(self.options.get("model") or self._usual(pixels, resources)).card
        except MissingModel as missing:
            if found := [*faults, *self.faults]:
                raise BadOptions(found, missing) from missing
            raise
        return card if self._takes(card, pixels) else None

    def colour_fault(self, card: Card) -> str:
        """Say why this kind of lab cannot show a model of so many channels."""
        return f"the model {card.name} has {card.shape[0]} channels; needed: {self.channels}"

    def _usual(self, pixels: NDArray[np.uint8], resources: Resources) -> str:
        """Name the first model that takes this picture, or one whose size the picture should have.

        Raises:
            MissingModel: there is none.
        """
        shapes = {name: file.card.shape for name, file in resources.cards.items()}
        shown = {name: shape for name, shape in shapes.items() if shape[0] in self.channels}
        fitting = [name for name, shape in shown.items() if shape[1:] == pixels.shape[:2]]
        alike = [name for name in fitting if shown[name][0] == pixels.shape[2]]
        if fitting or ("picture" in self.options and shown):
            return [*alike, *fitting, *shown][0]
        raise MissingModel(USUAL_MODEL, tuple(resources.cards))

    def _takes(self, card: Card, pixels: NDArray[np.uint8]) -> bool:
        channels, height, width = card.shape
        if channels not in self.channels:
            self.fault("model", self.colour_fault(card))
            return False
        if pixels.shape != (height, width, channels):
            this = f"this one is {pixels.shape[1]} x {pixels.shape[0]} in {_colour(pixels.shape[2])}"
            what = f"the model {card.name} takes a {_colour(channels)} picture of {width} x {height} pixels"
            self.fault("picture" if "picture" in self.options else "model", f"{what}; {this}")
            return False
        return True


def _colour(channels: int) -> str:
    return "grey" if channels == 1 else "colour"
