"""Authorisations to use the special mark."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class AuthorisationBasis(Vocabulary):
    """Why somebody may use the special mark. Source: announcement 354 of 2020, lawful users."""

    APPROVED_PRODUCER = "approved_producer", "经公告核准的生产者", "approved producer"
    COLLECTIVE_MEMBER = "collective_member", "集体商标注册人成员", "collective member"
    CERTIFICATION_LICENSEE = "certification_licensee", "证明商标被许可人", "certification licensee"
    CNIPA_RECORDED = "cnipa_recorded", "经国家知识产权局登记备案的使用人", "recorded by CNIPA"


class AuthorisationEventKind(Vocabulary):
    """What can happen to an authorisation; events are only ever added."""

    GRANTED = "granted", "核准使用", "granted"
    CHANGED = "changed", "变更", "changed"
    PUT_UNDER_CORRECTION = "put_under_correction", "责令限期改正", "put under correction"
    CORRECTION_CLOSED = "correction_closed", "改正完成", "correction closed"
    DEREGISTERED = "deregistered", "注销", "deregistered"
    ENTRY_VOIDED = "entry_voided", "登记更正（撤回误录）", "entry voided"


class AuthorisationState(Vocabulary):
    """The state of an authorisation on a day, as known at a moment."""

    NOT_RECORDED = "not_recorded", "尚无记录", "not recorded"
    NOT_YET_EFFECTIVE = "not_yet_effective", "尚未生效", "not yet effective"
    ACTIVE = "active", "有效", "active"
    UNDER_CORRECTION = "under_correction", "有效（限期改正中）", "active, under correction"
    ENDED = "ended", "已终止", "ended"


class DeregistrationGround(Vocabulary):
    """Why an authorisation ended. The first six are Order 80 art. 31, in its order."""

    BUSINESS_LICENCE_CANCELLED = (
        "business_licence_cancelled_or_revoked",
        "营业执照被注销或者吊销",
        "business licence cancelled or revoked",
    )
    PRODUCTION_PERMIT_CANCELLED = (
        "production_permit_cancelled_or_revoked",
        "相关生产许可证被注销或者吊销",
        "production permit cancelled or revoked",
    )
    MOVED_OUT_OF_AREA = "moved_out_of_area", "已迁出产地范围", "moved out of the area"
    CEASED_PRODUCING = "ceased_producing", "已不再从事该产品的生产", "ceased producing"
    OFF_STANDARD = (
        "off_standard_not_corrected_in_time",
        "未按标准生产且限期未改正",
        "off standard and not corrected in time",
    )
    UNUSED_TWO_YEARS = (
        "unused_two_years_not_corrected_in_time",
        "两年内未使用专用标志且限期未改正",
        "unused for two years and not corrected in time",
    )
    LICENCE_ENDED = "licence_ended", "许可使用期满", "licence ended"
    PROTECTION_ENDED = "protection_ended", "地理标志保护终止", "protection ended"
    HOLDER_CANCELLED = "holder_cancelled", "权利人取消使用资格", "cancelled by the holder"
    VOLUNTARY = "voluntary", "使用人申请注销", "at the user's request"


GROUNDS_AFTER_CORRECTION = frozenset(
    {DeregistrationGround.OFF_STANDARD, DeregistrationGround.UNUSED_TWO_YEARS}
)
"""Grounds that need an earlier correction order whose deadline has passed. Source: Order 80 art. 31(5), (6)."""
