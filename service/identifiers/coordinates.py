"""Positions as people type and paste them: decimal or degrees, minutes, seconds; Chinese or Latin letters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from service.identifiers.folding import half_width

MAX_LENGTH = 120
"""No pair of coordinates is longer; the cap stands before every pattern."""

_DECIMALS = 7
_SIXTY = 60
_LIMITS = {"lon": 180.0, "lat": 90.0}
_EITHER = 90.0
# What stands for each mark in announcements, on keyboards and after a copy; `?` is a mark that was damaged.
_MARKS = {
    "°": "º˚∘度",
    "′": "'’‘`´ʹ分",
    "″": '"”“〞〃ʺ秒',
    "?": "\ufffd□",
}
_FOLD = {ord(sign): mark for mark, signs in _MARKS.items() for sign in signs} | {
    ord(sign): " " for sign in "\t\n\r\u00a0\u3000,、，;；。:：=()[]【】（）"
}
_WORDS = {
    "东经": "E",
    "西经": "W",
    "北纬": "N",
    "南纬": "S",
    "经度": "lon",
    "纬度": "lat",
    "东": "E",
    "西": "W",
    "南": "S",
    "北": "N",
}
_LATIN = {"longitude": "lon", "latitude": "lat", "lng": "lon", "lon": "lon", "lat": "lat"}
_FILLERS = ("坐标", "位置", "位于", "GPS", "gps")
_HEMISPHERES = {"E": ("lon", 1), "W": ("lon", -1), "N": ("lat", 1), "S": ("lat", -1)}
_RANGE = re.compile(r"[~～至到—―–]|(?<=[0-9°′″?NSEW])-|-\s|\.\.")
_EXPONENT = re.compile(r"[0-9]e[-+]?[0-9]")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?[0-9]{1,3}(?:\.[0-9]{1,15})?)(?![0-9.])|(?P<word>lon|lat|[NSEWnsew](?![a-zA-Z]))"
    r"|(?P<mark>′′|[°′″?]))\s*"
)


class CoordinatesProblem(StrEnum):
    """Why a text is no position."""

    MISSING = "coordinates_missing"
    UNREADABLE = "coordinates_unreadable"
    ONE_NUMBER = "coordinates_one_number"
    RANGE = "coordinates_range"
    ORDER = "coordinates_order"
    OUT_OF_RANGE = "coordinates_out_of_range"


class CoordinatesError(ValueError):
    """A text that is not one position; never carries the text: where somebody stands is theirs."""

    def __init__(self, problem: CoordinatesProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Position:
    """A point in CRS84: degrees east, then degrees north; south and west are negative."""

    longitude: float
    latitude: float


@dataclass(slots=True)
class _Angle:
    """One coordinate while it is read: its numbers with their marks, and what names its axis."""

    numbers: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def parse_coordinates(text: str) -> Position:
    """Return the one position that a text states.

    The order of two plain numbers is taken from their sizes: only a longitude can exceed 90. Where neither
    does and nothing names them, the text is refused rather than guessed.

    Raises:
        CoordinatesError: with its problem.
    """
    if not text.strip():
        raise CoordinatesError(CoordinatesProblem.MISSING)
    if len(text) > MAX_LENGTH:
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    plain = _folded(text)
    if _RANGE.search(plain):
        raise CoordinatesError(CoordinatesProblem.RANGE)
    angles = _angles(list(_tokens(plain)))
    named = [(_axis(angle), _value(angle)) for angle in angles]
    return _position(named)


def _folded(text: str) -> str:
    """Return the text with one sign for each kind of mark and one letter for each word."""
    plain = half_width(text).replace("−", "-")
    for word in _FILLERS:
        plain = plain.replace(word, " ")
    for word, letter in _LATIN.items():
        plain = re.sub(word, f" {letter.upper()} ", plain, flags=re.IGNORECASE)
    for word, letter in _WORDS.items():
        plain = plain.replace(word, f" {letter} ")
    if _EXPONENT.search(plain):
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    return plain.translate(_FOLD).replace("LON", "lon").replace("LAT", "lat").strip()


def _tokens(plain: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            raise CoordinatesError(CoordinatesProblem.UNREADABLE)
        kind = str(found.lastgroup)
        text = found[kind]
        yield kind, "″" if text == "′′" else text.upper() if kind == "word" and len(text) == 1 else text
        at = found.end()


def _angles(tokens: list[tuple[str, str]]) -> list[_Angle]:
    """Return the two coordinates: a degree mark or a word begins or ends one, else the numbers are halved."""
    numbers = sum(kind == "number" for kind, _ in tokens)
    if numbers < 2:  # noqa: PLR2004
        raise CoordinatesError(CoordinatesProblem.ONE_NUMBER if numbers else CoordinatesProblem.UNREADABLE)
    if sum(token in _HEMISPHERES for _, token in tokens) > 1:  # 经度：108°E says the axis twice
        tokens = [each for each in tokens if each[1] not in _LIMITS]
    has_words = any(kind == "word" for kind, _ in tokens)
    has_degrees = sum(token == ("mark", "°") for token in tokens) > 1
    if has_words:
        angles = _split_by_words(tokens)
    elif has_degrees:
        angles = _split_by_degrees(tokens)
    else:
        angles = _halved(tokens, numbers)
    if len(angles) != 2:  # noqa: PLR2004
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    return angles


def _split_by_words(tokens: list[tuple[str, str]]) -> list[_Angle]:
    comes_first = tokens[0][0] == "word"
    angles = [_Angle()]
    for kind, token in tokens:
        last = angles[-1]
        if last.numbers and last.words and kind == "number" and not comes_first:
            angles.append(_Angle())
        if last.numbers and kind == "word" and comes_first:
            angles.append(_Angle())
        _take(angles[-1], kind, token)
    if len(angles) == 1:  # one word for both, as in "N 29.5 108.7"
        return _with_words(_split_plainly(tokens), angles[0].words, first=comes_first)
    return angles


def _split_plainly(tokens: list[tuple[str, str]]) -> list[_Angle]:
    plain = [each for each in tokens if each[0] != "word"]
    if sum(token == ("mark", "°") for token in plain) > 1:
        return _split_by_degrees(plain)
    return _halved(plain, sum(kind == "number" for kind, _ in plain))


def _with_words(angles: list[_Angle], words: list[str], *, first: bool) -> list[_Angle]:
    angles[0 if first else -1].words += words
    return angles


def _split_by_degrees(tokens: list[tuple[str, str]]) -> list[_Angle]:
    angles: list[_Angle] = []
    for at, (kind, token) in enumerate(tokens):
        begins = kind == "number" and tokens[at + 1 : at + 2] == [("mark", "°")]
        if begins or not angles:
            angles.append(_Angle())
        _take(angles[-1], kind, token)
    return angles


def _halved(tokens: list[tuple[str, str]], numbers: int) -> list[_Angle]:
    if numbers % 2:
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    angles = [_Angle(), _Angle()]
    at = 0
    for kind, token in tokens:
        if kind == "number" and len(angles[0].numbers) == numbers // 2:
            at = 1
        _take(angles[at], kind, token)
    return angles


def _take(angle: _Angle, kind: str, token: str) -> None:
    if kind == "word":
        angle.words.append(token)
    elif kind == "number":
        angle.numbers.append(token)
        angle.marks.append("")
    elif not angle.numbers or angle.marks[-1]:
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    else:
        angle.marks[-1] = token


def _axis(angle: _Angle) -> tuple[str, int]:
    """Return the axis a coordinate's words name ("" when none does) and its sign."""
    axes = {_HEMISPHERES[word][0] if word in _HEMISPHERES else word for word in angle.words}
    signs = {_HEMISPHERES[word][1] for word in angle.words if word in _HEMISPHERES}
    is_signed = angle.numbers[:1] and angle.numbers[0][0] in "-+"
    if len(axes) > 1 or len(signs) > 1 or (signs and is_signed):
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    return (axes.pop() if axes else ""), (signs.pop() if signs else 1)


def _value(angle: _Angle) -> float:
    """Return the degrees of a coordinate from its numbers, each at the place its mark says."""
    places = _places(angle.marks)
    *whole, _ = angle.numbers or [""]
    has_bad_part = any("." in number for number in whole) or any(n[0] in "-+" for n in angle.numbers[1:])
    if not angle.numbers or places is None or has_bad_part:
        raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    value = 0.0
    for place, number in zip(places, angle.numbers, strict=True):
        if place and float(number) >= _SIXTY:
            raise CoordinatesError(CoordinatesProblem.OUT_OF_RANGE)
        value += abs(float(number)) / _SIXTY**place
    return -value if angle.numbers[0].startswith("-") else value


def _places(marks: list[str]) -> list[int] | None:
    """Return the place of each number: 0 degrees, 1 minutes, 2 seconds; damaged marks are told by their place."""
    in_order = list(range(len(marks)))
    if len(marks) > 3 or (marks and marks[0] in {"′", "″"}):  # noqa: PLR2004
        return None
    if len(marks) == 2 and marks[1] == "″":  # noqa: PLR2004  (29°15″: no minutes were written)
        return [0, 2]
    return in_order if "°" not in marks[1:] else None


def _position(named: list[tuple[tuple[str, int], float]]) -> Position:
    values = [sign * value for (_, sign), value in named]
    axes = [axis for (axis, _), _ in named]
    match axes:
        case ["lon", "lat"] | ["lon", ""] | ["", "lat"]:
            longitude, latitude = values
        case ["lat", "lon"] | ["lat", ""] | ["", "lon"]:
            latitude, longitude = values
        case ["", ""]:
            longitude, latitude = _by_size(values)
        case _:
            raise CoordinatesError(CoordinatesProblem.UNREADABLE)
    if abs(longitude) > _LIMITS["lon"] or abs(latitude) > _LIMITS["lat"]:
        raise CoordinatesError(CoordinatesProblem.OUT_OF_RANGE)
    return Position(round(longitude, _DECIMALS), round(latitude, _DECIMALS))


def _by_size(values: list[float]) -> tuple[float, float]:
    first, second = values
    is_first, is_second = abs(first) > _EITHER, abs(second) > _EITHER
    if is_first and is_second:
        raise CoordinatesError(CoordinatesProblem.OUT_OF_RANGE)
    if not is_first and not is_second:
        raise CoordinatesError(CoordinatesProblem.ORDER)
    return (first, second) if is_first else (second, first)


def in_decimals(position: Position) -> str:
    """Return a position as `108.770833, 29.533333`: longitude first, six decimals (0.1 m)."""
    return f"{position.longitude:.6f}, {position.latitude:.6f}"


def in_degrees(position: Position, lang: str = "zh") -> str:
    """Return a position as `北纬29°32′15″，东经108°46′00″` (to a second, 30 m), or `29°32′15″N, 108°46′00″E`."""
    latitude, longitude = _sexagesimal(position.latitude), _sexagesimal(position.longitude)
    north, east = position.latitude >= 0, position.longitude >= 0
    if lang == "en":
        return f"{latitude}{'N' if north else 'S'}, {longitude}{'E' if east else 'W'}"
    return f"{'北纬' if north else '南纬'}{latitude}，{'东经' if east else '西经'}{longitude}"


def _sexagesimal(degrees: float) -> str:
    seconds = round(abs(degrees) * _SIXTY * _SIXTY)
    minutes, second = divmod(seconds, _SIXTY)
    degree, minute = divmod(minutes, _SIXTY)
    return f"{degree}°{minute:02}′{second:02}″"
