"""Closed lists of the field, each entry with its code, Chinese label and English label.

One declaration feeds the database, the import, the forms, the facets, the API and the exports. Codes are
stable: they stand in stored records and in other people's programs.
"""

from service.vocabulary.annexes import AnnexField, AnnexKind, BatchState, ErrandKind, RowAction
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
    Anomaly,
    DraftState,
    RecordKind,
    Role,
    Severity,
    StaffAct,
    Withdrawal,
    WorkList,
)
from service.vocabulary.entry import Vocabulary
from service.vocabulary.interface import ApiAct, ApiScope, WebhookState
from service.vocabulary.leads import LeadEventKind, LeadKind, LeadState, MisuseKind, RefusalGround
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
from service.vocabulary.services import FigureGap, IndicatorNature, ServicePointKind, ServiceTopic, WalkInKind
from service.vocabulary.sources import (
    AnnouncementKind,
    DatePrecision,
    DocumentKind,
    Issuer,
    VerificationLevel,
)
from service.vocabulary.supervision import (
    DrawState,
    InspectionOutcome,
    PublicationTerm,
    ZoneCondition,
    ZoneEventKind,
    ZoneState,
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
    "Anomaly",
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
    "DrawState",
    "ErrandKind",
    "FigureGap",
    "HomeRelation",
    "IdentifierScheme",
    "IndicatorNature",
    "Industry",
    "InspectionOutcome",
    "Issuer",
    "LeadEventKind",
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
    "PublicationTerm",
    "Reason",
    "RecordKind",
    "RefusalGround",
    "Role",
    "RowAction",
    "ServicePointKind",
    "ServiceTopic",
    "Severity",
    "Spelling",
    "StaffAct",
    "TimeHonouredLevel",
    "TimeHonouredStatus",
    "Track",
    "VerificationLevel",
    "Vocabulary",
    "WalkInKind",
    "WebhookState",
    "Withdrawal",
    "WorkList",
    "ZoneCondition",
    "ZoneEventKind",
    "ZoneState",
]
