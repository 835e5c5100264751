"""The township polygons that a deployer supplies as a file, found by code or name and united.

Without the file there are none: no public source has them, and none is made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shapely.geometry import MultiPolygon

from service.errors import UploadRefused
from service.register.place_names import place_name_variants
from service.register.surveying import soundness
from service.register.surveying.uploads import FOR_TOWNSHIPS, Feature, read_features


@dataclass(frozen=True, slots=True)
class Called:
    """What a township is called: as somebody named it, its name today, and the codes that are its alone."""

    given: str
    name: str
    codes: frozenset[str] = frozenset()

    @property
    def ways(self) -> Iterator[AbstractSet[str]]:
        """What to look for, the surest first: 沙坝镇 and 沙坝乡 may both stand in a file of several years."""
        yield {self.given}
        yield {self.name}
        yield self.codes
        yield {*place_name_variants(self.given), *place_name_variants(self.name)}


def united_townships(path: Path, wanted: Sequence[Called]) -> MultiPolygon:
    """Return the union of townships; WGS 84, six decimals.

    A property of a feature must be the township's name or code, whatever the property is called.

    Raises:
        UploadRefused: the file lacks one, has two of one name, or cannot be read.
    """
    features = _features(path, path.stat().st_mtime_ns)
    return soundness.rounded(soundness.united([_one(features, called) for called in wanted]))


@lru_cache(maxsize=2)
def _features(path: Path, changed_ns: int) -> tuple[Feature, ...]:
    del changed_ns  # part of the key: a file that was replaced is read again
    return tuple(read_features(path.read_bytes(), path.name, FOR_TOWNSHIPS))


def _one(features: Sequence[Feature], called: Called) -> MultiPolygon:
    for texts in called.ways:
        found = [
            feature for feature in features if texts & {each.strip() for each in feature.properties.values()}
        ]
        if len(found) > 1:
            raise UploadRefused("township_ambiguous", called.given)
        if found:
            return found[0].area
    raise UploadRefused("township_not_drawn", called.given)
