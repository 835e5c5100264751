"""One record, one truth (I-22): marks, brands, announcements, service points."""

from __future__ import annotations

import re

from plain_facts import BASE, day, every, facts, linked, parts, public, said

from service.vocabulary import MarkStatus, TimeHonouredStatus


def test_every_trademark_says_the_same_everywhere(client, tables):
    rows = public(tables["trademarks"])
    listed = {each["id"]: each for each in every(client, "/api/v1/trademarks")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        address = row["url"].removeprefix(BASE)
        single = {each["id"]: each for each in client.get(f"/api/v1{address}").json()["items"]}
        for answer in (listed[row["id"]], single[row["id"]]):
            assert answer["status"]["code"] == row["status"]
            for name in ("registration_no", "nice_class", "name", "registrant", "registered_on"):
                assert answer[name] == row[name], (address, name)
            for name in ("term_first_day", "term_last_day", "goods"):
                assert answer[name] == row[name], (address, name)
        cards = re.findall(r'<article class="gi-card">(.*?)</article>', client.get(address).text, re.DOTALL)
        card = next(each for each in cards if f"第 {row['nice_class']} 类</h2>" in each)
        told = facts(card)
        assert said(re.search(r"</h2>(.*?)</div>", card, re.DOTALL)[1]) == MarkStatus(row["status"]).zh
        assert told["注册人"] == [row["registrant"]]
        assert told.get("注册日期", [None]) == [day(row["registered_on"])]
        first, last = day(row["term_first_day"]), day(row["term_last_day"])
        term = f"{first} 至 {last}" if first and last else f"至 {last}" if last else "没有记录"
        assert told["专用期限"] == [term], address


def test_every_brand_says_the_same_everywhere(client, tables):
    for row in public(tables["brands"]):
        page = client.get(row["url"].removeprefix(BASE)).text
        document = linked(page)[0]
        assert (document["name"], document["url"]) == (row["name"], row["url"])
        assert facts(page)["所有人"] == [row["owner"] or "没有记录"]
        honours = re.findall(r"<h3>(.*?)</h3>(.*?)</div>", page, re.DOTALL)
        shown = [said(status) for _, status in honours]
        codes = [each.partition(":")[2] for each in parts(row["honours"])]
        assert shown == [TimeHonouredStatus(code).zh for code in codes]


def test_every_announcement_says_the_same_everywhere(client, tables):
    rows = public(tables["announcements"])
    listed = {each["id"]: each for each in every(client, "/api/v1/announcements")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        answer, told = listed[row["id"]], facts(client.get(row["url"].removeprefix(BASE)).text)
        assert (answer["code"], answer["number_as_printed"], answer["title"]) == (
            row["code"],
            row["number"],
            row["title"],
        )
        assert answer["published_on"] == row["published_on"]
        assert told["公告号"] == [row["number"]]
        assert told["公布日期"] == [day(row["published_on"]) or "日期不详"]


def test_every_service_point_says_the_same_everywhere(client, tables):
    rows = [row for row in public(tables["service-points"]) if row["closed_on"] is None]
    listed = {each["id"]: each for each in every(client, "/api/v1/service-points")}
    assert listed.keys() == {row["id"] for row in rows}
    page = client.get("/service-points").text
    documents = {each["identifier"]: each for each in linked(page)}
    features = {each["id"]: each for each in client.get("/data/service-points.geojson").json()["features"]}
    for row in rows:
        card = re.search(rf'<li class="gi-card" id="{row["code"]}">(.*?)</li>', page, re.DOTALL)[1]
        answer, place = listed[row["id"]], documents[row["code"]]["availableChannel"]["serviceLocation"]
        for name, label in (("address", "地址"), ("hours", "时间"), ("telephone", "电话")):
            assert answer[name] == row[name]
            assert facts(card).get(label, [None]) == [row[name]]
        assert place.get("address") == row["address"]
        point = [row["longitude"], row["latitude"]]
        assert [answer["longitude"], answer["latitude"]] == point
        geo, shape = place.get("geo"), features[row["id"]]["geometry"]
        assert (geo and [geo["longitude"], geo["latitude"]]) == (point if point[0] else None)
        assert (shape and shape["coordinates"]) == (point if point[0] else None)
