"""What a card says of how its model was made: a table of the recipe, and what the run took."""

from __future__ import annotations

from dataclasses import dataclass

from app.training.recipes import Recipe
from app.training.samples import Setting


@dataclass(frozen=True)
class Made:
    """How one training run went.

    Args:
        hardware: what machine it ran on.
        seconds: how long it took.
        remark: where the run differed from the recipe as it stands; empty when it did not.
    """

    hardware: str
    seconds: float
    remark: str = ""


def made_rows(sha256: str, recipe: Recipe, made: Made, parameters: int) -> dict[str, str]:
    """Say how a model was made, row by row.

    Args:
        sha256: of its weights.
        recipe: what was trained.
        made: how the run went.
        parameters: numbers in the network.
    """
    network = recipe.network
    return {
        "network": f"U-Net on 2x2-folded pixels, widths {network.widths}, {network.blocks} "
        f"block{'s' if network.blocks > 1 else ''} a level, "
        f"attention with {network.heads} heads in the middle{_where(network.attention_levels)}, "
        f"{parameters:,} numbers",
        "prediction": f"v on the cosine schedule, t up to {recipe.t_max:g}, "
        f"{recipe.uniform_share:.0%} drawn evenly and the rest logit-normal",
        **_condition_rows(recipe),
        "training": f"{recipe.steps:,} steps of {recipe.batch} pictures",
        "optimiser": f"Muon for hidden convolutions, rate {recipe.kernel_rate:g}; AdamW for the rest, "
        f"{recipe.learning_rate:g}, weight decay {recipe.weight_decay:g}; {recipe.warmup} steps of warm-up, "
        f"falling to 0 over the last {recipe.decay_share:.0%}",
        **_later_rows(recipe),
        "weights": f"moving average, decay {recipe.ema:g}; half precision on disk, single when used",
        "seed": str(recipe.seed),
        "hardware": made.hardware,
        "time": f"{made.seconds / 60:.0f} minutes",
        "sha256": f"`{sha256}`",
    }


def _later_rows(recipe: Recipe) -> dict[str, str]:
    """Say what the later stages do, where there are any."""
    rows = {}
    if recipe.sharpening:
        sharpening, second = recipe.sharpening, recipe.sharpening.recipe(recipe)
        rows["second stage"] = (
            f"{second.steps:,} steps towards its own estimates, led away with weight "
            f"{sharpening.weight:g} from those of its average after step {recipe.poor_step:,} "
            f"(autoguidance); {_rates(second)}"
        )
    if recipe.contrast:
        contrast, third = recipe.contrast, recipe.contrast.recipe(recipe)
        rows["third stage" if rows else "second stage"] = (
            f"{_rounds(contrast.rounds)}{third.steps:,} steps towards what tells {contrast.count:,} "
            f"of its own pictures ({_how(contrast.setting)}) from the data, with weight {contrast.weight:g}; "
            f"half of each batch is its own; average with decay {third.ema:g}; {_rates(third)}"
            f"{_mean(contrast.rounds)}"
        )
    return rows


def _rounds(rounds: int) -> str:
    return f"{rounds} rounds of " if rounds > 1 else ""


def _mean(rounds: int) -> str:
    return "; the mean of the rounds' ends is what ships" if rounds > 1 else ""


def _how(setting: Setting) -> str:
    return (
        f"{setting.sampler}, {setting.steps} steps, guidance {setting.guidance:g}, eta {setting.eta:g}, "
        f"grid {setting.grid}"
    )


def _rates(later: Recipe) -> str:
    return (
        f"rates {later.kernel_rate:g} and {later.learning_rate:g}, {later.warmup} steps of warm-up, "
        "falling to 0 from the start"
    )


def _condition_rows(recipe: Recipe) -> dict[str, str]:
    """Say what the network is told beside the noise level."""
    untold = f"not told to the network for {recipe.condition_dropout:.0%} of pictures"
    text = recipe.network.text
    if text is None:
        return {"classes": f"{recipe.network.classes}, {untold}"}
    return {
        "prompts": f"at most {text.positions} words of {text.tokens - 1}, {untold}",
        "text encoder": f"{text.layers} transformer layers of width {text.width}, trained along; read by "
        f"cross-attention with {recipe.network.heads} heads at every level",
    }


def _where(levels: tuple[int, ...]) -> str:
    """Say at which levels there is attention beside the middle."""
    return "".join(f" and behind every block of level {level + 1}" for level in levels)
