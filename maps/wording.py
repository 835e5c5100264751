"""Every word a map prints by itself, Chinese and English; registry text never stands here."""

from typing import Final

_CHINESE: Final = 0
_ENGLISH: Final = 1

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "track.gi_product": ("地理标志产品", "GI product"),
    "track.gi_trademark": ("地理标志商标", "GI trademark"),
    "track.agri_gi": ("农产品地理标志", "Agricultural GI"),
    "track.unified": ("统一认定地理标志", "Unified GI"),
    "tier.text_only": ("仅有文字，未绘图", "text only, not drawn"),
    "tier.approximate": ("大致位置（示意）", "about here (sketch)"),
    "tier.town_union": ("按乡镇合并", "townships combined"),
    "tier.drawn": ("按资料绘制", "drawn from records"),
    "tier.parcel": ("地块", "parcels"),
    "place.named_township": ("文字列出的乡镇、街道", "Township named in the text"),
    "place.township": ("乡镇、街道（点位）", "Township (point)"),
    "place.other": ("其他乡镇、街道（点位）", "Other township (point)"),
    "place.user_site": ("用标企业", "Authorised user"),
    "place.service_point": ("服务点", "Service point"),
    "place.here": ("所查位置", "The place asked about"),
    "layer.outline": ("区界", "District outline"),
    "layer.areas": ("产区", "Production areas"),
    "layer.counts": ("产区数目", "Numbers of areas"),
    "layer.townships": ("乡镇、街道", "Townships"),
    "layer.named_townships": ("文字列出的乡镇、街道", "Townships named in the text"),
    "layer.user_sites": ("用标企业", "Authorised users"),
    "layer.service_points": ("服务点", "Service points"),
    "map.label": ("产区地图", "Map of production areas"),
    "map.legend": ("图例", "Legend"),
    "basemap.tiles": ("底图：本站瓦片", "Basemap: own tiles"),
    "basemap.tianditu": ("底图：天地图", "Basemap: Tianditu"),
    "change.gained": ("新划入", "Gained"),
    "change.lost": ("划出", "Lost"),
    "change.kept": ("未变", "Kept"),
    "map.areas": ("图上产区", "Areas on this map"),
    "map.here": ("此处的产区", "Areas at this place"),
    "map.nothing_here": ("此处没有已登记的产区。", "No registered area at this place."),
    "map.looking": ("正在查此处的产区…", "Looking up the areas at this place…"),
    "map.filtered_out": ("不在当前筛选内", "outside the present filters"),
    "map.near_edge": ("位置距图上边界约 {m} 米", "about {m} m from the drawn boundary"),
    "map.version": ("第 {n} 版", "version {n}"),
    "map.many": (
        "这个范围内有 {n} 个产区，图上按位置合计；放大后逐个画出。",
        "{n} areas lie within this view and are counted by place; zoom in to see each.",
    ),
    "map.some": (
        "有 {n} 个产区伸进这个范围；画出的是中心在此的，点一处可查全部。",
        "{n} areas reach into this view; those centred here are drawn. Press a place to see all that cover it.",
    ),
    "map.counted": ("按位置合计", "counted by place"),
    "map.count": ("个产区，按下放大", "areas, press to zoom in"),
    "map.locate": ("我的位置", "My position"),
    "map.position": ("我的位置（只在本机使用，不发送）", "My position (stays on this device, is not sent)"),
    "map.no_position": (
        "没有取得位置：可能未获允许，或设备不支持。",
        "No position: permission refused, or not supported.",
    ),
    "map.outside": ("您的位置不在图上范围内。", "Your position lies outside this map."),
    "map.keyboard": (
        "方向键移动，加减键缩放，回车键查看图中央的产区。",
        "Arrow keys move, plus and minus zoom, Enter asks what covers the middle of the map.",
    ),
    "map.reload_error": (
        "没有取得这一日期的范围，请稍后重试。",
        "The areas of that day could not be loaded. Try again later.",
    ),
    "map.not_drawn": ("未绘图，以公告文字为准", "not drawn; the announcement's text applies"),
    "map.details": ("查看详情", "Details"),
    "map.close": ("关闭", "Close"),
    "map.loading": ("地图载入中…", "Loading the map…"),
    "map.error": (
        "部分地图数据未能载入，请稍后重试；页面上的列表仍然有效。",
        "Some map data could not be loaded. Try again later; the lists on this page still hold.",
    ),
    "map.caveat": (
        "图上边界为示意，请以公告文字和现场核验为准。",
        "Boundaries are indicative; the announcement's text and an inspection on site decide.",
    ),
    "map.zoom_in": ("放大", "Zoom in"),
    "map.zoom_out": ("缩小", "Zoom out"),
    "map.full_screen": ("全屏查看", "Full screen"),
    "map.leave_full_screen": ("退出全屏", "Leave full screen"),
    "map.whole": ("回到全图", "Whole map"),
    "map.approval": ("审图号：", "Map approval no. "),
    "map.sketch": ("示意", "sketch"),
    "map.empty": ("没有可以绘制的范围", "Nothing to draw"),
    "map.kilometres": ("公里", "km"),
    "map.metres": ("米", "m"),
    "map.north": ("北", "N"),
    "map.cluster": ("处，点击展开", "places, press to open"),
}


def say(key: str, lang: str = "zh-CN") -> str:
    """Return the wording of `key` in Chinese, or in English when `lang` begins with "en".

    Raises:
        KeyError: the key is not in the table; a layer may only be named by a key of this table.
    """
    return _WORDS[key][_ENGLISH if lang.startswith("en") else _CHINESE]


def sayings(prefix: str, lang: str) -> dict[str, str]:
    """Return all wordings whose key begins with `prefix` and a dot, keyed by the rest of the key."""
    start = f"{prefix}."
    return {key.removeprefix(start): say(key, lang) for key in _WORDS if key.startswith(start)}
