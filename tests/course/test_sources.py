import pytest

from app.course.sources import ROOT, function_source, highlight, module_source


def test_a_function_comes_as_it_stands_in_its_file():
    source = module_source("app.diffusion.samplers.ddim", "ddim")
    lines = (ROOT / source.path).read_text().splitlines()
    text = source.text.splitlines()
    assert source.path == "app/diffusion/samplers/ddim.py"
    assert text == lines[source.first_line - 1 : source.first_line - 1 + len(text)]
    assert text[0].startswith("def ddim(")


def test_the_module_is_read_and_not_imported(tmp_path):
    path = tmp_path / "snippet.py"
    path.write_text('raise SystemExit("imported")\n\n\nclass A:\n    def b(self):\n        pass\n')
    assert function_source(path, "A.b").text == "    def b(self):\n        pass\n"


def test_decorators_belong_to_it(tmp_path):
    path = tmp_path / "snippet.py"
    path.write_text("import functools\n\n\n@functools.cache\ndef one():\n    return 1\n\n\ntwo = 2\n")
    source = function_source(path, "one")
    assert (source.path, source.first_line) == ("snippet.py", 4)
    assert source.text == "@functools.cache\ndef one():\n    return 1\n"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("app.diffusion.samplers.ddim", "gone"),
        ("app.diffusion.gone", "ddim"),
        ("os.path", "join"),
        ("app..settings", "Settings"),
        ("app/../../secret", "x"),
        ("app/settings.py", "Settings"),
        ("/etc/hosts.py", "x"),
        ("os", "environ"),
        ("app.settings", "LOOPBACK"),
        ("app.settings", ""),
        ("app." + "a" * 5_000, "x"),
        ("app.course.problem", "Problem.gone"),
    ],
)
def test_what_is_not_there_or_not_ours_is_refused(module, name):
    with pytest.raises(ValueError, match="no "):
        module_source(module, name)


def test_every_line_can_be_lit_by_its_number_even_inside_a_long_string():
    markup = highlight('x = """one\n\ntwo"""\n', first_line=7)
    assert [f'data-line="{n}"' in markup for n in (6, 7, 8, 9, 10)] == [False, True, True, True, False]
    for line in markup.split('<span class="line"')[1:]:
        assert line.count("<span") + 1 == line.count("</span>")


def test_code_is_escaped_and_carries_classes_only():
    markup = highlight("a < b  # <script>\n")
    assert "<script" not in markup
    assert "style=" not in markup


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="klingon"):
        highlight("x", "klingon")
