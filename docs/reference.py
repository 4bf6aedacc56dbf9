"""Writes the tables of docs/authoring.md from the schemas: `make docs`. A test compares the two.

A table stands between `<!-- generated: NAME -->` and `<!-- end -->`; the text around it is written by hand.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.controls.table import rules_in_words
from app.course.experiments import MEANINGS, MEASURES_OF, Claim, PlayerRun, PredictOnce
from app.course.fences import FENCES
from app.course.glossary import TermEntry
from app.course.ids import Ids
from app.course.lesson import Head
from app.course.outline import PlannedLesson, Unit
from app.course.prediction import Kind
from app.course.question import Question
from app.diffusion.notation import SYMBOLS
from app.labs.registry import LABS
from app.predictions.measures import RUN_MEASURES
from app.questions.kind import Kinds
from app.questions.registry import KINDS
from app.validation import models_in

PAGE = Path(__file__).parent / "authoring.md"
PLACE = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Write the tables into the page."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def renewed(page: str) -> str:
    """Return the page with every table made anew."""
    return PLACE.sub(lambda place: f"{place[1]}{TABLES[place[2]]()}\n{place[3]}", page)


def fences() -> str:
    """List the colon fences."""
    rows = []
    for name, fence in FENCES.items():
        options = "".join(f"<br>`:{option}:` {text}" for option, text in fence.options.items())
        rows.append((f"`:::{{{name}}}`", fence.argument or "nothing", fence.makes + options, fence.body))
    return table(("fence", "after the name", "what it makes", "its body"), rows)


def labs() -> str:
    """List the options of every kind of lab."""
    parts = []
    for kind, package in LABS.items():
        options: Mapping[str, str] = import_module(f"{package}.options").described()
        rows = [(f"`:{name}:`", text) for name, text in options.items()]
        parts.append(f"The lab `{kind}`:\n\n{table(('option', 'what it is'), rows)}")
    return "\n\n".join(parts)


def rules() -> str:
    """List what the settings of a run may be together."""
    return "\n".join(f"- {rule}" for rule in rules_in_words())


def questions() -> str:
    """List what every question has."""
    return fields_table(Question.model_fields, {"kind": any_of(KINDS)})


def kinds_of_questions(kinds: Kinds = KINDS) -> str:
    """List what each kind of question has of its own, and the tables within it."""
    parts = []
    for kind in dict.fromkeys(kinds.values()):
        names = any_of(name for name in kinds if kinds[name] is kind)
        own = {
            name: field for name, field in kind.schema.model_fields.items() if is_new(field, name, Question)
        }
        parts.append(f"With the kind {names}:\n\n{fields_table(own)}")
        parts += [
            f"Each `[[question.{name}]]`:\n\n{fields_table(model.model_fields)}"
            for name, field in own.items()
            for model in models_in(field.annotation)
        ]
    return "\n\n".join(parts)


def is_new(field: FieldInfo, name: str, base: type[BaseModel]) -> bool:
    """Whether a field is not in this base, or is said otherwise there."""
    known = base.model_fields.get(name)
    return known is None or (known.annotation, known.description) != (field.annotation, field.description)


def measures() -> str:
    """List what claims may rest on."""
    rows = [
        (f"`{measure}`", f"`{kind}`", MEANINGS[measure])
        for kind, measures_of_kind in MEASURES_OF.items()
        for measure in MEANINGS
        if measure in measures_of_kind
    ]
    return table(("measure", "of the kind", "what is measured"), rows)


def predictions() -> str:
    """List the kinds of predictions, and what can be measured of a run."""
    kinds = table(("kind", "the learner"), [(f"`{kind}`", kind.meaning) for kind in Kind])
    rows = [
        (f"`{name}`", ", ".join(f"`{kind}`" for kind in measure.kinds), str(measure.beside), measure.meaning)
        for name, measure in RUN_MEASURES.items()
    ]
    head = ("measure", "predicted by", "compares the run with", "what is measured")
    return f"{kinds}\n\n{table(head, rows)}"


def symbols() -> str:
    """List the symbols."""
    return table(("name", "meaning"), [(f"`{symbol.code}`", symbol.meaning) for symbol in SYMBOLS])


def fields(model: type[BaseModel]) -> Callable[[], str]:
    """Return what lists the fields of a table of TOML."""
    return lambda: fields_table(model.model_fields)


def fields_table(fields: Mapping[str, FieldInfo], values: Mapping[str, str] | None = None) -> str:
    """List fields of a table of TOML.

    Args:
        fields: by name.
        values: in words, of those fields whose type does not say them.
    """
    said = values or {}
    rows = [
        (
            f"`{field.alias or name}`",
            said.get(name, kind_of(field)),
            needed(field),
            field.description or "",
        )
        for name, field in fields.items()
    ]
    return table(("key", "value", "needed", "what it is"), rows)


def kind_of(field: FieldInfo) -> str:
    """Say what values a field takes."""
    return f"{type_in_words(field.annotation)} {' '.join(limits(field.metadata))}".strip()


def type_in_words(annotation: Any) -> str:
    """Say a type as an author writes it in TOML."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return any_of(inner)
    if origin in (typing.Union, types.UnionType):
        words = [type_in_words(part) for part in inner if part is not type(None)]
        return " or ".join(dict.fromkeys(words))
    if origin is typing.Annotated:
        return type_in_words(inner[0])
    if origin is tuple:
        return f"list of {PLURALS.get(type_in_words(inner[0]), type_in_words(inner[0]))}"
    if origin is dict:
        return "table"
    return WORDS.get(annotation, "table" if is_model(annotation) else "text")


def any_of(texts: Iterable[object]) -> str:
    """Say that one of these texts is to be written."""
    return " or ".join(f'`"{text}"`' for text in texts)


def is_model(annotation: Any) -> bool:
    """Whether a field is a table of its own."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def limits(metadata: Iterable[Any]) -> list[str]:
    """Say the range of a number, or how many entries a list may have."""
    words = []
    for limit in metadata:
        match limit:
            case Ge(ge=least):
                words.append(f"from {least:,}" if isinstance(least, int) else f"from {least:g}")
            case Le(le=most):
                words.append(f"to {most:,}" if isinstance(most, int) else f"to {most:g}")
            case Gt(gt=below):
                words.append(f"above {below:g}")
            case Lt(lt=above):
                words.append(f"below {above:g}")
            case MinLen(min_length=fewest):
                words.append(f"at least {fewest}")
            case MaxLen(max_length=longest):
                words.append(f"at most {longest}")
    return words


def needed(field: FieldInfo) -> str:
    """Say whether a field must be given."""
    return "yes" if field.is_required() else "no"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table of Markdown."""
    lines = [row_of(head), f"|{'---|' * len(head)}", *map(row_of, rows)]
    return "\n".join(lines)


def row_of(cells: Iterable[str]) -> str:
    """Write a row; a bar within a cell would end it."""
    return f"| {' | '.join(cell.replace('|', ESCAPED_BAR) for cell in cells)} |"


ESCAPED_BAR = r"\|"
WORDS = {str: "text", int: "whole number", float: "number", bool: "`true` or `false`"}
PLURALS = {"text": "texts", "table": "tables"}
TABLES: Mapping[str, Callable[[], str]] = {
    "fences": fences,
    "labs": labs,
    "rules": rules,
    "symbols": symbols,
    "measures": measures,
    "predictions": predictions,
    "head": fields(Head),
    "unit": fields(Unit),
    "planned-lesson": fields(PlannedLesson),
    "term": fields(TermEntry),
    "question": questions,
    "kinds": kinds_of_questions,
    "predict-once": fields(PredictOnce),
    "run": fields(PlayerRun),
    "claim": fields(Claim),
    "ids": fields(Ids),
}

if __name__ == "__main__":
    main()
