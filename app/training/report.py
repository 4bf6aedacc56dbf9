"""An evaluation as files to read: results as JSON, and a page of tables and charts that stands alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from app.training.landscapes.tables import attribute_table, pair_table
from app.training.plots import Chart, Line, svg
from app.training.targets import verdicts

RESULTS = "evaluation.json"
PAGE = "evaluation.html"

STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #111;
  background: #fff }
table { border-collapse: collapse; width: 100%; font: 14px/1.4 sans-serif; margin: 1rem 0 }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #ddd }
td.number, thead th + th { text-align: right; font-variant-numeric: tabular-nums }
svg, img { width: 100%; height: auto; image-rendering: pixelated }
figure { margin: 2rem 0 } figcaption { color: #444 }
"""


def write_report(result: dict[str, Any], folder: Path) -> Path:
    """Write `evaluation.json` and `evaluation.html` into `folder` and return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (folder / RESULTS).write_text(text, encoding="utf-8")
    page = folder / PAGE
    page.write_text(report_page(result), encoding="utf-8")
    return page


def report_page(result: dict[str, Any]) -> str:
    """Lay out all results as one HTML page."""
    top, floor = result["headline"], result["headline_floor"]
    title = f"How good is {result['model']}?"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{top['count']:,} pictures by {escape(top['sampler'])} in {top['steps']} steps ({top['calls']} "
        f"network calls a picture), guidance {top['guidance']:g}, seed {result['seed']}; weights "
        f"{result['sha256'][:12]}. The judge is right on {result['judge']['accuracy_on_test']:.2%} of what "
        "there is to tell of test pictures. Fréchet distances are in this judge's features: they compare "
        "with each other, not with those of other classifiers.</p>",
        _targets_table(result["model"], result["figures"]),
        _rows_table(
            "At the headline setting",
            ("", "generated", "real"),
            [
                (name, f"{top[key]:.4f}", f"{floor[key]:.4f}")
                for key, name in (
                    ("frechet", "Fréchet distance to the test pictures"),
                    ("label_accuracy", "judge sees what was asked for"),
                    ("precision", "precision"),
                    ("recall", "recall"),
                )
            ],
        ),
        *_prompts(result),
        *_charts(result),
        _picture(
            Path(result["nearest_sheet"]),
            "Generated pictures above their nearest training pictures",
            f"Rows 1 and 2: of each {next(iter(result['judge']['marks']))} the two generated pictures that "
            "lie nearest to a training picture, and below each that training picture. Rows 3 and 4: the same "
            "for pictures that were not chosen. Distances are between pixels: they notice a copy, but not "
            "one that was shifted.",
        ),
        _curve_table(result),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _targets_table(model: str, figures: dict[str, float]) -> str:
    rows = [
        (target.title, target.text(value), target.wanted, "met" if target.met(value) else "missed")
        for target, value in verdicts(model, figures)
    ]
    return _rows_table("Targets", ("figure", "measured", "wanted", ""), rows)


def _rows_table(caption: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<h2>{escape(caption)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _prompts(result: dict[str, Any]) -> list[str]:
    """Lay out how a prompted model obeys: by attribute, by held-out pair, and to be looked at."""
    if "seen" not in result:
        return []
    seen, held_out, sheet = result["seen"], result["held_out"], result["sheet"]
    return [
        _rows_table("What is said and seen", *attribute_table(result["judge"]["marks"], seen, held_out)),
        f"<p>Pictures by {escape(seen['sampler'])} in {seen['steps']} steps, guidance {seen['guidance']:g}. "
        f"Where the thing is right, its colour is wrong in {seen['wrong_colour']:.1%} of pictures and its "
        f"side in {seen['wrong_side']:.1%}; with held-out pairs in {held_out['wrong_colour']:.1%} and "
        f"{held_out['wrong_side']:.1%}. It is there twice in {seen['doubled']:.1%} (the counting "
        f"judge says so of {seen['doubled_of_drawings']:.1%} of drawings), and where the prompt leaves its "
        f"side open in {result['side_open']['doubled']:.1%}. Of pictures whose prompt has no word of weather "
        f"or of a thing, {seen['unasked_for']:.1%} show one.</p>",
        _rows_table("Pairs that training never showed", *pair_table(held_out)),
        _picture(
            Path(sheet["path"]),
            "Rows of pictures, each painted for one prompt",
            f"A row for each prompt, pictures not chosen; from the top: {'; '.join(sheet['prompts'])}.",
        ),
    ]


def _charts(result: dict[str, Any]) -> list[str]:
    curve = result["curve"]
    if not curve:
        return []
    count = curve[0]["count"]
    charts = [
        ("frechet", "Fréchet distance to the test pictures", True),
        ("precision", "precision: share of pictures among real ones", False),
        ("recall", "recall: share of real pictures among them", False),
    ]
    return [
        _figure(
            svg(
                Chart(
                    title=f"{words} against network calls, per sampler",
                    along="network calls a picture",
                    up=words.split(":")[0],
                    lines=_lines(curve, key),
                    floor=result["curve_floor"][key],
                    log_up=log_up,
                )
            ),
            f"{words.capitalize()}, against the network calls that a picture costs; {count:,} pictures a "
            "point. The dotted line is where as many real pictures lie.",
        )
        for key, words, log_up in charts
    ]


def _lines(curve: list[dict[str, Any]], key: str) -> list[Line]:
    samplers = dict.fromkeys(point["sampler"] for point in curve)
    return [
        Line(name, sorted((point["calls"], point[key]) for point in curve if point["sampler"] == name))
        for name in samplers
    ]


def _figure(content: str, caption: str) -> str:
    return f"<figure>{content}<figcaption>{escape(caption)}</figcaption></figure>"


def _picture(path: Path, alt: str, caption: str) -> str:
    """Put a PNG into the page, if there is one."""
    if not path.is_file():
        return ""
    encoded = base64.b64encode(path.read_bytes()).decode()
    return _figure(f'<img alt="{escape(alt)}" src="data:image/png;base64,{encoded}">', caption)


def _curve_table(result: dict[str, Any]) -> str:
    keys = ("frechet", "label_accuracy", "precision", "recall")
    rows = [
        (
            point["sampler"],
            str(point["steps"]),
            str(point["calls"]),
            *(f"{point[key]:.4f}" for key in keys),
        )
        for point in result["curve"]
    ]
    floor = ("real pictures", "", "", *(f"{result['curve_floor'][key]:.4f}" for key in keys))
    heads = ("sampler", "steps", "calls", "Fréchet distance", "as asked for", "precision", "recall")
    return _rows_table("All points", heads, [*rows, floor])
