"""Changes of the register as headlines and sentences."""

from __future__ import annotations

from collections.abc import Iterator

from service.register.lookups.change_feed import Change
from service.vocabulary import VerificationLevel
from service.web.wording.choosing import pick
from service.web.wording.days import day_text

_SITE = ("黔江地标", "Qianjiang GI")
_FEED = ("黔江地标 · 登记更新", "Qianjiang GI · changes of the register")
_TAKEN_DOWN = ("已撤下", "taken down")


def site_name(lang: str = "zh") -> str:
    """Return who publishes the changes."""
    return pick(_SITE, lang)


def feed_title(lang: str = "zh") -> str:
    """Return what the feed is called."""
    return pick(_FEED, lang)


def change_title(change: Change, lang: str = "zh") -> str:
    """Return who or what changed, and what happened; nothing is named that was taken down since."""
    details = change.details
    if details is None:
        return _joined(change.kind.label(lang), pick(_TAKEN_DOWN, lang), lang)
    is_use = details.organisation is not None and details.product is not None
    name = f"{details.organisation.name} · {details.product.name}" if is_use else details.name  # type: ignore[union-attr]
    happened = details.event.label(lang) if details.event else _plain_act(change, lang)
    return _joined(name, happened, lang)


def change_sentence(change: Change, lang: str = "zh") -> str:
    """Return from when it takes effect and where it stands, with the mark of what no official source confirms."""
    return ("" if lang == "zh" else " ").join(_sentences(change, lang))


def _sentences(change: Change, lang: str) -> Iterator[str]:
    details = change.details
    if details is None:
        return
    if details.day:
        day = day_text(details.day, lang)
        yield pick((f"自{day}起。", f"From {day}."), lang)
    level = details.source.level
    if level is VerificationLevel.DEMONSTRATION:
        yield pick(("示例数据（虚构）。", "Demonstration data (fictional)."), lang)
    else:
        mark = "" if level.is_verified else pick(("（未核实）", " (not verified)"), lang)
        yield pick(
            (f"来源：{details.source.citation}{mark}。", f"Source: {details.source.citation}{mark}."), lang
        )


def _plain_act(change: Change, lang: str) -> str:
    return pick(
        (f"{change.kind.zh}{change.act.zh}", f"{change.kind.en} {change.act.en}"),
        lang,
    )


def _joined(name: str, happened: str, lang: str) -> str:
    return f"{name}：{happened}" if lang == "zh" else f"{name}: {happened}"
