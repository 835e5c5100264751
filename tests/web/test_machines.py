"""What machines read: it parses, and it says what the page says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from conftest import NOW
from defusedxml import ElementTree
from starlette.testclient import TestClient

from service.app import create_app
from service.calendar import FixedClock
from service.register.lookups.directory import KINDS
from service.settings import Settings
from service.vocabulary import AuthorisationState, ProtectionState
from service.web.public import directory
from service.web.templating import _script_data

_DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_PRODUCTS = ("shili-yunwuguo", "shili-shuangtujun", "shili-jiuyaotao", "shili-xipanmi", "qianjiang-mihoutao")
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def linked(client, path: str) -> list[dict]:
    return [json.loads(found) for found in _DATA.findall(client.get(path).text)]


def _values(document: dict) -> dict[str, str]:
    return {each["propertyID"]: each["value"] for each in document.get("additionalProperty", [])}


@pytest.mark.parametrize("slug", _PRODUCTS)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_product_s_document_says_what_page_and_api_say(client, slug: str, prefix: str) -> None:
    (document,) = linked(client, f"{prefix}/gi/{slug}")
    page = unescape(client.get(f"{prefix}/gi/{slug}").text)
    main = page[page.index("<main") :]
    told = client.get(f"/api/v1/gi/{slug}").json()
    name = told["name_en"] if prefix and told["name_en"] else told["name"]
    assert (document["@type"], document["name"], document["identifier"]) == ("Product", name, told["code"])
    assert document["url"] == f"http://127.0.0.1:8000{prefix}/gi/{slug}"
    assert _values(document).get("isDemonstration") == ("true" if told["is_demonstration"] else None)
    rights = document.get("hasCertification", [])
    assert len(rights) == len(told["protections"])
    for right, known in zip(rights, told["protections"], strict=True):
        state = ProtectionState(known["state"]["code"])
        assert _values(right)["legalState"] == state.value
        assert _values(right)["verificationLevel"] == known["source"]["level"]["code"]
        is_active = state in {ProtectionState.IN_FORCE, ProtectionState.IN_GRACE}
        assert right["certificationStatus"].endswith("CertificationActive") == is_active
        assert right.get("validFrom") == (known["since"] if is_active else None)
        assert right.get("expires") == known["until"]
        assert state.label("en" if prefix else "zh").lower() in main.lower()
        assert set(right.get("certificationIdentification", [])) == {
            number["as_printed"] for number in known["numbers"]
        }


def test_every_authorisation_s_document_has_the_state_of_its_page(client) -> None:
    items = client.get("/api/v1/authorisations?limit=100").json()["items"]
    assert {item["state"]["code"] for item in items} > {"active", "ended"}
    for item in items:
        path = f"/authorisations/{item['code']}"
        (document,) = linked(client, path)
        state = AuthorisationState(item["state"]["code"])
        assert _values(document)["legalState"] == state.value
        assert state.zh in client.get(path).text
        assert document["certificationIdentification"] == item["code"]
        usable = state in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION}
        assert document["certificationStatus"].endswith("CertificationActive") == usable
        assert document["about"][0]["name"] == item["product"]["name"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "WebSite"),
        ("/organisations/93500114MA0TERT081", "Organization"),
        ("/brands/shili-shanpin", "Brand"),
        ("/places/qianjiang", "AdministrativeArea"),
        ("/service-points", "GovernmentService"),
        ("/data", "Dataset"),
    ],
)
def test_each_page_has_its_document(client, path: str, kind: str) -> None:
    for prefix in ("", "/en"):
        documents = linked(client, prefix + path)
        assert documents
        for document in documents:
            assert (document["@context"], document["@type"]) == ("https://schema.org", kind)
            assert unescape(client.get(prefix + path).text).count(document["name"]) >= 1


def test_every_file_of_the_dataset_s_document_opens(client) -> None:
    (document,) = linked(client, "/data")
    for each in document["distribution"]:
        reply = client.get(each["contentUrl"])
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith(each["encodingFormat"])


def test_a_private_person_s_address_is_in_no_document(client) -> None:
    (document,) = linked(client, "/organisations/92500114MA0TERT084")
    assert "address" not in document


def test_no_text_can_end_the_element_that_holds_it() -> None:
    written = str(_script_data({"name": "</script><script>alert(1)</script><!-- & \u2028"}))
    assert not set("<>&") & set(written)
    assert json.loads(written)["name"].startswith("</script>")


@pytest.mark.parametrize("path", ["/", "/gi/shili-yunwuguo", "/data", "/help", "/search?q=a"])
def test_each_page_names_itself_in_both_languages_and_for_sharing(client, path: str) -> None:
    for prefix in ("", "/en"):
        page = client.get(prefix + path).text
        plain = path.partition("?")[0]
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{prefix}{plain}">' in page
        for lang, before in (("zh-CN", ""), ("en", "/en"), ("x-default", "")):
            assert f'hreflang="{lang}" href="http://127.0.0.1:8000{before}{plain}"' in page
        picture = re.search(r'property="og:image" content="([^"]+)"', page)
        assert picture is not None
        assert client.get(picture[1]).headers["content-type"] == "image/png"
        for name in ("og:title", "og:description", "og:url"):
            assert re.search(rf'property="{name}" content="[^"<>]+"', page), name
        for rel in ("manifest", "search", "icon", "apple-touch-icon"):
            address = re.search(rf'<link rel="{rel}"[^>]* href="([^"]+)"', page)
            assert address is not None, rel
            assert client.get(address[1]).status_code == 200


def test_the_sitemap_lists_pages_that_open_in_both_languages(client) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").text)
    places = [found.text for found in root.iter(f"{_SITEMAP}loc")]
    assert len(places) == len(set(places)) > 100
    for place in places:
        assert place is not None
        assert client.get(place).status_code == 200, place
    dated = [found for found in root.iter(f"{_SITEMAP}url") if found.find(f"{_SITEMAP}lastmod") is not None]
    assert dated
    for found in dated:
        moment = found.findtext(f"{_SITEMAP}lastmod")
        assert moment is not None
        assert datetime.fromisoformat(moment) <= NOW


def test_many_pages_make_an_index_whose_parts_hold_them_all(client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {
        found.text for found in ElementTree.fromstring(client.get("/sitemap.xml").text).iter(f"{_SITEMAP}loc")
    }
    monkeypatch.setattr(directory, "PART", 7)
    index = ElementTree.fromstring(client.get("/sitemap.xml").text)
    assert index.tag == f"{_SITEMAP}sitemapindex"
    parts = [found.text for found in index.iter(f"{_SITEMAP}loc")]
    assert len(parts) > len(KINDS)
    found = [
        each.text
        for part in parts
        for each in ElementTree.fromstring(client.get(str(part)).text).iter(f"{_SITEMAP}loc")
    ]
    assert len(found) == len(set(found))
    assert set(found) == whole
    for wrong in ("/sitemap/gi_product-9999.xml", "/sitemap/nothing-0.xml", "/sitemap/pages-1.xml"):
        assert client.get(wrong).status_code == 404


def test_robots_names_the_sitemap(client) -> None:
    text = client.get("/robots.txt").text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /verify?" in text


def test_the_search_description_leads_to_the_search(client) -> None:
    for prefix in ("", "/en"):
        root = ElementTree.fromstring(client.get(f"{prefix}/opensearch.xml").text)
        url = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
        assert url is not None
        assert client.get(url.attrib["template"].replace("{searchTerms}", "qjmht")).status_code == 200
        name = root.findtext("{http://a9.com/-/spec/opensearch/1.1/}ShortName")
        assert name is not None
        assert len(name) <= 16


def test_the_manifest_names_icons_that_are_there(client) -> None:
    for prefix in ("", "/en"):
        document = client.get(f"{prefix}/site.webmanifest").json()
        assert client.get(document["start_url"]).status_code == 200
        for icon in document["icons"]:
            assert client.get(icon["src"]).headers["content-type"] == "image/png"


def test_without_a_contact_there_is_no_security_txt(client) -> None:
    reply = client.get("/.well-known/security.txt")
    assert reply.status_code == 404
    assert reply.json()["code"] == "not_found"


def test_security_txt_names_the_contact_that_was_set_and_does_not_expire_soon(registers, tmp_path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=registers.make("spatialite", "empty"),
        security_contact="mailto:security@registry.example",
    )
    with TestClient(create_app(settings, FixedClock(NOW), works=False), "http://127.0.0.1:8000") as client:
        lines = dict(
            line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines() if line
        )
    assert lines["Contact"] == "mailto:security@registry.example"
    left = datetime.fromisoformat(lines["Expires"]).astimezone(UTC) - NOW
    assert timedelta(days=150) < left < timedelta(days=366)


@pytest.mark.parametrize(
    "contact", ["security@registry.example", "javascript:alert(1)", "http://x.example", "mailto:a\nb@c"]
)
def test_a_contact_that_is_no_address_stops_the_start(contact: str) -> None:
    with pytest.raises(ValueError, match="mailto"):
        Settings(security_contact=contact)
