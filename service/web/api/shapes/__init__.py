"""The shapes of the API's answers: what programs may rely on. Fields are added, never renamed."""

from service.web.api.shapes.announcements import AnnouncementShape, DocumentShape
from service.web.api.shapes.base import Labelled, LinkShape, ListShape, Shape, SourceShape
from service.web.api.shapes.changes import ChangeShape, ChangesShape, KeyedLink
from service.web.api.shapes.files import FileShape, FilesShape
from service.web.api.shapes.marks import TrademarkAnswer, TrademarkShape
from service.web.api.shapes.places import (
    DivisionCodeShape,
    DivisionShape,
    FeatureCollection,
    IndicatorShape,
    ServicePointShape,
)
from service.web.api.shapes.problems import ProblemField, ProblemShape
from service.web.api.shapes.products import (
    AreaShape,
    EventShape,
    NameShape,
    NumberShape,
    PartyShape,
    ProductShape,
    ProductSummary,
    ProtectionShape,
    TraitShape,
)
from service.web.api.shapes.proofs import ProofShape, QuestionShape, SignedShape
from service.web.api.shapes.searches import (
    FacetShape,
    HitShape,
    Matched,
    SearchShape,
    SuggestionShape,
    SuggestShape,
    TrackState,
)
from service.web.api.shapes.users import (
    AuthorisationEventShape,
    AuthorisationShape,
    AuthorisationSummary,
    OrganisationShape,
    OrganisationSummary,
)
from service.web.api.shapes.verdicts import (
    CautionShape,
    ChoiceShape,
    EvidenceShape,
    FactShape,
    FactSourceShape,
    SubjectShape,
    TargetShape,
    VerifyShape,
)

__all__ = [
    "AnnouncementShape",
    "AreaShape",
    "AuthorisationEventShape",
    "AuthorisationShape",
    "AuthorisationSummary",
    "CautionShape",
    "ChangeShape",
    "ChangesShape",
    "ChoiceShape",
    "DivisionCodeShape",
    "DivisionShape",
    "DocumentShape",
    "EventShape",
    "EvidenceShape",
    "FacetShape",
    "FactShape",
    "FactSourceShape",
    "FeatureCollection",
    "FileShape",
    "FilesShape",
    "HitShape",
    "IndicatorShape",
    "KeyedLink",
    "Labelled",
    "LinkShape",
    "ListShape",
    "Matched",
    "NameShape",
    "NumberShape",
    "OrganisationShape",
    "OrganisationSummary",
    "PartyShape",
    "ProblemField",
    "ProblemShape",
    "ProductShape",
    "ProductSummary",
    "ProofShape",
    "ProtectionShape",
    "QuestionShape",
    "SearchShape",
    "ServicePointShape",
    "Shape",
    "SignedShape",
    "SourceShape",
    "SubjectShape",
    "SuggestShape",
    "SuggestionShape",
    "TargetShape",
    "TrackState",
    "TrademarkAnswer",
    "TrademarkShape",
    "TraitShape",
    "VerifyShape",
]
