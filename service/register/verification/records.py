"""What a decision asks of the register: one question at a time, or answered beforehand for many codes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from service.errors import BadIdentifier
from service.identifiers import uscc_candidates
from service.identifiers.folding import has_control_characters
from service.register.verification import reading, reading_together, targeting
from service.register.verification.codes import Code
from service.register.verification.reading import (
    FoundAuthorisation,
    FoundOrganisation,
    FoundParty,
    FoundProtection,
)
from service.register.verification.targeting import FoundTarget, TargetProduct
from service.vocabulary import Track


class Records:
    """The register as one decision reads it, each question when it comes up."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def organisation_of(self, code: Code) -> FoundOrganisation | None:
        """Return the organisation that a code stands for."""
        if code.is_authorisation:
            return reading.organisation_by_authorisation(self._session, code.value)
        return reading.organisation_by_code(self._session, code.value)

    def corrections(self, code: str) -> tuple[str, ...]:
        """Return corrected readings of a misread code, only when exactly one is on the register: never a guess."""
        found = [
            candidate.value
            for candidate in uscc_candidates(code)
            if reading.organisation_by_code(self._session, candidate.value) is not None
        ]
        return tuple(found) if len(found) == 1 else ()

    def authorisations_of(self, organisation: FoundOrganisation) -> Sequence[FoundAuthorisation]:
        """Return every authorisation of the organisation with its events, oldest first."""
        return reading.authorisations_of(self._session, organisation.id)

    def protections_by_id(self, ids: Collection[int]) -> Mapping[int, FoundProtection]:
        """Return the events of these protections."""
        return reading.protections_by_id(self._session, ids)

    def holdings_of(self, organisation: FoundOrganisation) -> Sequence[FoundParty]:
        """Return the products that the organisation is a party to."""
        return reading.holdings_of(self._session, organisation)

    def find_target(self, text: str) -> FoundTarget:
        """Return the products that a text means. Raises BadIdentifier."""
        return targeting.find_target(self._session, text)

    def tracks_of(self, product_id: int) -> set[Track]:
        """Return the tracks in which a product is protected or was."""
        return targeting.tracks_of(self._session, product_id)

    def data_version(self) -> int:
        """Return the registry's revision number at the moment that is read."""
        return reading.data_version(self._session)


class GatheredRecords(Records):
    """The register as many decisions read it: what their codes need is gathered by a few statements.

    What a target means and how a protection stands is asked once, whatever the number of codes. No corrected
    readings are offered: they would be some five hundred look-ups for each bad code, and the check of a single
    code offers them.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._organisations: Mapping[str, FoundOrganisation] = {}
        self._authorisations: Mapping[int, Sequence[FoundAuthorisation]] = {}
        self._protections: dict[int, FoundProtection] = {}
        self._holdings: Mapping[int, Sequence[FoundParty]] | None = None
        self._named: Mapping[str, tuple[TargetProduct, ...]] = {}
        self._targets: dict[str, FoundTarget | BadIdentifier] = {}
        self._tracks: dict[int, set[Track]] = {}

    def gather(self, codes: Iterable[Code], targets: Iterable[str] = ()) -> None:
        """Read what the next decisions need, in place of what the ones before needed."""
        # What holds control characters is refused before it is looked up, and not every database takes it.
        new = (text for text in targets if text not in self._targets and not has_control_characters(text))
        self._named = targeting.products_named(self._session, {targeting.clean_target(text) for text in new})
        self._organisations = reading_together.organisations_of(self._session, codes)
        ids = {organisation.id for organisation in self._organisations.values()}
        self._authorisations = reading_together.authorisations_of(self._session, ids)
        rights = {each.protection_id for found in self._authorisations.values() for each in found}
        if missing := rights - self._protections.keys():
            self._protections.update(reading.protections_by_id(self._session, missing))
        self._holdings = None

    def organisation_of(self, code: Code) -> FoundOrganisation | None:
        """Return the organisation that a gathered code stands for."""
        return self._organisations.get(code.value)

    def corrections(self, code: str) -> tuple[str, ...]:
        """Return nothing: see the class."""
        del code
        return ()

    def authorisations_of(self, organisation: FoundOrganisation) -> Sequence[FoundAuthorisation]:
        """Return every authorisation of a gathered organisation with its events, oldest first."""
        return self._authorisations.get(organisation.id, ())

    def protections_by_id(self, ids: Collection[int]) -> Mapping[int, FoundProtection]:
        """Return the events of every protection gathered so far, these among them."""
        del ids
        return self._protections

    def holdings_of(self, organisation: FoundOrganisation) -> Sequence[FoundParty]:
        """Return the products that a gathered organisation is a party to; read for all when the first asks."""
        if self._holdings is None:
            self._holdings = reading_together.holdings_of(self._session, self._organisations.values())
        return self._holdings.get(organisation.id, ())

    def find_target(self, text: str) -> FoundTarget:
        """Return the products that a text means, asked once. Raises BadIdentifier."""
        found = self._targets.get(text)
        if found is None:
            try:
                found = targeting.find_target(self._session, text, self._named)
            except BadIdentifier as error:
                found = error
            self._targets[text] = found
        if isinstance(found, BadIdentifier):
            raise found
        return found

    def tracks_of(self, product_id: int) -> set[Track]:
        """Return the tracks in which a product is protected or was, asked once."""
        if product_id not in self._tracks:
            self._tracks[product_id] = super().tracks_of(product_id)
        return self._tracks[product_id]
