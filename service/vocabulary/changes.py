"""What was published, and how grave a change is."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class ChangeKind(Vocabulary):
    """What a published change is about: one entry for a record and all that happens to it."""

    AUTHORISATION = "authorisation", "使用核准", "authorisation"
    PROTECTION = "protection", "保护", "protection"
    AREA = "area", "产地范围", "production area"
    TRADEMARK = "trademark", "商标", "trademark"
    ORGANISATION = "organisation", "单位", "organisation"
    PRODUCT = "product", "地理标志", "geographical indication"


class ChangeAct(Vocabulary):
    """What a publication did to a record."""

    CREATED = "created", "新增", "new"
    CHANGED = "changed", "变更", "changed"
    WITHDRAWN = "withdrawn", "撤下", "withdrawn"


class ChangeWeight(Vocabulary):
    """What a publication does to a record. Source: Order 80 art. 26 (major: name, area, quality, form)."""

    NEW = "new", "新登记", "new record"
    MINOR = "minor", "一般变更", "minor change"
    MAJOR = "major", "重大变更", "major change"
    CORRECTION = "correction", "更正", "correction"
    WITHDRAWN = "withdrawn", "撤下", "withdrawal"
    RESTORED = "restored", "恢复公开", "restored"


class PageEffect(Vocabulary):
    """What a publication does to a page of the public site."""

    APPEARS = "appears", "新增公开", "appears"
    CHANGES = "changes", "内容变化", "changes"
    DISAPPEARS = "disappears", "不再公开", "disappears"
