"""The township polygons that a deployer supplies as a file, found by code or name and united.

Without the file there are none: no public source has them, and none is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from shapely.geometry import MultiPolygon

from service.errors import UploadRefused
from service.register.place_names import place_name_variants
from service.register.surveying import soundness
from service.register.surveying.uploads import FOR_TOWNSHIPS, Feature, read_features


def united_townships(path: Path, wanted: Sequence[Iterable[str]]) -> MultiPolygon:
    """Return the union of townships, each given by all its codes and names; WGS 84, six decimals.

    A property of a feature must be one of the codes or names, whatever the property is called.

    Raises:
        UploadRefused: the file lacks one, or cannot be read.
    """
    features = _features(path, path.stat().st_mtime_ns)
    found = [_one(features, [str(text) for text in texts]) for texts in wanted]
    return soundness.rounded(soundness.united(found))


@lru_cache(maxsize=2)
def _features(path: Path, changed_ns: int) -> tuple[Feature, ...]:
    del changed_ns  # part of the key: a file that was replaced is read again
    return tuple(read_features(path.read_bytes(), path.name, FOR_TOWNSHIPS))


def _one(features: Sequence[Feature], texts: Sequence[str]) -> MultiPolygon:
    # As written first: 沙坝镇 and 沙坝乡 may both stand in a file of several years.
    for accepted in (set(texts), {variant for text in texts for variant in place_name_variants(text)}):
        for feature in features:
            if accepted & {value.strip() for value in feature.properties.values()}:
                return feature.area
    raise UploadRefused("township_not_drawn", texts[-1] if texts else "")
