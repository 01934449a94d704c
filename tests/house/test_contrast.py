"""Every colour is legible on every ground: WCAG 2.2, criteria 1.4.3, 1.4.6 and 1.4.11."""

import math
import re

import pytest
from django.conf import settings


def luminance(colour):
    """Relative luminance of `#rrggbb`, `#rgb` or `oklch(L% C H)`, by CSS Color 4."""
    if colour.startswith("#"):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels]
    else:
        lightness, chroma, hue = (float(part.strip("%")) for part in colour[6:-1].split())
        a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
        lightness /= 100
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
        linear = [
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
        ]
    red, green, blue = (min(max(value, 0), 1) for value in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """How far two colours stand apart, 1 to 21."""
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def palette(scheme):
    """Every colour token in one scheme: light, dark, or what an old browser gets."""
    tokens = (settings.ROOT / "static" / "css" / "tokens.css").read_text()
    modern, old = tokens.split("@media")[0].split("@supports not")
    if scheme == "old":
        return dict(re.findall(r"--color-([\w-]+): (#[0-9a-f]+)", old))
    colour = r"(#\w+|oklch\([^)]+\))"
    pairs = re.findall(rf"--color-([\w-]+): light-dark\({colour}, {colour}\)", modern)
    return {name: dark if scheme == "dark" else light for name, light, dark in pairs}


GROUNDS = ("paper", "card", "well", "accent-wash", "warm-wash", "heart-wash", "care-wash")


@pytest.mark.parametrize("scheme", ["light", "dark", "old"])
def test_text_stands_out_from_every_ground(scheme):
    colours = palette(scheme)

    too_faint = [
        (ink, ground, round(contrast(colours[ink], colours[ground]), 2))
        for ground in GROUNDS
        for ink, least in [("ink", 7), ("ink-soft", 4.5), ("accent", 4.5), ("care", 4.5)]
        if contrast(colours[ink], colours[ground]) < least
    ]

    assert too_faint == []
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    for name in ("warm", "heart", "care", "accent"):
        assert contrast(colours[name], colours[f"{name}-wash"]) >= 4.5
    # 1.4.11: what shows where a field or button ends.
    assert min(contrast(colours["edge"], colours[ground]) for ground in ("paper", "card", "well")) >= 3
