"""An area before it counts, as the desk shows it: a verdict in one word, what was found, and its picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import shapely
from markupsafe import Markup
from sqlalchemy.orm import Session

from maps.area import Area, Tier
from service.errors import UploadRefused, WorkStopped
from service.register.area_outlook import Outlook, outlook_of_draft
from service.register.areas import geojson_of_shape
from service.register.lookups.townships import townships
from service.register.models import Revision
from service.register.verification.reading import data_version
from service.settings import Settings
from service.vocabulary import Severity, Track
from service.web.ground import Ground

_SHEET = (420, 520)


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of a version of an area: what was refused of its ground, or what it would be.

    `picture`: its ground, or what it gains and loses where it changes any. `name`: its product's.
    """

    outlook: Outlook | None = None
    refused: UploadRefused | WorkStopped | None = None
    picture: Markup | None = None
    name: str = ""

    @property
    def tone(self) -> str:
        """Bad: it cannot be handed over. Warn: a note must answer first. Good: nothing stands against it."""
        if self.refused is not None:
            return "bad"
        if self.outlook is None or self.outlook.ground is None:
            return "neutral"
        tones = {Severity.ERROR: "bad", Severity.NOTE: "warn"}
        gravest = self.outlook.gravest
        return tones[gravest] if gravest is not None else "good"

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of its ground."""
        ground = self.outlook.ground if self.outlook else None
        if ground is None:
            return None
        west, south, east, north = ground.polygons.bounds
        return west, south, east, north

    @property
    def parts(self) -> int:
        """How many parts its ground has."""
        ground = self.outlook.ground if self.outlook else None
        return len(ground.polygons.geoms) if ground is not None else 0

    @property
    def vertices(self) -> int:
        """How many vertices its ground has."""
        ground = self.outlook.ground if self.outlook else None
        return int(shapely.count_coordinates(ground.polygons)) if ground is not None else 0


def ground_of(session: Session, settings: Settings, lang: str, today: date) -> Ground:
    """Return what the pictures of a page lie on."""
    return Ground(settings, lang, today, tuple(townships(session)), data_version(session))


def look_of(found: Outlook | None, ground: Ground, name: str, track: Track) -> Look:
    """Return what is shown of an area that was looked at."""
    if found is None or found.ground is None:
        return Look(found, name=name)
    change = found.change
    is_other = change is not None and (change.gained.geometry is not None or change.lost.geometry is not None)
    if change is not None and is_other:
        return Look(found, picture=ground.difference(change, name, Tier(found.payload.tier.value)), name=name)
    drawn = Area(
        id="area",
        name=name,
        tier=Tier(found.payload.tier.value),
        track=track.value,
        geometry=geojson_of_shape(found.ground),
    )
    picture = ground.picture([drawn], name, _SHEET)
    return Look(found, picture=Markup(picture), name=name)  # noqa: S704  (drawn by maps from escaped parts)


def look_of_draft(session: Session, ground: Ground, draft: Revision) -> Look | None:
    """Return what is shown of a draft of an area; None of any other draft, and where it cannot be looked at."""
    found = outlook_of_draft(session, draft, ground.today)
    return None if found is None else look_of(found.outlook, ground, found.product_name, found.track)
