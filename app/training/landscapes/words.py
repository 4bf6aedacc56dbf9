"""The painter's words: one entry a token, by kind, with the other words that mean the same to it."""

from __future__ import annotations

from app.prompts import OTHER, Vocabulary

# Snow is a terrain of its own, painted as white hills. As a word it has a kind of its own, so that a
# "snowy hill" does not count as two terrains.

VOCABULARY = Vocabulary(
    {
        "time": (
            "dawn daybreak sunrise morning",
            "day daytime daylight noon midday",
            "sunset dusk evening twilight sundown",
            "night nighttime midnight",
        ),
        "terrain": (
            "mountains mountain peak peaks",
            "hills hill hillside",
            "desert deserts dune dunes sand",
            "sea seas ocean oceans water",
            "forest forests wood woods",
            "city cities town towns skyline",
            "meadow meadows flowers flower grass",
        ),
        "ground": ("snow snowy",),
        "sky": (
            "sun suns sunny sunshine",
            "moon moons moonlit moonlight",
            "stars star starry starlit",
            "clouds cloud cloudy",
            "rainbow rainbows",
            "cloudless",
        ),
        "weather": (
            "snowfall snowing snowflakes snowflake snowstorm",
            "rain rainy raining raindrops",
            "fog foggy mist misty",
        ),
        "thing": (
            "house houses home homes cottage cottages hut huts cabin cabins",
            "tree trees",
            "boat boats sailboat sailboats ship ships",
            "cactus cacti cactuses",
            "lighthouse lighthouses",
            "windmill windmills mill mills",
        ),
        "colour": ("red", "blue", "white", "yellow"),
        "side": ("left", "right"),
        OTHER: (
            "covered",
            "clear",
            "sky skies",
            "weather",
            "empty nothing",
            "field fields",
            "land landscape landscapes scene place",
            "side",
            "a an",
            "the",
            "and",
            "with",
            "on",
            "in",
            "at",
            "by",
            "near beside",
            "under below beneath",
            "over above",
            "of",
            "to",
            "it",
            "is",
            "there",
            "during",
        ),
    }
)
