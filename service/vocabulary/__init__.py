"""Closed lists of the field, each entry with its code, Chinese label and English label.

One declaration feeds the database, the import, the forms, the facets, the API and the exports. Codes are
stable: they stand in stored records and in other people's programs.
"""

from service.vocabulary.annexes import AnnexField, AnnexKind, BatchState, RowAction
from service.vocabulary.authorisations import (
    GROUNDS_AFTER_CORRECTION,
    AuthorisationBasis,
    AuthorisationEventKind,
    AuthorisationState,
    DeregistrationGround,
)
from service.vocabulary.changes import ChangeAct, ChangeKind, ChangeWeight, PageEffect
from service.vocabulary.desk import (
    SEARCHABLE_KINDS,
    DraftState,
    RecordKind,
    Role,
    Severity,
    StaffAct,
    Withdrawal,
    WorkList,
)
from service.vocabulary.entry import Vocabulary
from service.vocabulary.interface import ApiAct, ApiScope
from service.vocabulary.marks import BrandKind, MarkStatus, MarkType, TimeHonouredLevel, TimeHonouredStatus
from service.vocabulary.organisations import (
    PRIVATE_PERSON_KINDS,
    STRUCK_OFF,
    CodeState,
    OrganisationKind,
    OrganisationStatus,
)
from service.vocabulary.places import (
    AreaTier,
    AreaUnit,
    AreaWay,
    CodeScheme,
    Confidence,
    Datum,
    DivisionKind,
    DivisionRole,
    PointRelation,
)
from service.vocabulary.products import (
    HomeRelation,
    IdentifierScheme,
    Industry,
    NameRole,
    PartyRole,
    ProtectionEventKind,
    ProtectionState,
    Track,
)
from service.vocabulary.services import IndicatorNature, LeadKind, LeadState, MisuseKind, ServicePointKind
from service.vocabulary.sources import (
    AnnouncementKind,
    DatePrecision,
    DocumentKind,
    Issuer,
    VerificationLevel,
)
from service.vocabulary.verdicts import Caution, Outcome, Reason, Spelling

__all__ = [
    "GROUNDS_AFTER_CORRECTION",
    "PRIVATE_PERSON_KINDS",
    "SEARCHABLE_KINDS",
    "STRUCK_OFF",
    "AnnexField",
    "AnnexKind",
    "AnnouncementKind",
    "ApiAct",
    "ApiScope",
    "AreaTier",
    "AreaUnit",
    "AreaWay",
    "AuthorisationBasis",
    "AuthorisationEventKind",
    "AuthorisationState",
    "BatchState",
    "BrandKind",
    "Caution",
    "ChangeAct",
    "ChangeKind",
    "ChangeWeight",
    "CodeScheme",
    "CodeState",
    "Confidence",
    "DatePrecision",
    "Datum",
    "DeregistrationGround",
    "DivisionKind",
    "DivisionRole",
    "DocumentKind",
    "DraftState",
    "HomeRelation",
    "IdentifierScheme",
    "IndicatorNature",
    "Industry",
    "Issuer",
    "LeadKind",
    "LeadState",
    "MarkStatus",
    "MarkType",
    "MisuseKind",
    "NameRole",
    "OrganisationKind",
    "OrganisationStatus",
    "Outcome",
    "PageEffect",
    "PartyRole",
    "PointRelation",
    "ProtectionEventKind",
    "ProtectionState",
    "Reason",
    "RecordKind",
    "Role",
    "RowAction",
    "ServicePointKind",
    "Severity",
    "Spelling",
    "StaffAct",
    "TimeHonouredLevel",
    "TimeHonouredStatus",
    "Track",
    "VerificationLevel",
    "Vocabulary",
    "Withdrawal",
    "WorkList",
]
