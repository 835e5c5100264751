"""The numbers people paste: parse, check and print them, and say which kind a text looks like. Pure."""

from service.identifiers.announcements import ISSUERS, AnnouncementNumber, DocumentNumber
from service.identifiers.permanent import is_ulid
from service.identifiers.problems import Hint, IdentifierError
from service.identifiers.recognition import Kind, Number, Recognised, recognise
from service.identifiers.registrations import (
    AgiNumber,
    AuthorisationNumber,
    ProductCode,
    TrademarkNumber,
)
from service.identifiers.standards import StandardCode
from service.identifiers.uscc import (
    Uscc,
    fold_uscc,
    is_well_formed,
    organisation_check_character,
    uscc_candidates,
    uscc_check_character,
)

__all__ = [
    "ISSUERS",
    "AgiNumber",
    "AnnouncementNumber",
    "AuthorisationNumber",
    "DocumentNumber",
    "Hint",
    "IdentifierError",
    "Kind",
    "Number",
    "ProductCode",
    "Recognised",
    "StandardCode",
    "TrademarkNumber",
    "Uscc",
    "fold_uscc",
    "is_ulid",
    "is_well_formed",
    "organisation_check_character",
    "recognise",
    "uscc_candidates",
    "uscc_check_character",
]
