"""Pixels on a canvas: palettes, one and three channels, several pictures on one sheet, and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

SETUP = """
  const { Sheet, inkOnPaper, veil } = await kit("canvas");
  document.body.innerHTML = '<div><canvas></canvas></div>';
  const canvas = document.querySelector("canvas");
  canvas.style.backgroundColor = "rgb(240, 230, 220)";
  canvas.style.color = "rgb(30, 20, 10)";
  const sheet = new Sheet(canvas);
  const rows = () => {
    const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => [...data.slice(4 * (y * width + x), 4 * (y * width + x) + 4)]));
  };
  const bytes = palette => new Uint8Array(palette.buffer);
"""
PAPER, INK, NOTHING = [240, 230, 220, 255], [30, 20, 10, 255], [0, 0, 0, 0]


def test_one_channel_is_ink_on_paper(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      sheet.layOut([1, 2, 2], 1);
      sheet.paint(Uint8Array.of(0, 255, 128, 0));
      return rows();""")
    middle = [round(paper + (ink - paper) * 128 / 255) for paper, ink in zip(PAPER, INK, strict=True)]
    assert got == [[PAPER, INK], [middle, PAPER]]


def test_three_channels_are_red_green_and_blue(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      sheet.layOut([3, 1, 2], 1);
      sheet.paint(Uint8Array.of(255, 2, 3, 4, 5, 250));
      return rows();""")
    assert got == [[[255, 2, 3, 255], [4, 5, 250, 255]]]


def test_several_pictures_stand_in_a_square_with_a_gap_of_one_pixel(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      sheet.layOut([1, 1, 2], 3);
      sheet.paint(Uint8Array.of(0, 255, 255, 0, 255, 255));
      return rows();""")
    assert got == [
        [PAPER, INK, NOTHING, INK, PAPER],
        [NOTHING] * 5,
        [INK, INK, NOTHING, NOTHING, NOTHING],
    ]


def test_several_pictures_in_colour_are_painted_again_in_place(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      sheet.layOut([3, 1, 1], 2);
      sheet.paint(Uint8Array.of(1, 2, 3, 4, 5, 6));
      sheet.paint(Uint8Array.of(7, 8, 9, 10, 11, 12));
      const painted = rows();
      sheet.clear();
      return [painted, rows()];""")
    assert got == [[[[7, 8, 9, 255], NOTHING, [10, 11, 12, 255]]], [[NOTHING] * 3]]


def test_a_palette_may_be_given_and_holds_until_the_next_layout(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const palette = new Uint32Array(256).fill(0xff0000ff);
      sheet.layOut([1, 1, 1], 1, palette);
      sheet.paint(Uint8Array.of(9));
      const inRed = rows();
      sheet.layOut([1, 1, 1], 1);
      sheet.paint(Uint8Array.of(0));
      return [inRed, rows()];""")
    assert got == [[[[255, 0, 0, 255]]], [[PAPER]]]


def test_a_veil_is_the_text_colour_more_opaque_by_level(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      const all = bytes(veil(canvas));
      return [0, 100, 255].map(level => [...all.slice(4 * level, 4 * level + 4)]);""")
    assert got == [[30, 20, 10, 0], [30, 20, 10, 85], [30, 20, 10, 217]]


def test_colours_are_read_however_css_writes_them(kit_page: KitPage) -> None:
    got = kit_page.run(f"""{SETUP}
      canvas.style.backgroundColor = "color-mix(in srgb, white 100%, red)";
      canvas.style.color = "hsl(240 100% 50%)";
      const all = bytes(inkOnPaper(canvas));
      return [[...all.slice(0, 4)], [...all.slice(-4)]];""")
    assert got == [[255, 255, 255, 255], [0, 0, 255, 255]]


@pytest.mark.parametrize(
    ("density", "room", "shown"), [(1, 100, "96px"), (1, 20, "32px"), (2, 100, "96px"), (2, 120, "112px")]
)
def test_a_pixel_is_a_whole_number_of_device_pixels(
    kit_page: KitPage, density: int, room: int, shown: str
) -> None:
    got = kit_page.run(
        f"""{SETUP}
        Object.defineProperty(window, "devicePixelRatio", {{ value: given.density, configurable: true }});
        canvas.parentElement.style.cssText = `width: ${{given.room}}px; height: 300px`;
        sheet.layOut([1, 32, 16], 1);
        return [canvas.style.height, parseFloat(canvas.style.width) * 2 + "px"];""",
        {"density": density, "room": room},
    )
    assert got == [shown, shown]
