"""PNG for sharing: right size, the same bytes in every process, Chinese in it."""

import hashlib
import struct
import subprocess
import sys

from maps.outline import outline_svg
from maps.picture import png_of

_PROGRAM = """
import hashlib
from maps import Area, Notice, Tier
from maps.outline import outline_svg
from maps.picture import png_of
ring = [[108.5, 29.2], [108.9, 29.2], [108.7, 29.7], [108.5, 29.2]]
shape = {'type': 'MultiPolygon', 'coordinates': [[ring]]}
area = Area(id='1', name='黔江猕猴桃', tier=Tier.APPROXIMATE, track='gi_product', geometry=shape)
notice = Notice(banner='示意图', approval_number=None, attribution='')
svg = outline_svg([area], outline=shape, title='黔江猕猴桃', description='', notice=notice, width=800, height=420)
print(hashlib.sha256(png_of(svg, 1200)).hexdigest())
"""


def _card(an_area, outline, notice, name: str) -> bytes:
    svg = outline_svg(
        [an_area(name=name)],
        outline=outline,
        title=name,
        description="",
        notice=notice,
        width=800,
        height=420,
    )
    return png_of(svg, 1200)


def test_a_card_is_1200_by_630_pixels(an_area, outline, notice) -> None:
    card = _card(an_area, outline, notice, "黔江猕猴桃")
    assert card.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", card[16:24]) == (1200, 630)


def test_the_bytes_do_not_depend_on_the_process() -> None:
    runs = {
        subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, check=True).stdout for _ in "ab"
    }
    assert len(runs) == 1


def test_chinese_letters_are_drawn_not_boxes(an_area, outline, notice) -> None:
    # Without a Chinese font every sign is the same empty box, and two names look alike.
    one, other = (_card(an_area, outline, notice, name) for name in ("黔江猕猴桃", "马喇湖贡米"))
    assert hashlib.sha256(one).digest() != hashlib.sha256(other).digest()
