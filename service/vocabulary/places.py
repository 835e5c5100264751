"""Production areas and divisions."""

from __future__ import annotations

from service.vocabulary.entry import Vocabulary


class AreaTier(Vocabulary):
    """How a drawn area relates to the announced text, which alone is the law."""

    TEXT_ONLY = "text_only", "仅有文字，未绘图", "text only, not drawn"
    APPROXIMATE = "approximate", "大致位置（示意）", "about here (sketch)"
    TOWN_UNION = "town_union", "按乡镇合并", "townships combined"
    DRAWN = "drawn", "按资料绘制", "drawn from records"
    PARCEL = "parcel", "地块", "parcels"


class AreaWay(Vocabulary):
    """How the ground of an area's version is entered at the desk."""

    TOWNSHIPS = "townships", "照公告文字勾选乡镇", "townships, as the text names them"
    DRAWING = "drawing", "在图上画", "drawn on the map"
    FILE = "file", "上传文件", "out of a file"
    COORDINATES = "coordinates", "填界址点坐标", "coordinates of boundary points"
    WORDS = "words", "只有文字，不画图", "text only, nothing drawn"


class PointRelation(Vocabulary):
    """What an area is to a point or a township asked about; the announced text and a visit decide."""

    NAMED = "named", "公告文字写到这里", "named in the announced text"
    INSIDE = "inside", "图上在范围内", "inside as drawn"
    ABOUT_HERE = "about_here", "约在此处（示意，不作判断）", "about here (approximate, no verdict)"
    NEARBY = "nearby", "图上在范围外，距离较近", "outside as drawn, nearby"


class Confidence(Vocabulary):
    """How far a depiction can be trusted."""

    HIGH = "high", "高", "high"
    MEDIUM = "medium", "中", "medium"
    LOW = "low", "低", "low"


class DivisionRole(Vocabulary):
    """What an area's text says of a division."""

    INCLUDED = "included", "全部", "included"
    PARTIAL = "partial", "部分", "partly included"
    EXCLUDED = "excluded", "不含", "excluded"


class DivisionKind(Vocabulary):
    """Kinds of administrative division."""

    PROVINCE = "province", "省级", "province"
    PREFECTURE = "prefecture", "地级", "prefecture"
    COUNTY = "county", "县级", "county"
    SUBDISTRICT = "subdistrict", "街道", "subdistrict"
    TOWN = "town", "镇", "town"
    TOWNSHIP = "township", "乡", "township"
    VILLAGE = "village", "村级", "village"


class CodeScheme(Vocabulary):
    """Who issued a division code: the two offices give one township different codes."""

    NBS = "nbs", "统计用区划代码", "statistical code"
    MCA = "mca", "民政区划代码", "civil-affairs code"


class AreaUnit(Vocabulary):
    """Units in which areas are announced; 1 mu is 1/15 hectare."""

    MU = "mu", "亩", "mu"
    HECTARE = "hectare", "公顷", "ha"
    SQUARE_KILOMETRE = "square_kilometre", "平方千米", "km²"

    @property
    def hectares(self) -> float:
        """How many hectares one of this unit is."""
        return {AreaUnit.MU: 1 / 15, AreaUnit.HECTARE: 1.0, AreaUnit.SQUARE_KILOMETRE: 100.0}[self]


class Datum(Vocabulary):
    """What the coordinates of an area referred to when they came in; stored ones are WGS 84 (equal to CGCS2000)."""

    WGS84 = "wgs84", "WGS 84", "WGS 84"
    CGCS2000 = "cgcs2000", "2000 国家大地坐标系", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02（已换算）", "GCJ-02 (converted)"
    BD09 = "bd09", "BD-09（已换算）", "BD-09 (converted)"
    NOT_STATED = "not_stated", "来件未说明，按 WGS 84 读入", "not stated, read as WGS 84"
