"""Who may use the special mark on a day: the authorisations in effect, as a verdict weighs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from service.register.lookups.standings import authorisation_in_effect, authorisation_on, protection_on
from service.register.models import Authorisation, GiProduct, Organisation, Protection
from service.vocabulary import HomeRelation


@dataclass(frozen=True, slots=True)
class LiveProtection:
    """A protection in force, with its product."""

    protection: Protection
    product_id: int


@dataclass(frozen=True, slots=True)
class MarkUse:
    """One authorisation in effect: who may use the mark, and on which product."""

    organisation: Organisation
    product_id: int


def live_protections(session: Session, on: date, *, demonstration: bool = False) -> list[LiveProtection]:
    """Return the protections of the district's products that are in force on the day, fictional ones or real ones."""
    statement = (
        select(Protection)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .where(
            Protection.withdrawal.is_(None),
            Protection.is_demonstration.is_(demonstration),
            GiProduct.withdrawal.is_(None),
            GiProduct.home_relation != HomeRelation.OUTSIDE,
        )
        .options(selectinload(Protection.events))
        .order_by(Protection.id)
    )
    return [
        LiveProtection(each, each.product_id)
        for each in session.scalars(statement)
        if protection_on(each.track, each.events, on).is_in_force
    ]


def mark_uses(session: Session, on: date, *, demonstration: bool = False) -> list[MarkUse]:
    """Return the authorisations for the district's products in effect on the day, fictional ones or real ones."""
    statement = (
        select(Authorisation)
        .join(Protection, Protection.id == Authorisation.protection_id)
        .join(GiProduct, GiProduct.id == Protection.product_id)
        .where(
            Authorisation.withdrawal.is_(None),
            Authorisation.is_demonstration.is_(demonstration),
            Protection.withdrawal.is_(None),
            GiProduct.withdrawal.is_(None),
            GiProduct.home_relation != HomeRelation.OUTSIDE,
        )
        .options(
            selectinload(Authorisation.events),
            joinedload(Authorisation.organisation),
            joinedload(Authorisation.protection).selectinload(Protection.events),
        )
        .order_by(Authorisation.id)
    )
    found = []
    for each in session.scalars(statement):
        protection, organisation = each.protection, each.organisation
        if organisation.withdrawal is not None:
            continue
        protected = protection_on(protection.track, protection.events, on)
        standing = authorisation_on(each.events, on)
        if authorisation_in_effect(standing, protected, organisation, on).is_in_effect:
            found.append(MarkUse(organisation, protection.product_id))
    return found
