"""`fromnoise judge`: trains the judge beside a model, examines it, and writes it and its figures there."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from app.cards import JUDGE, JudgeHead, read_card
from app.diffusion.checkpoints import save_weights
from app.errors import InvalidRequest
from app.training.card_text import ABOUT
from app.training.command import best_device, progress_bar
from app.training.evaluation_data import check_data
from app.training.judge_text import judge_section
from app.training.judging.exam import examine
from app.training.judging.lessons import obtain_pictures
from app.training.judging.recipes import JUDGING, JudgingRecipe, aspects_of
from app.training.judging.trainer import JudgeTrainer, train_to_end
from app.training.recipes import RECIPES
from app.training.shipping import describe_hardware, training_seconds, write_judge
from app.training.trainer import TrainingProgress


def make_judge(folder: Path, data: Path | None, work: Path, recipe: JudgingRecipe | None = None) -> None:
    """Train the judge of the model in `folder`, going on from what `work` holds, and put it beside the model.

    Args:
        folder: of the model.
        data: the data set to learn from; None for a model whose pictures are drawn.
        work: folder for checkpoints and drawings.
        recipe: how the judge is made; the model's own unless given.

    Raises:
        InvalidRequest: there is no recipe for a judge of this model, or the data set is missing or in vain.
        CheckpointError: the card is missing or not valid.
    """
    card = read_card(folder).card
    if recipe is None and card.name not in JUDGING:
        raise InvalidRequest(f"no recipe for a judge of {card.name!r}; there are: {', '.join(JUDGING)}")
    recipe, model = recipe or JUDGING[card.name], RECIPES[card.name]
    check_data(card.name, model.read is not None, data)
    device = best_device()
    with progress_bar() as bar:
        task = bar.add_task("reading", total=recipe.steps)

        def on_stage(text: str) -> None:
            bar.update(task, description=text)

        def on_progress(now: TrainingProgress) -> None:
            words = f"loss {now.loss:.4f}, {now.pictures_per_s:.0f} pictures/s"
            bar.update(task, completed=now.step, description=words)

        lessons, exam = obtain_pictures(recipe, model, data, work, on_stage)
        trainer = JudgeTrainer(recipe, card, lessons, device)
        average = train_to_end(trainer, work, on_progress)
        # What is examined is what ships: the weights as they come back from half precision.
        sha256 = save_weights(average, work / JUDGE)
        average.load_state_dict({name: value.half().float() for name, value in average.state_dict().items()})
        figures = examine(average, card, exam, device, on_stage)
    drawn = model.read is None
    kind = "drawings of its own, held-out pairs among them" if drawn else "training pictures"
    measured = figures | {
        "learnt_from": f"{len(lessons):,} {kind}",
        "examined_on": "fresh drawings" if drawn else "test pictures",
        "parameters": sum(parameter.numel() for parameter in average.parameters()),
        "steps": recipe.steps,
        "batch": recipe.batch,
        "seed": recipe.seed,
        "minutes": round(training_seconds(work) / 60, 1),
        "hardware": describe_hardware(device),
        "command": ABOUT[card.name].command("judge", card.name),
    }
    head = JudgeHead(sha256=sha256, network=recipe.network, aspects=aspects_of(card), measured=measured)
    write_judge(folder, (work / JUDGE).read_bytes(), head, judge_section(card, head))
    Console().print(f"wrote {folder / JUDGE}, and its figures onto the card", soft_wrap=True)
