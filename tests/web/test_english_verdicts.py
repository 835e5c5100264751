"""An English verdict calls firms and products by their English names on record, the Chinese ones beside them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("address", ["/en/verify?code=QJ-AU-9001", "/en/v/QJ-AU-9001"])
def test_the_sentence_and_the_facts_name_the_product_in_english(client, address):
    page = client.get(address).text
    sentence = page.partition('class="gi-verdict-card-sentence">')[2].partition("</p>")[0]
    name = 'Demonstration Cloud Fruit (fictional) (<span lang="zh-CN">示例·云雾果</span>)'
    assert name in sentence
    assert f"{name}” has been protected" in page


def test_the_choices_are_named_too(client):
    page = client.get("/en/verify?code=91500114MA0TERT087").text
    assert 'Demonstration Cloud Fruit (fictional) (<span lang="zh-CN">示例·云雾果</span>)' in page


def test_the_chinese_page_stays_chinese(client):
    assert "Demonstration Cloud Fruit" not in client.get("/verify?code=QJ-AU-9001").text
