"""The fence `:::{where}`: a list of links into the program, and every way to write it wrong."""

from __future__ import annotations

import pytest

from app.course.page import Page, Prose, render_page

SOUND = """:::{where}
app.diffusion.schedules.Cosine: the *cosine* schedule, $S^2 + N^2 = 1$

app.diffusion.samplers.ddim: DDIM & all
:::
"""


@pytest.fixture
def page_of(course):
    folder = course.lesson()
    return lambda text: render_page(text, folder, {}, first_line=20)


def html_of(page: Page) -> str:
    assert page.faults == ()
    return "".join(block.html for block in page.blocks if isinstance(block, Prose))


def test_each_line_is_a_link_with_its_words_and_its_name(page_of):
    html = html_of(page_of(SOUND))
    assert html.count("<li>") == 2
    assert "Where this is in the code" in html
    assert '<a href="/code/app/diffusion/schedules.py#code-Cosine">the <em>cosine</em> schedule' in html
    assert "<math" in html
    assert '<a href="/code/app/diffusion/samplers/ddim.py">DDIM &amp; all</a>' in html
    assert '<code translate="no">app.<wbr>diffusion.<wbr>schedules.<wbr>Cosine</code>' in html


def test_a_page_says_what_its_lists_lead_to_and_where_each_list_stands(page_of):
    page = page_of(f"{SOUND}\n## Next\n\n:::{{where}}\napp.diffusion.schedules.Flow: a straight line\n:::\n")
    assert [(one.cited.dotted, one.anchor, one.line) for one in page.citations] == [
        ("app.diffusion.schedules.Cosine", "in-code-1", 21),
        ("app.diffusion.samplers.ddim", "in-code-1", 23),
        ("app.diffusion.schedules.Flow", "in-code-2", 29),
    ]
    assert {"in-code-1", "in-code-2"} <= page.ids
    assert 'id="in-code-2"' in html_of(page)


def test_it_may_stand_in_another_fence(page_of):
    page = page_of(f"::::{{margin}} Code\n{SOUND}::::\n")
    assert html_of(page).count("<li>") == 2
    assert page.citations[0].line == 22


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (":::{where}\n:::\n", 20, "this list leads nowhere: it needs a line such as 'app.diffusion"),
        (":::{where}\n\n\n:::\n", 20, "this list leads nowhere"),
        (":::{where} app.errors\n:::\n", 20, "nothing stands behind the name"),
        (":::{where}\n:kind: all\napp.errors: errors\n:::\n", 21, "it takes none"),
        (":::{where}\napp.errors\n:::\n", 21, "a line is written 'app.diffusion.schedules.Cosine: the"),
        (":::{where}\napp.errors:\n:::\n", 21, "a line is written"),
        (":::{where}\n- app.errors: errors\n:::\n", 21, "a line is written"),
        (":::{where}\napp.errors:NotFound an error\n:::\n", 21, "a line is written"),
        (":::{where}\napp.errors: errors\n\napp.gone: x\n:::\n", 23, "there is no module app.gone; app has"),
        (":::{where}\napp.errors.Gone: x\n:::\n", 21, "app.errors has no Gone; it has FromNoiseError, "),
        (":::{where}\napp.errors._own: x\n:::\n", 21, "is private"),
        (":::{where}\nos.path: x\n:::\n", 21, "os.path is not of this program"),
        (":::{where}\napp.errors: x\napp.errors: y\n:::\n", 22, "app.errors is named in line 21 already"),
        (":::{where}\napp.errors: [x](/labs)\n:::\n", 21, "these words become a link, and hold a link"),
        (":::{where}\napp.errors: **x\n:::\n", 21, "bold text is never closed"),
        (":::{where}\napp.errors: # x\n:::\n", 21, "is taken for a heading"),
        (":::{where}\napp.errors: $\\nothing$\n:::\n", 21, "cannot be set"),
    ],
)
def test_a_fault_is_told_at_its_line(page_of, text, line, what):
    [(found_line, found)] = page_of(text).faults
    assert what in found
    assert found_line == line


def test_an_object_is_named_once_in_a_lesson(page_of):
    text = ":::{where}\napp.errors: errors\n:::\n"
    page = page_of(f"{text}\n{text}")
    assert page.faults == ((25, "app.errors is named in line 21 already; name it once in a lesson"),)


def test_every_faulty_line_is_told_and_the_others_are_read(page_of):
    page = page_of(":::{where}\napp.gone: x\napp.errors: errors\nos: x\n:::\n")
    assert [line for line, _ in page.faults] == [21, 23]
    assert [one.cited.dotted for one in page.citations] == ["app.errors"]


def test_its_id_is_none_that_an_author_may_give(page_of):
    page = page_of(f"{SOUND}\n## Mine {{#in-code-1}}\n\n`x`{{#in-code-1}}\n")
    assert any("in-code-1" in what for _, what in page.faults)
