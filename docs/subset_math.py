"""Makes static/fonts/math.woff2, the letters of formulas, from STIX Math: needs `fonttools` and `brotli`.

    python docs/subset_math.py STIXMath-Regular.otf static/fonts/math.woff2

The original is version 1.1.1 (Debian's package `fonts-stix`, https://www.stixfonts.org). Each letter costs
about 80 bytes of every lesson; a letter that is not here comes from the reader's own fonts.
"""

import sys

LETTERS = "NSkntvxz"
GREEK = {"alpha": 0x1D6FC, "beta": 0x1D6FD, "epsilon": 0x1D700, "sigma": 0x1D70E}
SPACE, BAR, HAT, ROOT = 0x20, 0xAF, 0x2C6, 0x221A
METRICS = {
    # The original reserves two and a half ems for its tallest brackets, and Firefox makes lines that high.
    "hhea": {"ascent": 762, "descent": -238, "lineGap": 0},
    "OS/2": {"sTypoAscender": 762, "sTypoDescender": -238, "sTypoLineGap": 0},
}
NAMES = {0: "Copyright 2001-2011 STI Pub Companies. SIL OFL 1.1", 1: "From Noise Math", 2: "Regular"}


def italic(letter: str) -> int:
    """Return the code of a letter as formulas write a variable."""
    return 0x1D434 + ord(letter) - ord("A") if letter.isupper() else 0x1D44E + ord(letter) - ord("a")


def make(source: str, target: str) -> None:
    """Write the subset under a name of its own, as the licence of the original demands."""
    from fontTools import subset  # noqa: PLC0415 - no dependency of the program
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    font = TTFont(source)
    _keep_larger_forms(font["MATH"].table.MathVariants, {font.getBestCmap()[ROOT]})
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=False, name_IDs=[])
    options.drop_tables += ["FFTM", "GPOS", "GSUB", "GDEF"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*map(italic, LETTERS), *GREEK.values(), SPACE, BAR, HAT, ROOT])
    subsetter.subset(font)
    font["name"].names = []
    for number, text in NAMES.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    for table, values in METRICS.items():
        for field, value in values.items():
            setattr(font[table], field, value)
    font["OS/2"].usWinAscent, font["OS/2"].usWinDescent = 762, 238
    cff = font["CFF "].cff
    cff.fontNames = ["FromNoiseMath"]
    for key in ("Notice", "Copyright", "FullName", "FamilyName", "Weight"):
        cff[0].rawDict.pop(key, None)
    font.flavor = "woff2"
    font.save(target)


def _keep_larger_forms(variants: object, glyphs: set[str]) -> None:
    """Drop the larger forms of all signs but these: wide hats would be half of the file."""
    for axis in ("Vert", "Horiz"):
        coverage = getattr(variants, f"{axis}GlyphCoverage")
        forms = getattr(variants, f"{axis}GlyphConstruction")
        kept = [(name, form) for name, form in zip(coverage.glyphs, forms, strict=True) if name in glyphs]
        coverage.glyphs = [name for name, _ in kept]
        setattr(variants, f"{axis}GlyphConstruction", [form for _, form in kept])
        setattr(variants, f"{axis}GlyphCount", len(kept))


if __name__ == "__main__":
    make(*sys.argv[1:])
