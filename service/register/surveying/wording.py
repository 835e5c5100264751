"""What was refused or found of an area, in words: Chinese and English."""

from __future__ import annotations

from service.errors import Finding, UploadRefused, WorkStopped

REFUSED: dict[str, tuple[str, str]] = {
    "empty_file": ("文件是空的", "the file is empty"),
    "too_large": ("文件过大", "the file is too large"),
    "unsupported_type": (
        "不支持这种文件；可用 GeoJSON、KML、KMZ、压缩的 Shapefile（zip）、界址点表（csv）",
        "not supported; use GeoJSON, KML, KMZ, a zipped shapefile or a csv of vertices",
    ),
    "json_syntax": ("不是正确的 JSON", "not well-formed JSON"),
    "xml_syntax": ("不是正确的 XML", "not well-formed XML"),
    "not_kml": ("不是 KML 文件", "not a KML document"),
    "entities_not_allowed": ("KML 中不能有文档类型或实体声明", "no document type or entities in KML"),
    "links_elsewhere": ("KML 引用了别处的内容，请导出为单个文件", "the KML refers to things elsewhere"),
    "bad_encoding": ("文字编码应为 UTF-8", "the text must be UTF-8"),
    "bad_table": ("表格格式有误", "malformed table"),
    "unknown_columns": ("找不到经度、纬度（或东、北坐标）列", "no columns of longitude and latitude"),
    "too_deep": ("嵌套过深", "nested too deeply"),
    "not_finite": ("有无穷大或非数的坐标", "a coordinate is not finite"),
    "bad_coordinate": ("坐标不是数字", "a coordinate is not a number"),
    "mixed_dimensions": ("有的点有高程、有的没有", "some positions have a height and some have none"),
    "out_of_range": (
        "坐标不是经纬度；请声明坐标系",
        "these are no degrees; declare the reference system",
    ),
    "out_of_region": (
        "坐标远离本区（东经 105–111°、北纬 27–33° 之外）；只有跨区产品可以",
        "far from this district, where only products across borders may lie",
    ),
    "swapped_axes": (
        "经纬度（或东、北坐标）次序颠倒",
        "the axes are swapped: longitude (east) comes first",
    ),
    "bad_crs": (
        "坐标系不认识，或其基准（如北京 54、西安 80）没有公开的换算参数",
        "an unknown reference system, or one on a datum that cannot be converted well",
    ),
    "crs_conflict": ("文件所载坐标系与所声明的不同", "the file declares another reference system"),
    "ring_not_closed": ("边界没有闭合：末点应与首点相同", "a ring is not closed"),
    "self_intersection": ("边界自相交", "a ring crosses itself"),
    "invalid_geometry": ("洞在外、环套错或各部分重叠", "a hole outside its shell, or parts that overlap"),
    "features_overlap": ("各图斑互相重叠", "features overlap"),
    "too_thin": (
        "有窄于 0.1 米的部分，取六位小数后会翻折",
        "a part thinner than 0.1 m folds over when rounded",
    ),
    "empty_geometry": ("没有图形，或面积为零", "no geometry, or one without area"),
    "wrong_type": ("只接受面（Polygon、MultiPolygon）", "only polygons are taken"),
    "too_many_features": ("要素过多", "too many features"),
    "too_many_vertices": ("顶点过多（最多 50,000 个）", "too many vertices (50,000 at most)"),
    "properties_too_large": ("属性过大", "the properties are too large"),
    "bad_archive": ("压缩包已损坏", "the archive is damaged"),
    "too_many_members": ("压缩包内文件过多", "too many files in the archive"),
    "too_large_unpacked": ("解压后过大", "too large when unpacked"),
    "doubled_member": ("压缩包内有重名文件", "two files of one name in the archive"),
    "path_outside": ("压缩包内有指向别处的路径", "a path in the archive leads elsewhere"),
    "link_in_archive": ("压缩包内有链接", "a link in the archive"),
    "encrypted": ("压缩包已加密", "the archive is encrypted"),
    "nested_archive": ("压缩包内还有压缩包", "an archive in the archive"),
    "several_layers": (
        "压缩包内不止一个图层，请分开上传",
        "several layers in one archive: send them one by one",
    ),
    "missing_member": ("Shapefile 缺少部件", "a part of the shapefile is missing"),
    "bad_shapefile": ("Shapefile 已损坏", "the shapefile is damaged"),
    "shift_suspected": (
        "图形沿本区边界的走向表明坐标有偏移；请说明坐标基准（GCJ-02、BD-09 还是 WGS 84）",
        "it follows the district's border only when shifted back; say on which datum it stands",
    ),
    "township_not_drawn": ("乡镇界线文件中没有这个乡镇", "the file of township polygons lacks this township"),
    "township_ambiguous": (
        "乡镇界线文件中有不止一个同名乡镇，请改用代码",
        "the file of township polygons has several of this name: use its code",
    ),
    "timed_out": ("读取超时：图形过于复杂", "reading took too long"),
    "out_of_memory": ("读取时内存超限", "reading took too much memory"),
    "result_too_large": ("读出的内容过大", "what was read is too large"),
    "crashed": ("文件无法读取", "the file cannot be read"),
}
"""Why a file was not taken, by problem: words alone, without any of the file."""

_FOUND: dict[str, tuple[str, str]] = {
    "empty": ("没有图形", "there is no geometry"),
    "not_valid": ("图形无效：{reason}", "the geometry is not valid: {reason}"),
    "too_many_vertices": ("顶点 {count} 个，超过 {most} 个", "{count} vertices, more than {most}"),
    "many_vertices": ("顶点较多：{count} 个", "many vertices: {count}"),
    "outside": ("全部在本区之外，最远 {metres} 米", "wholly outside the district, up to {metres} m"),
    "partly_outside": (
        "超出本区 {ha} 公顷，最远 {metres} 米",
        "{ha} ha lie outside the district, up to {metres} m",
    ),
    "across_the_border": ("跨区产品，区外 {ha} 公顷", "across the border: {ha} ha lie outside the district"),
    "area_differs": (
        "计算面积 {computed} 公顷，原文 {stated} 公顷，相差 {percent}%",
        "computed {computed} ha, stated {stated} ha: {percent} %",
    ),
    "box_differs": (
        "与原文经纬度范围不符（原文/图上）：{sides}",
        "off the stated ranges (stated/drawn): {sides}",
    ),
    "box_not_clear": ("原文经纬度范围读不明白，未比对：{words}", "the stated ranges are not clear: {words}"),
    "town_not_covered": ("原文列入、图上未含：{names}", "named by the text, not in the drawing: {names}"),
    "town_not_named": ("图上含有、原文未列：{names}", "in the drawing, not named by the text: {names}"),
    "town_not_ticked": ("原文写到、没有勾选：{names}", "named by the text, not ticked: {names}"),
    "ticked_not_named": ("勾选了、原文没有写到：{names}", "ticked, not named by the text: {names}"),
    "excluded_town_covered": ("原文排除、图上含有：{names}", "excluded by the text, in the drawing: {names}"),
    "town_without_point": ("没有点位、未比对：{names}", "without a point, not compared: {names}"),
    "apart_from_before": ("与上一版图形毫无重叠", "does not touch the geometry before it"),
    "much_changed": (
        "与上一版相差 {percent}%：增 {gained} 公顷、减 {lost} 公顷",
        "{percent} % against the version before: {gained} ha gained, {lost} ha lost",
    ),
    "changed": (
        "比上一版增 {gained} 公顷、减 {lost} 公顷（{percent}%）",
        "{gained} ha gained, {lost} ha lost ({percent} %)",
    ),
    "looks_shifted": (
        "疑为 {datum} 偏移：现沿区界 {as_it_is} 千米，换算后 {moved} 千米",
        "looks shifted ({datum}): {as_it_is} km run along the border now, {moved} km when converted",
    ),
    "datum_not_told": (
        "图形与区界共边不足，无法判断坐标有无偏移",
        "shares too little of the district's border to tell whether it is shifted",
    ),
}

NOTES: dict[str, tuple[str, str]] = {
    "heights_left_out": ("高程已略去", "heights were left out"),
    "text_read_as_gbk": ("属性表没有 .cpg，按 GBK 读入", "the table has no .cpg and was read as GBK"),
    "features_united": ("多个图斑已合为一个产地", "several features were united into one area"),
}
"""What a reader did on its way, in words."""


def refusal(error: UploadRefused | WorkStopped) -> tuple[str, str]:
    """Return why a file was not taken, with the place of the fault and what may help."""
    zh, en = REFUSED.get(error.problem, ("文件无法读取", "the file cannot be read"))
    if isinstance(error, WorkStopped):
        return zh, en
    place = f" [{error.place}]" if error.place else ""
    hint = f"（{error.hint}）" if error.hint else ""
    return f"{zh}{place}{hint}", f"{en}{place}" + (f" ({error.hint})" if error.hint else "")


def finding_words(finding: Finding) -> tuple[str, str]:
    """Return what was found."""
    zh, en = _FOUND[finding.code]
    return zh.format(**finding.facts), en.format(**finding.facts)
