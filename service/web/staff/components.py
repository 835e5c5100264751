"""The pattern page: each component of the pages with its states, for those who change them.

Its records are made up here and stand in no register. It stands behind the sign-in like everything under /staff: one
rule without an exception is easier to keep than one with.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from service.register.lookups.summaries import IndicatorRow
from service.register.models import Indicator, IndicatorValue, Source
from service.register.verification.verdict import (
    Choice,
    Evidence,
    Fact,
    FactKind,
    FactSource,
    Subject,
    Target,
    Verdict,
)
from service.vocabulary import (
    AuthorisationState,
    Caution,
    IndicatorNature,
    LeadKind,
    Outcome,
    ProtectionState,
    Reason,
    StaffAct,
    Track,
    VerificationLevel,
)
from service.web.forms import Fault
from service.web.staff.desk import Desk, reads

router = APIRouter()

_NOW: Final = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)
_DAY: Final = date(2026, 1, 31)
_CODE: Final = "93500114MA0TERT081"
_SOURCE: Final = FactSource(None, None, None, VerificationLevel.DEMONSTRATION)
_VERDICTS: Final = (
    (Outcome.AUTHORISED, Reason.IN_FORCE, None),
    (Outcome.AUTHORISED, Reason.IN_FORCE, Caution.UNDER_CORRECTION),
    (Outcome.NOT_AUTHORISED, Reason.NEVER, None),
    (Outcome.ENDED, Reason.DEREGISTERED, None),
    (Outcome.NOT_YET_EFFECTIVE, Reason.EFFECTIVE_LATER, None),
    (Outcome.PROTECTION_ENDED, Reason.PROTECTION_NOT_IN_FORCE, None),
    (Outcome.CHOOSE_PRODUCT, Reason.SEVERAL_PRODUCTS, None),
    (Outcome.AMBIGUOUS, Reason.TARGET_UNKNOWN, None),
    (Outcome.NOT_ON_RECORD, Reason.WELL_FORMED_UNKNOWN, None),
    (Outcome.OUT_OF_SCOPE, Reason.OTHER_DISTRICT, None),
    (Outcome.WITHHELD, Reason.WITHDRAWN_RECORD, None),
)


@router.get("/staff/components")
def components(desk: Annotated[Desk, reads(StaffAct.SEE_DESK)]) -> HTMLResponse:
    """Return every component in each of its states."""
    return desk.show(
        "staff/components.html",
        verdicts=[_verdict(*each) for each in _VERDICTS],
        tracks=tuple(Track),
        states=tuple(ProtectionState) + tuple(AuthorisationState),
        levels=tuple(VerificationLevel),
        indicators=[
            _indicator("none"),
            _indicator("half", (None, 120.0, None)),
            _indicator("whole", (3.1, None, None), (4.4, 44.0, 10.0)),
        ],
        kinds=tuple(LeadKind),
        faults={
            "code": Fault("code", "too_long", 60),
            "kind": Fault("kind", "kind_missing", path="/staff/records"),
        },
        form_faults={
            "code": SimpleNamespace(
                field="code", text="代码校验不通过，请核对。", hints=(), corrections=(_CODE,), is_text=True
            )
        },
        day=_DAY,
    )


def _verdict(outcome: Outcome, reason: Reason, caution: Caution | None) -> Verdict:
    is_asking = outcome in {Outcome.CHOOSE_PRODUCT, Outcome.AMBIGUOUS}
    is_named = outcome not in {Outcome.NOT_ON_RECORD, Outcome.WITHHELD}
    facts = (
        Fact(FactKind.GRANTED, "示例产品", _DAY, source=_SOURCE),
        Fact(FactKind.DEREGISTERED, "示例产品", _DAY, source=_SOURCE),
    )
    return Verdict(
        outcome=outcome,
        reason=reason,
        as_of=_DAY,
        checked_at=_NOW,
        known_at=None,
        subject=Subject(_CODE, "示例单位" if is_named else None),
        data_version=1,
        target=Target("shili", "示例产品") if is_named and not is_asking else None,
        caution=caution,
        warnings=(Caution.DEMONSTRATION,),
        choices=(Choice("shili", "示例产品", Outcome.AUTHORISED), Choice("shili-er", "示例产品二"))
        if is_asking
        else (),
        facts=facts if outcome in {Outcome.AUTHORISED, Outcome.ENDED} else (),
        evidence=(Evidence("shili-1", "示例公告第1号", "other", _DAY, None),) if facts and is_named else (),
    )


def _indicator(code: str, *values: tuple[float | None, float | None, float | None]) -> IndicatorRow:
    """Return a made-up indicator with values (value, numerator, denominator), one a year."""
    source = Source(level=VerificationLevel.DEMONSTRATION, citation="示例数据，为演示而虚构")
    indicator = Indicator(
        code=code,
        name="示例指标",
        name_en="Demonstration indicator",
        formula="示例分子 ÷ 示例分母",
        unit="件",
        nature=IndicatorNature.EXPECTED,
        target=5.0,
        target_year=2030,
        is_demonstration=True,
        source=source,
    )
    return IndicatorRow(
        indicator,
        tuple(
            IndicatorValue(as_of=date(2024 + at, 12, 31), value=value, numerator=above, denominator=below)
            for at, (value, above, below) in enumerate(values)
        ),
    )
