"""Curves in an SVG: where values are placed, gaps, several curves on the same axes, and the marker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { Axes, Curve, Marker, addPath } = await kit("curve");
  document.body.innerHTML = '<svg viewBox="0 0 1000 100"></svg>';
  const svg = document.querySelector("svg");
  const drawn = () => [...svg.querySelectorAll("path")].map(path => path.getAttribute("d"));
"""


def test_values_are_placed_between_the_edges_of_the_axes(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const plain = new Axes({{ x: [0, 4], y: [0, 1] }});
      const framed = new Axes({{ x: [-20, 20], y: [-1, 3], width: 200, height: 80, above: 10, below: 20 }});
      return [
        plain.path([[0, 1], [1, 0.5], [4, 0]]),
        framed.path([[-20, -1], [0, 1], [20, 3]]),
      ];""")
    assert got == ["M0.0 0.00L250.0 50.00L1000.0 100.00", "M0.0 60.00L100.0 35.00L200.0 10.00"]


def test_a_value_that_is_not_finite_leaves_a_gap(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const axes = new Axes({{ x: [0, 4], y: [0, 1] }});
      return axes.path([[0, Infinity], [1, 1], [2, 1], [3, NaN], [4, 0]]);""")
    assert got == "M250.0 0.00L500.0 0.00M1000.0 100.00"


def test_several_curves_share_axes_and_are_drawn_and_cleared_by_themselves(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const axes = new Axes({{ x: [0, 1], y: [0, 1] }});
      const [cosine, linear] = ["cosine", "linear"].map(name => new Curve(addPath(svg, `curve-${{name}}`)));
      cosine.draw(axes, [[0, 0], [1, 1]]);
      linear.draw(axes, [[0, 1], [1, 0]]);
      const both = drawn();
      cosine.clear();
      return [both, drawn(), [...svg.children].map(path => path.getAttribute("class"))];""")
    rising, falling = "M0.0 100.00L1000.0 0.00", "M0.0 0.00L1000.0 100.00"
    assert got == [[rising, falling], ["", falling], ["curve-cosine", "curve-linear"]]


def test_what_changes_often_is_drawn_once_a_frame(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const axes = new Axes({{ x: [0, 4], y: [0, 1] }});
      const curve = new Curve(addPath(svg, ""));
      let computed = 0;
      const points = [];
      for (let x = 0; x < 5; x += 1) {{
        points.push([x, 1]);
        curve.drawSoon(axes, () => {{ computed += 1; return points; }});
      }}
      const before = drawn();
      await until(() => drawn()[0]);
      return [before, computed, drawn()[0].split("L").length];""")
    assert got == [[None], 1, 5]


def test_a_clear_curve_stays_clear(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const axes = new Axes({{ x: [0, 1], y: [0, 1] }});
      const curve = new Curve(addPath(svg, ""));
      curve.drawSoon(axes, () => [[0, 0], [1, 1]]);
      curve.clear();
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return drawn();""")
    assert got == [""]


def test_the_marker_is_a_rule_and_a_point_either_of_which_may_be_left_out(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const axes = new Axes({{ x: [0, 10], y: [0, 1], above: 6 }});
      const [rule, point, alone] = ["rule", "point", "alone"].map(name => addPath(svg, name));
      const both = new Marker({{ rule, point }});
      both.at(axes, [5, 1]);
      new Marker({{ rule: alone }}).at(axes, [10, 0]);
      const marked = drawn();
      both.clear();
      return [marked, drawn()];""")
    assert got == [["M500.0 0V100", "M500.0 6.00h0.01", "M1000.0 0V100"], ["", "", "M1000.0 0V100"]]
