import json

import pytest
from PIL import Image

from app.checking import check_all, check_claims
from app.questions.catalogue import load_catalogue
from tests.course_folder import HEAD
from tests.tiny_model import write_tiny_model, write_tiny_painter

TEXT = f"{HEAD}Every colour is a colour.\n"
QUESTION = """[[question]]
id = "{id}"
kind = "single"
level = "recall"
concepts = ["colour"]
stem = "Which?"
steps = ["Look.", "Tell."]
final_answer = "Red."
quick_check = "Look again."
mistakes = ["Not looking."]
[question.experiment]
{experiment}
[[question.options]]
text = "Red"
right = true
feedback = "Red it is."
[[question.options]]
text = "A deep green"
right = false
feedback = "Green is another."
[[question.options]]
text = "Blue"
right = false
feedback = "Blue is another."
"""

ONCE = {"kind": "predict_once", "model": "tiny", "picture": "dot.png", "noise": 0.5, "seed": 1}
RUN = {"kind": "run", "model": "tiny", "count": 2, "steps": 1}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    write_tiny_painter(folder)
    return folder


@pytest.fixture
def lessons(tmp_path):
    """Write one lesson whose questions have these experiments, and give the folder of all lessons."""

    def write(*experiments, size=(8, 8)):
        folder = tmp_path / "lessons" / "01-colours"
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(TEXT)
        Image.new("L", size, 200).save(folder / "dot.png")
        Image.new("L", (12, 8), 200).save(folder / "wide.png")
        questions = []
        for number, (experiment, *claims) in enumerate(experiments):
            if experiment.get("picture") == "text.png":
                (folder / "text.png").write_text("no picture")
            lines = [f"{name} = {json.dumps(value)}" for name, value in experiment.items()]
            for claim in claims or [USUALLY[experiment["kind"]]]:
                lines.append("[[question.experiment.claims]]")
                lines += [f"{name} = {json.dumps(value)}" for name, value in claim.items()]
            questions.append(QUESTION.format(id=f"question-{number}", experiment="\n".join(lines)))
        (folder / "quiz.toml").write_text("\n".join(questions))
        return folder.parent

    return write


def claim(measure, **bounds):
    return {"measure": measure} | bounds


USUALLY = {
    "predict_once": claim("error_left", above=-1.0),
    "run": claim("change_when_repeated", above=-1.0),
}
"""The claim of an experiment of which none is given."""


@pytest.mark.slow
def test_a_claim_that_holds_is_told_with_its_measure(lessons, models):
    folder = lessons((RUN, claim("change_when_repeated", below=0.5)))
    checked = check_all(folder, models)
    assert checked.problems == ()
    assert any(
        "question-0: change_when_repeated is 0.000; the experiment claims below 0.5" in line
        for line in checked.lines
    )
    assert checked.lines[-1].startswith("0 errors")


@pytest.mark.slow
def test_a_claim_that_fails_is_an_error_and_the_others_are_checked_all_the_same(lessons, models):
    folder = lessons(
        (ONCE, claim("error_left", below=0.0)),
        (RUN, claim("change_when_repeated", above=1.0)),
        (RUN, claim("change_when_repeated", below=1.0)),
    )
    checked = check_all(folder, models)
    assert [line.split(": ")[:2] for line in checked.problems] == [
        ["01-colours/quiz.toml:1", "question-0"],
        ["01-colours/quiz.toml:33", "question-1"],
    ]
    assert "claims below 0.0" in checked.problems[0]
    assert "claims above 1.0" in checked.problems[1]
    assert sum(line.startswith("error: ") for line in checked.lines) == 2
    assert checked.lines[-1].startswith("2 errors")


@pytest.mark.slow
def test_both_bounds_are_told_apart(lessons, models):
    folder = lessons((RUN, claim("change_when_repeated", above=-1.0, below=1.0)))
    ((held, line),) = check_claims(load_catalogue(folder), models)
    assert held
    assert line.endswith("claims below 1.0 and above -1.0")


@pytest.mark.parametrize(
    ("experiment", "what"),
    [
        (RUN | {"model": "digitss"}, "unknown model 'digitss'; allowed: painter, tiny"),
        (ONCE | {"model": "digitss"}, "unknown model 'digitss'; allowed: painter, tiny"),
        (RUN | {"label": "any"}, "unknown label 'any' for the model tiny; allowed: round, square, third"),
        (ONCE | {"label": "any"}, "unknown label 'any' for the model tiny; allowed: round, square, third"),
        (RUN | {"sampler": "dimd"}, "unknown sampler 'dimd'; allowed: ddim, "),
        (RUN | {"grid": "rho8"}, "unknown grid 'rho8'; allowed: uniform, "),
        (RUN | {"grid": "rho7", "steps": 5}, "the grid rho7 needs at least 7 steps, got 5"),
        (RUN | {"count": 9, "steps": 400}, "9 pictures of 400 steps are too much at once"),
        (RUN | {"prompt": "a sea"}, "the model tiny takes a label, not a prompt"),
        (RUN | {"model": "painter", "label": "sea"}, "the model painter takes a prompt, not a label"),
        (ONCE | {"model": "painter", "picture": "wide.png", "label": "sea"}, "takes a prompt, not a label"),
        (ONCE | {"picture": "wide.png"}, "'wide.png' must have 8 x 8 pixels, as those of the model tiny; it"),
    ],
)
def test_an_experiment_that_cannot_be_run_fails_the_check_without_claims_and_without_being_run(
    lessons, models, experiment, what
):
    checked = check_all(lessons((experiment,)), models, computed=False)
    (problem,) = checked.problems
    assert problem.startswith("01-colours/quiz.toml:1: question-0: experiment: ")
    assert what in problem


def test_the_run_beside_an_experiment_is_checked_too(lessons, models):
    folder = lessons((RUN | {"seed": 2**53 - 1}, claim("change_with_next_seed", above=0.0)))
    (problem,) = check_all(folder, models, computed=False).problems
    assert "question-0: experiment: seed: must be at most 9,007,199,254,740,991; received" in problem


def test_every_fault_of_every_experiment_is_reported_at_once(lessons, models):
    folder = lessons(
        (ONCE | {"label": "any", "picture": "wide.png"},),
        (RUN,),
        (RUN | {"sampler": "dimd"},),
    )
    found = check_all(folder, models, computed=False).problems
    assert [problem.split(": ")[1] for problem in found] == ["question-0", "question-0", "question-2"]


def test_a_sound_experiment_passes(lessons, models):
    most = RUN | {"count": 8, "steps": 400}
    folder = lessons(
        (ONCE, claim("error_left", below=9.0)),
        (ONCE | {"label": "round"},),
        (ONCE | {"model": "painter", "picture": "wide.png"},),
        (most, claim("change_when_repeated", below=1.0)),
        (RUN | {"model": "painter", "prompt": "sea", "count": 16},),
    )
    assert check_all(folder, models, computed=False).problems == ()


def test_cards_that_cannot_be_read_are_faults_among_the_others(lessons, tmp_path):
    for name in ("first", "second"):
        (tmp_path / "models" / name).mkdir(parents=True)
        (tmp_path / "models" / name / "card.md").write_text("nonsense")
    folder = lessons((RUN | {"model": "first"},))
    (folder / "02-light").mkdir()
    checked = check_all(folder, tmp_path / "models")
    assert [problem.split(": ")[0].removeprefix(f"{tmp_path}/") for problem in checked.problems] == [
        "02-light/lesson.md",
        "02-light/quiz.toml",
        "models/first/card.md",
        "models/second/card.md",
    ]
    assert checked.lines[-1].startswith("4 errors")


def test_a_picture_that_is_none_is_told_once_of_the_picture_and_not_of_the_experiment(lessons, models):
    (problem,) = check_all(lessons((ONCE | {"picture": "text.png"},)), models, computed=False).problems
    assert problem.startswith("01-colours/text.png: is no picture that can be read")


def test_experiments_are_not_run_when_they_are_not_asked_for(lessons, models):
    folder = lessons((ONCE, claim("error_left", below=0.0)))
    assert check_all(folder, models, computed=False).problems == ()


@pytest.mark.slow
def test_the_spread_is_measured_against_fifty_steps(lessons, models):
    measure = "spread_against_50_steps"
    folder = lessons(
        (RUN | {"steps": 50, "count": 4}, claim(measure, above=0.999, below=1.001)),
        (RUN | {"count": 4}, claim(measure, above=0.999, below=1.001)),
    )
    (same, _), (other, _) = check_claims(load_catalogue(folder), models)
    assert same
    assert not other


@pytest.mark.slow
def test_every_claim_of_a_question_is_checked(lessons, models):
    folder = lessons(
        (
            RUN,
            claim("change_when_repeated", below=0.5),
            claim("change_with_next_seed", below=0.5),
            claim("change_with_next_seed", above=0.5),
        )
    )
    assert [(held, line.split()[2]) for held, line in check_claims(load_catalogue(folder), models)] == [
        (True, "change_when_repeated"),
        (False, "change_with_next_seed"),
        (True, "change_with_next_seed"),
    ]


@pytest.mark.slow
def test_the_last_seed_has_none_after_it(lessons, models):
    folder = lessons((RUN | {"seed": 2**53 - 1}, claim("change_with_next_seed", above=0.0)))
    ((held, line),) = check_claims(load_catalogue(folder), models)
    assert not held
    assert "the experiment cannot be run: seed" in line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("experiment", "word"),
    [
        (ONCE | {"model": "none"}, "unknown model"),
        (ONCE | {"label": "none"}, "unknown label"),
        (RUN | {"label": "none"}, "unknown label"),
        (RUN | {"sampler": "none"}, "unknown sampler"),
        (RUN | {"count": 16, "steps": 1000}, "steps"),
        (RUN | {"prompt": "a sea"}, "takes a label, not a prompt"),
    ],
)
def test_an_experiment_that_cannot_be_run_is_an_error_that_says_why(lessons, models, experiment, word):
    measure = "error_left" if experiment["kind"] == "predict_once" else "change_when_repeated"
    ((held, line),) = check_claims(load_catalogue(lessons((experiment, claim(measure, below=9.0)))), models)
    assert not held
    assert line.startswith("01-colours/quiz.toml:1: question-0: the experiment cannot be run: ")
    assert word in line


@pytest.mark.slow
def test_experiments_with_a_model_of_prompts_are_measured_in_colour(lessons, models):
    folder = lessons(
        (ONCE | {"model": "painter"}, claim("error_left", above=0.0)),
        (RUN | {"model": "painter"}, claim("change_when_repeated", below=0.5)),
        (ONCE | {"model": "painter", "label": "round"}, claim("error_left", above=0.0)),
        size=(12, 8),
    )
    (once, _), (run, _), (labelled, line) = check_claims(load_catalogue(folder), models)
    assert once
    assert run
    assert not labelled
    assert "takes a prompt, not a label" in line


def test_a_picture_of_another_size_is_an_error(lessons, models):
    folder = lessons((ONCE, claim("error_left", below=9.0)), size=(9, 8))
    ((held, line),) = check_claims(load_catalogue(folder), models)
    assert not held
    assert "8 x 8 x 1" in line


def test_missing_weights_are_an_error(lessons, tmp_path):
    write_tiny_model(tmp_path / "models").weights.unlink()
    ((held, line),) = check_claims(
        load_catalogue(lessons((RUN, claim("change_when_repeated", below=1.0)))), tmp_path / "models"
    )
    assert not held
    assert "missing" in line


def test_a_faulty_lesson_is_told_before_anything_is_computed(lessons, models):
    folder = lessons((RUN, claim("change_when_repeated", above=1.0)))
    (folder / "01-colours" / "quiz.toml").write_text("nonsense")
    checked = check_all(folder, models)
    assert checked.problems
    assert not any("question-0" in line for line in checked.problems)
