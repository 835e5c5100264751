"""Still pictures as PNG, for places that show no SVG: chats, link previews."""

from functools import lru_cache
from pathlib import Path
from typing import Final

# Named files, not whatever the system offers: the same picture has the same bytes on every run.
_FONTS: Final = tuple(
    Path(folder) / name
    for folder in (
        "/usr/share/fonts/opentype/noto",
        "/usr/share/fonts/noto-cjk",
        "/usr/share/fonts/google-noto-cjk",
    )
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
)
_FAMILY: Final = "Noto Sans CJK SC"


def png_of(svg: str, width: int) -> bytes:
    """Return the SVG as PNG, `width` pixels wide, in its own proportions: the same input gives the same bytes.

    Letters are drawn with Noto Sans CJK; where its files are not at their usual places, with what the system
    has. Nothing outside the SVG is read.
    """
    import resvg_py  # 9 MB of machine code; only pictures need it

    fonts = _fonts()
    found: bytes = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        skip_system_fonts=bool(fonts),
        font_files=list(fonts) or None,
        sans_serif_family=_FAMILY,
        font_family=_FAMILY,
    )
    return found


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    return tuple(str(path) for path in _FONTS if path.is_file())
