import pytest

from app.course.formulas import mathml


def test_a_formula_becomes_mathml_that_keeps_its_source():
    assert mathml("a < b_0", display=False).startswith('<math translate="no" alttext="a &lt; b_0"><mi>a</mi>')
    assert 'display="block"' in mathml("x", display=True)


def test_styles_become_classes():
    markup = mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert " style=" not in markup
    assert '<mtd class="math-right"><mi>a</mi></mtd><mtd class="math-left">' in markup


def test_a_wide_equation_with_a_number_carries_no_style_either():
    assert " style=" not in mathml(r"\begin{align} a &= b \end{align}", display=True)


@pytest.mark.parametrize("latex", [r"\nothing", "{x", r"\color{red}{x}"])
def test_what_cannot_be_set_is_refused_with_a_reason(latex):
    with pytest.raises(ValueError, match=r"cannot be set|may not set"):
        mathml(latex, display=False)


def test_the_source_of_a_formula_cannot_close_the_attribute():
    assert 'onload="' not in mathml(r'\text{" onload="x}', display=False)
