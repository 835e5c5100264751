"""Trademarks and the brands that stand on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from seed.synthetic import naming
from seed.synthetic.naming import NOTE, SOURCE, THINGS
from seed.synthetic.permissions import code_of
from seed.synthetic.sizes import Sizes
from service.calendar import term_end
from service.register.payloads import BrandPayload, TrademarkPayload
from service.vocabulary import BrandKind, MarkStatus, MarkType, VerificationLevel

_DEMONSTRATION = VerificationLevel.DEMONSTRATION
_MARKS_PER_BRAND = 200
_SECOND_CLASS_EVERY = 20
_WITHOUT_CODE_EVERY = 3
_STATUSES = (*(MarkStatus.REGISTERED,) * 8, MarkStatus.APPLIED, MarkStatus.CANCELLED, MarkStatus.INVALIDATED)
_KINDS = (BrandKind.ENTERPRISE, BrandKind.ENTERPRISE, BrandKind.REGIONAL_PUBLIC, BrandKind.TRADITIONAL)


def trademarks(sizes: Sizes) -> Iterator[TrademarkPayload]:
    """Yield the trademarks; now and then one number stands for two classes, and names come twice."""
    random = sizes.random("trademarks")
    name = ""
    for number in range(sizes.trademarks):
        repeats = number % _SECOND_CLASS_EVERY == _SECOND_CLASS_EVERY - 1
        name = name if repeats else f"示例{naming.random_word(random, random.choice((2, 2, 3)))}"
        yield _trademark(random, sizes, number - repeats, name, is_second_class=repeats)


def _trademark(
    random: Random, sizes: Sizes, number: int, name: str, *, is_second_class: bool
) -> TrademarkPayload:
    thing = THINGS[random.randrange(len(THINGS))]
    status = random.choice(_STATUSES)
    applied = date(2004, 1, 1) + timedelta(days=random.randrange(7_900))
    registered = (
        applied + timedelta(days=random.randrange(270, 500)) if status is not MarkStatus.APPLIED else None
    )
    owner = random.randrange(sizes.organisations) if sizes.organisations else None
    has_code = owner is not None and number % _WITHOUT_CODE_EVERY > 0
    nice_class = thing.nice_class % 45 + 1 if is_second_class else thing.nice_class
    return TrademarkPayload(
        registration_no=naming.trademark_number(number),
        # The second class is that of services, which no thing here has.
        nice_class=35 if is_second_class else nice_class,
        name=name,
        name_en=f"Demonstration {thing.en} {number} (fictional)" if number % 4 == 0 else None,
        mark_type=MarkType.ORDINARY,
        goods=f"示例商品：{thing.zh}{NOTE}",
        registrant_name=naming.organisation_name(owner, code_of(owner)[:2])
        if owner is not None
        else f"示例人{NOTE}",
        registrant=code_of(owner) if owner is not None and has_code else None,
        division="qianjiang",
        status=status,
        applied_on=applied,
        registered_on=registered,
        term_first_day=registered,
        term_last_day=term_end(registered) if registered else None,
        is_demonstration=True,
        source=SOURCE,
        source_level=_DEMONSTRATION,
    )


def brand_count(sizes: Sizes) -> int:
    """Return how many brands there are: one for two hundred trademarks."""
    return -(-sizes.trademarks // _MARKS_PER_BRAND)


def brands(sizes: Sizes) -> Iterator[BrandPayload]:
    """Yield the brands, each on one trademark and, where there is one, a product."""
    random = sizes.random("brands")
    for number in range(brand_count(sizes)):
        owner = random.randrange(sizes.organisations) if sizes.organisations else None
        product = random.randrange(sizes.products) if sizes.products else None
        yield BrandPayload(
            slug=f"shili-brand-{number:06d}",
            name=f"示例{naming.word(number, 3)}",
            name_en=f"Demonstration Brand {number} (fictional)",
            brand_kind=_KINDS[number % len(_KINDS)],
            owner_name=naming.organisation_name(owner, code_of(owner)[:2]) if owner is not None else None,
            owner=code_of(owner) if owner is not None else None,
            description=f"示例品牌，为测试而虚构{NOTE}",
            trademarks=(naming.trademark_number(number * _MARKS_PER_BRAND),),
            products=(naming.product_code(product),) if product is not None else (),
            is_demonstration=True,
            source=SOURCE,
            source_level=_DEMONSTRATION,
        )
