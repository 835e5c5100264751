"""The closed lists by name, for people who look a code up: a test keeps every list here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service import vocabulary
from service.vocabulary import Vocabulary
from service.web.wording.choosing import pick

_TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "Track": ("保护途径", "Tracks of protection"),
    "ProtectionState": ("保护状态", "States of a protection"),
    "ProtectionEventKind": ("保护事项", "Events of a protection"),
    "IdentifierScheme": ("保护编号系列", "Series of protection numbers"),
    "PartyRole": ("单位在保护中的身份", "Roles of bodies in a protection"),
    "AuthorisationState": ("使用核准状态", "States of an authorisation"),
    "AuthorisationEventKind": ("使用核准事项", "Events of an authorisation"),
    "AuthorisationBasis": ("使用依据", "Bases of use"),
    "DeregistrationGround": ("注销事由", "Grounds of a deregistration"),
    "Industry": ("产业", "Industries"),
    "HomeRelation": ("与本区的关系", "Relation to this district"),
    "NameRole": ("名称类别", "Kinds of names"),
    "MarkType": ("商标类型", "Types of trademark"),
    "MarkStatus": ("商标状态", "Statuses of a trademark"),
    "BrandKind": ("品牌类别", "Kinds of brand"),
    "TimeHonouredLevel": ("老字号级别", "Levels of time-honoured brands"),
    "TimeHonouredStatus": ("老字号状态", "Statuses of time-honoured brands"),
    "OrganisationKind": ("单位类别", "Kinds of organisation"),
    "OrganisationStatus": ("单位状态", "Statuses of an organisation"),
    "CodeState": ("代码是否现用", "Whether a code is current"),
    "DivisionKind": ("区划级别", "Kinds of division"),
    "DivisionRole": ("区划在产地范围中的地位", "What an area says of a division"),
    "CodeScheme": ("区划代码体系", "Schemes of division codes"),
    "AreaTier": ("产地图形的精度", "How an area is drawn"),
    "AreaUnit": ("面积单位", "Units of area"),
    "Confidence": ("可信程度", "Confidence"),
    "Datum": ("坐标基准", "Datums"),
    "PointRelation": ("地点与产地范围的关系", "Relation of a point to an area"),
    "Issuer": ("发文机关", "Issuers"),
    "AnnouncementKind": ("公告类别", "Kinds of announcement"),
    "DocumentKind": ("文件类别", "Kinds of document"),
    "VerificationLevel": ("来源等级", "Levels of a source"),
    "DatePrecision": ("日期精确程度", "Precision of a date"),
    "ServicePointKind": ("服务网点类别", "Kinds of service point"),
    "ServiceTopic": ("服务事项", "Topics of a service"),
    "WalkInKind": ("来访类别", "Kinds of visitor"),
    "IndicatorNature": ("指标性质", "Nature of an indicator"),
    "LeadKind": ("线索类别", "Kinds of lead"),
    "LeadChannel": ("线索渠道", "Channels of leads"),
    "LeadState": ("线索状态", "States of a lead"),
    "LeadEventKind": ("线索办理事项", "What is done about a lead"),
    "MisuseKind": ("违法使用情形", "Kinds of misuse"),
    "RefusalGround": ("投诉不予受理的情形", "Grounds for refusing a complaint"),
    "Outcome": ("核验结论", "Verdicts"),
    "Reason": ("核验原因", "Reasons of a verdict"),
    "Caution": ("核验提示", "Cautions beside a verdict"),
    "Spelling": ("代码写法的订正", "What was put right in a code"),
    "RecordKind": ("记录种类", "Kinds of record"),
    "DraftState": ("草稿状态", "States of a draft"),
    "Withdrawal": ("撤下方式", "How a record was withdrawn"),
    "Severity": ("检查结果的轻重", "Severity of a finding"),
    "Role": ("角色", "Roles"),
    "StaffAct": ("权限", "Acts at the desk"),
    "WorkList": ("工作清单", "Work lists"),
    "ChangeAct": ("登记更新的动作", "Acts of a change"),
    "ChangeKind": ("登记更新的对象", "Subjects of a change"),
    "ChangeWeight": ("变更的轻重", "Weight of a change"),
    "PageEffect": ("对公众页面的影响", "Effect on a public page"),
    "AnnexKind": ("附件类别", "Kinds of annex"),
    "AnnexField": ("附件的列", "Columns of an annex"),
    "BatchState": ("批次状态", "States of a batch"),
    "RowAction": ("附件每行的处理", "What a row of an annex would do"),
    "ApiAct": ("接口用量类别", "Acts counted at the interface"),
    "ApiScope": ("接口密钥的用途", "Scopes of a key"),
    "WebhookState": ("推送地址状态", "States of a receiver of changes"),
    "Anomaly": ("登记疑点", "Anomalies of the register"),
    "AreaWay": ("产地范围的录入方式", "Ways to enter an area"),
    "ErrandKind": ("导入的后台事项", "Errands of an import"),
    "FigureGap": ("指标没有数值的原因", "Why an indicator has no value"),
    "InspectionOutcome": ("检查结果", "Outcomes of an inspection"),
    "DrawState": ("随机抽取的状态", "States of a random draw"),
    "PublicationTerm": ("检查结果公示期", "How long a result stays public"),
    "ZoneState": ("示范区状态", "States of a demonstration zone"),
    "ZoneEventKind": ("示范区事项", "Events of a demonstration zone"),
    "ZoneCondition": ("示范区条件", "Conditions of a demonstration zone"),
}
"""What people call each list, records and rights first."""


@dataclass(frozen=True, slots=True)
class ClosedList:
    """A closed list: its name in the program, what people call it, and its entries."""

    name: str
    words: tuple[str, str]
    entries: Sequence[Vocabulary]

    def label(self, lang: str) -> str:
        """Return what people call it."""
        return pick(self.words, lang)


LISTS: Final = tuple(
    ClosedList(name, words, tuple(getattr(vocabulary, name))) for name, words in _TITLES.items()
)
