"""Content codings: what the client accepts decides, each form is made once, and decodes to the same body."""

from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.compression import MINIMUM_SIZE, Encoding, Packed, compress, negotiate

DECODE = {Encoding.BROTLI: brotli.decompress, Encoding.GZIP: gzip.decompress, Encoding.IDENTITY: bytes}


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0, gzip;q=0", "identity"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity", "identity"),
        ("", "identity"),
        ("br;q=much", "identity"),
        ("deflate, zstd", "identity"),
        (",,;q=1,br ; q=0.2", "br"),
    ],
)
def test_the_client_decides_which_codings_are_allowed(accepted, chosen):
    assert negotiate(accepted).value == chosen


@given(st.text(max_size=60))
def test_no_header_breaks_the_choice(accepted):
    assert negotiate(accepted) in Encoding


@given(st.binary(max_size=4000), st.sampled_from(Encoding))
def test_every_form_decodes_to_the_body_and_is_the_same_each_time(body, encoding):
    packed = compress(body, encoding)
    assert DECODE[encoding](packed) == body
    assert compress(body, encoding) == packed


def test_a_form_is_made_once_and_counted():
    packed = Packed(b"geometry " * 1000)
    first, encoding = packed.under("br")
    assert (encoding, packed.under("br, gzip")[0]) == (Encoding.BROTLI, first)
    assert packed.under("br")[0] is first
    assert packed.size == len(packed.body) + len(first)
    assert len(first) < len(packed.body) / 10


def test_small_bodies_stay_as_they_are():
    small = Packed(b"x" * (MINIMUM_SIZE - 1))
    assert small.under("br") == (small.body, Encoding.IDENTITY)
