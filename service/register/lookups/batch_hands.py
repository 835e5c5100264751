"""Who had a hand in an annex's batch: they are never the second person."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from service.register.models import AnnexErrand, AnnexPreparation, ImportBatch, StaffUser


def without_hand(person: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on an `ImportBatch` that a person had no hand in it.

    A hand in it had who brought the file, who said what its columns mean, and who handed it over.
    """
    importer, beginner, asker = aliased(StaffUser), aliased(StaffUser), aliased(StaffUser)
    return (
        ~exists().where(importer.id == ImportBatch.imported_by_id, importer.person == person),
        ~exists().where(
            AnnexPreparation.batch_id == ImportBatch.id,
            beginner.id == AnnexPreparation.begun_by_id,
            beginner.person == person,
        ),
        ~exists().where(
            AnnexPreparation.batch_id == ImportBatch.id,
            AnnexErrand.preparation_id == AnnexPreparation.id,
            asker.id == AnnexErrand.asked_by_id,
            asker.person == person,
        ),
    )


def had_hand(session: Session, file: ImportBatch, person: str) -> bool:
    """Return whether a person had a hand in the batch."""
    statement = select(ImportBatch.id).where(ImportBatch.id == file.id, *without_hand(person))
    return session.scalar(statement) is None
