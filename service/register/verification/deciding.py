"""The decision: from what is on record to a verdict.

Precedence: input error, withheld, out_of_scope, not_on_record, choose_product, ambiguous, protection_ended,
not_yet_effective, ended, not_authorised, authorised. Whatever is doubtful is never answered `authorised`.
Source: domain reference 7.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from service.calendar import china_date
from service.errors import BadDay, BadIdentifier
from service.register.verification.codes import Code, read_code
from service.register.verification.reading import FoundAuthorisation, FoundOrganisation, FoundProtection
from service.register.verification.records import Records
from service.register.verification.targeting import FoundTarget, TargetProduct
from service.register.verification.verdict import (
    Choice,
    Fact,
    FactKind,
    Subject,
    Target,
    Verdict,
)
from service.register.verification.weighing import Weighed, evidence_of, facts_of, weigh
from service.vocabulary import Caution, HomeRelation, Outcome, Reason, Track, Withdrawal

_FIRST_YEAR, _LAST_YEAR = 1949, 2100


@dataclass(slots=True)
class _Question:
    """The question with everything that decides how it is read, and what is to be said beside any answer."""

    records: Records
    on: date
    known_at: datetime | None
    known_on: date
    today: date
    now: datetime
    warnings: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whom the code stands for; an authorisation's number asks about that very authorisation."""

    code: str
    organisation: FoundOrganisation | None
    is_authorisation: bool = False
    check_fails: bool = False


def verify(
    session: Session,
    code: str,
    target: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    *,
    now: datetime,
) -> Verdict:
    """Return the verdict for a firm's code, read in the session's one transaction.

    Args:
        session: a reading session; one consistent moment of the register.
        code: a USCC in any spelling people use, or the number of an authorisation.
        target: slug, code, number or name of the product; None asks for the firm's only product.
        on: the China day asked about; None is today.
        known_at: answer as the register stood at this moment; None is now.
        now: the moment of asking.

    Raises:
        BadIdentifier: the code cannot be one (and is not on the register as it stands).
        BadDay: a day or moment that cannot be answered for.
    """
    return decide(Records(session), read_code(code), target, on, known_at, now=now)


def decide(
    records: Records,
    code: Code,
    target: str | None = None,
    on: date | None = None,
    known_at: datetime | None = None,
    *,
    now: datetime,
) -> Verdict:
    """Return the verdict for a code that was read, from these records; else as `verify`."""
    question = _question(records, on, known_at, now)
    asked = _asked(question, code)
    question.warnings = _warnings(question, asked)
    return _decide(question, asked, target)


def _question(records: Records, on: date | None, known_at: datetime | None, now: datetime) -> _Question:
    today = china_date(now)
    if known_at is not None and not _FIRST_YEAR < known_at.year <= _LAST_YEAR:
        raise BadDay("known_at", "out_of_range")
    if known_at is not None and known_at > now:
        raise BadDay("known_at", "future")
    day = on or today
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadDay("on", "out_of_range")
    return _Question(records, day, known_at, china_date(known_at) if known_at else today, today, now)


def _asked(question: _Question, code: Code) -> _Asked:
    organisation = question.records.organisation_of(code)
    if code.check_fails and organisation is None:
        raise BadIdentifier("uscc_checksum", None, question.records.corrections(code.value))
    return _Asked(code.value, _as_known(question, organisation), code.is_authorisation, code.check_fails)


def _as_known(question: _Question, organisation: FoundOrganisation | None) -> FoundOrganisation | None:
    """Return the organisation if it was on record then and has not been taken down."""
    if organisation is None or organisation.withdrawal in {Withdrawal.GONE, Withdrawal.REDIRECT}:
        return None
    if question.known_at is not None and organisation.recorded_at > question.known_at:
        return None
    return organisation


def _warnings(question: _Question, asked: _Asked) -> tuple[Caution, ...]:
    organisation = asked.organisation
    stated = (
        (Caution.FUTURE_DATE, question.on > question.today),
        (Caution.CODE_FAILS_CHECK, asked.check_fails),
        (Caution.HISTORICAL_CODE, organisation is not None and organisation.is_former_code),
        (Caution.DEMONSTRATION, organisation is not None and organisation.is_demonstration),
    )
    return tuple(caution for caution, applies in stated if applies)


def _decide(question: _Question, asked: _Asked, target: str | None) -> Verdict:
    organisation = asked.organisation
    if organisation is not None and organisation.withdrawal is Withdrawal.WITHHELD:
        return _answer(question, Subject(asked.code), Outcome.WITHHELD, Reason.WITHDRAWN_RECORD)
    wanted = question.records.find_target(target) if target else None
    outside = _outside(wanted)
    subject = _subject(asked)
    if outside is not None:
        return _out_of_scope(question, subject, outside)
    if organisation is None:
        return _answer(question, subject, Outcome.NOT_ON_RECORD, Reason.WELL_FORMED_UNKNOWN)
    authorisations = _known(question, question.records.authorisations_of(organisation))
    return _for_organisation(question, asked, organisation, authorisations, wanted)


def _subject(asked: _Asked) -> Subject:
    organisation = asked.organisation
    if organisation is None:
        return Subject(asked.code)
    return Subject(asked.code, organisation.name, organisation.code, organisation.is_demonstration)


def _outside(wanted: FoundTarget | None) -> TargetProduct | None:
    """Return the target when all it can mean lies outside this district."""
    if wanted is None or not wanted.is_exact or not wanted.products:
        return None
    outside = [product for product in wanted.products if product.home_relation is HomeRelation.OUTSIDE]
    return outside[0] if len(outside) == len(wanted.products) else None


def _out_of_scope(question: _Question, subject: Subject, product: TargetProduct) -> Verdict:
    fact = Fact(FactKind.OUTSIDE, product.name, detail=product.place)
    target = Target(product.slug, product.name)
    return _answer(
        question, subject, Outcome.OUT_OF_SCOPE, Reason.OTHER_DISTRICT, target=target, facts=(fact,)
    )


def _known(question: _Question, found: Sequence[FoundAuthorisation]) -> list[FoundAuthorisation]:
    """Return the authorisations that were on record at the moment asked about and have not been taken down."""
    return [
        authorisation
        for authorisation in found
        if authorisation.withdrawal in {None, Withdrawal.WITHHELD}
        and authorisation.is_on_view
        and (
            question.known_at is None
            or any(fact.recorded_at <= question.known_at for fact in authorisation.facts)
        )
    ]


def _for_organisation(
    question: _Question,
    asked: _Asked,
    organisation: FoundOrganisation,
    authorisations: Sequence[FoundAuthorisation],
    wanted: FoundTarget | None,
) -> Verdict:
    subject = _subject(asked)
    shown = [each for each in authorisations if each.withdrawal is None]
    if wanted is not None and not wanted.is_exact:
        return _unclear(question, subject, shown, wanted)
    relevant = _relevant(asked, authorisations, wanted)
    if any(authorisation.withdrawal is Withdrawal.WITHHELD for authorisation in relevant):
        return _answer(question, Subject(asked.code), Outcome.WITHHELD, Reason.WITHDRAWN_RECORD)
    if not relevant:
        return _none_for_it(question, subject, organisation, shown, wanted)
    weighed = _weigh_all(question, organisation, relevant)
    if len({each.authorisation.product_id for each in weighed}) > 1:
        return _choose(question, subject, weighed, wanted)
    best = min(weighed, key=lambda each: each.rank)
    verdict = _weighed_answer(question, subject, best)
    if not asked.is_authorisation or best.outcome is Outcome.AUTHORISED:
        return verdict
    # The number asked about does not carry the mark; what else the firm has for the product is offered beside.
    others = [
        each for each in shown if each.product_id == best.authorisation.product_id and each not in relevant
    ]
    return verdict._replace(choices=_choices(_weigh_all(question, organisation, others)))


def _relevant(
    asked: _Asked, authorisations: Sequence[FoundAuthorisation], wanted: FoundTarget | None
) -> list[FoundAuthorisation]:
    """Return the authorisations that the question is about."""
    if wanted is None:
        return [each for each in authorisations if not asked.is_authorisation or each.code == asked.code]
    meant = {product.id for product in wanted.products}
    rights = wanted.protections
    return [
        each
        for each in authorisations
        if each.product_id in meant and (rights is None or each.protection_id in rights)
    ]


def _weigh_all(
    question: _Question, organisation: FoundOrganisation, relevant: Sequence[FoundAuthorisation]
) -> list[Weighed]:
    ids = {authorisation.protection_id for authorisation in relevant}
    protections = question.records.protections_by_id(ids)
    nothing = FoundProtection()
    return [
        weigh(
            authorisation,
            protections.get(authorisation.protection_id, nothing),
            organisation,
            on=question.on,
            known_at=question.known_at,
            known_on=question.known_on,
        )
        for authorisation in relevant
    ]


def _choose(
    question: _Question, subject: Subject, weighed: Sequence[Weighed], wanted: FoundTarget | None
) -> Verdict:
    is_name = wanted is not None and wanted.protections is None
    outcome = Outcome.AMBIGUOUS if is_name else Outcome.CHOOSE_PRODUCT
    reason = Reason.SEVERAL_MATCHES if is_name else Reason.SEVERAL_PRODUCTS
    return _answer(question, subject, outcome, reason, choices=_choices(weighed))


def _choices(weighed: Sequence[Weighed]) -> tuple[Choice, ...]:
    """Return each product once, with the best of what the firm has for it."""
    best: dict[int, Weighed] = {}
    for each in sorted(weighed, key=lambda each: each.rank):
        best.setdefault(each.authorisation.product_id, each)
    return tuple(
        Choice(each.authorisation.product_slug, each.authorisation.product_name, each.outcome, each.reason)
        for _, each in sorted(best.items())
    )


def _unclear(
    question: _Question,
    subject: Subject,
    authorisations: Sequence[FoundAuthorisation],
    wanted: FoundTarget,
) -> Verdict:
    """Answer a target that names several products, or none: offer what is near and what the firm has."""
    own = {authorisation.product_slug: authorisation.product_name for authorisation in authorisations}
    near = {product.slug: product.name for product in wanted.products}
    choices = tuple(Choice(slug, name) for slug, name in {**near, **own}.items())
    reason = Reason.SEVERAL_MATCHES if wanted.is_exact else Reason.TARGET_UNKNOWN
    return _answer(question, subject, Outcome.AMBIGUOUS, reason, choices=choices)


def _none_for_it(
    question: _Question,
    subject: Subject,
    organisation: FoundOrganisation,
    authorisations: Sequence[FoundAuthorisation],
    wanted: FoundTarget | None,
) -> Verdict:
    """Answer for a firm without an authorisation for the product: never, for another, or only as a holder."""
    if wanted is not None and len(wanted.products) > 1:
        return _unclear(question, subject, authorisations, wanted)
    product = wanted.products[0] if wanted and wanted.products else None
    target = Target(product.slug, product.name) if product else None
    names = dict.fromkeys(authorisation.product_name for authorisation in authorisations)
    facts = [Fact(FactKind.AUTHORISED_FOR, name) for name in names]
    held = question.records.holdings_of(organisation)
    if product is not None:
        held = [party for party in held if party.product_id == product.id]
        if question.records.tracks_of(product.id) == {Track.AGRI_GI}:
            facts.append(Fact(FactKind.AGRICULTURAL_ONLY, product.name))
    facts += [Fact(FactKind.HOLDER, party.product_name, detail=party.role.value) for party in held]
    reason = Reason.HOLDER_ONLY if held else Reason.OTHER_PRODUCT if names else Reason.NEVER
    return _answer(question, subject, Outcome.NOT_AUTHORISED, reason, target=target, facts=tuple(facts))


def _weighed_answer(question: _Question, subject: Subject, weighed: Weighed) -> Verdict:
    authorisation = weighed.authorisation
    target = Target(authorisation.product_slug, authorisation.product_name, authorisation.track.value)
    if authorisation.home_relation is HomeRelation.OUTSIDE:
        product = TargetProduct(
            authorisation.product_id,
            authorisation.product_slug,
            authorisation.product_name,
            authorisation.home_relation,
            authorisation.place,
        )
        return _out_of_scope(question, subject, product)
    return _answer(
        question,
        subject,
        weighed.outcome,
        weighed.reason,
        target=target,
        caution=weighed.caution,
        facts=facts_of(weighed),
        evidence=evidence_of(weighed),
    )


def _answer(  # noqa: PLR0913  (a verdict has these parts)
    question: _Question,
    subject: Subject,
    outcome: Outcome,
    reason: Reason,
    *,
    target: Target | None = None,
    caution: Caution | None = None,
    choices: tuple[Choice, ...] = (),
    facts: tuple[Fact, ...] = (),
    evidence: tuple = (),  # type: ignore[type-arg]
) -> Verdict:
    return Verdict(
        outcome=outcome,
        reason=reason,
        as_of=question.on,
        checked_at=question.now,
        known_at=question.known_at,
        subject=subject,
        data_version=question.records.data_version(),
        target=target,
        caution=caution,
        warnings=question.warnings,
        choices=choices,
        facts=facts,
        evidence=evidence,
    )
