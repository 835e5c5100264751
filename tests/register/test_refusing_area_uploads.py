"""Every bad upload gets its answer, however it was made to hurt."""

from __future__ import annotations

import resource
import time

import area_uploads as made
import pytest
from area_uploads import POLYGON, polygon, read_through, text
from bad_area_uploads import DEEP, REFUSED

from service.confining import confined
from service.errors import UploadRefused, WorkStopped
from service.register.surveying import uploads
from service.register.surveying.wording import refusal
from service.web.errors import problem_of


@pytest.mark.parametrize(
    ("name", "content", "problem", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_a_bad_upload_gets_its_answer(name, content, problem, status):
    """The reader runs here for speed; the confined process around it has tests of its own."""
    began = time.process_time()
    with pytest.raises(UploadRefused) as caught:
        (read_through if problem == "too_large" else made.surveyed)(content, name)
    assert caught.value.problem == problem
    assert time.process_time() - began < 1.5
    assert problem_of(caught.value).status == status
    zh, en = refusal(caught.value)
    assert zh
    assert en
    assert "cannot be read" not in en


def spent():
    """Seconds of work of the processes this one started: a busy machine makes none of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.geojson", b"[" * 100_000, "too_deep"),
        ("a.geojson", DEEP, "too_deep"),
        ("a.geojson", made.scribble(300), "self_intersection"),
        ("a.zip", made.bomb(), "too_large_unpacked"),
        ("a.zip", made.lying_bomb(), "bad_archive"),
        (
            "a.geojson",
            polygon([[108.7 + i / 1e7, 29.4] for i in range(60_000)] + [[108.7, 29.4]]),
            "too_many_vertices",
        ),
    ],
)
def test_bombs_are_answered_quickly_through_the_confined_process(name, content, problem):
    began = spent()
    with pytest.raises(UploadRefused) as caught:
        read_through(content, name)
    assert caught.value.problem == problem
    assert spent() - began < 3


def test_reading_that_hangs_or_swells_is_ended():
    """Negative control: with hardly any time or memory, a sound file is refused in the same words."""
    content = text(POLYGON)
    with pytest.raises(WorkStopped) as caught:
        confined(
            "service.register.surveying.reading:read", {}, content, uploads.confining.Limits(seconds=0.01)
        )
    assert caught.value.problem == "timed_out"
    assert problem_of(caught.value).status == 422
