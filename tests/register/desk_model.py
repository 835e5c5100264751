"""The model of the desk: what may happen to a draft, and what follows from the events on record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from factories import NOW

from service.calendar import china_date
from service.register.editing.lone_stops import MOST_ALONE
from service.vocabulary import Role

LAPSED = {"off_standard_not_corrected_in_time", "unused_two_years_not_corrected_in_time"}
STOPS = {"put_under_correction", "deregistered"}
PEOPLE = {  # login: person and roles; two accounts are one person's
    "lu": ("A", [Role.EDITOR]),
    "lu-2": ("A", [Role.REVIEWER]),
    "both": ("B", [Role.EDITOR, Role.REVIEWER]),
    "shen": ("C", [Role.REVIEWER]),
    "xie": ("D", [Role.EDITOR]),
}
DRAFTERS, REVIEWERS = {"lu", "both", "xie"}, {"lu-2", "both", "shen"}


@dataclass
class ModelDraft:
    """What the model knows of a draft."""

    ulid: str
    code: str
    event: str
    on: date
    facts: dict
    writers: set = field(default_factory=set)
    state: str = "draft"
    submitter: str | None = None


@dataclass
class ModelEvent:
    """What the model knows of an event on record."""

    event: str
    on: date
    facts: dict
    is_voided: bool = False


class DeskModel:
    """What authorisations, drafts and people at the desk must be, by rules of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = NOW
        self.drafts: list[ModelDraft] = []
        self.events: dict[str, list[ModelEvent]] = {}
        self.ended: set[str] = set()
        self.disabled: set[str] = set()
        self.alone: Counter[tuple[str, date]] = Counter()

    def today(self) -> date:
        return china_date(self.clock)

    def live(self, code: str) -> list[ModelEvent]:
        return [each for each in self.events[code] if not each.is_voided and each.event != "entry_voided"]

    def end_of(self, code: str) -> date | None:
        return min((each.on for each in self.live(code) if each.event == "deregistered"), default=None)

    def is_authorised(self, code: str) -> bool:
        live, today, end = self.live(code), self.today(), self.end_of(code)
        grants = [each for each in live if each.event == "granted"]
        terms = [each for each in live if each.facts.get("licence_last_day") and each.on <= today]
        if not grants or grants[0].on > today or (end is not None and end <= today):
            return False
        last = max(enumerate(terms), key=lambda pair: (pair[1].on, pair[0]), default=None)
        return last is None or today <= last[1].facts["licence_last_day"]

    def is_after_the_grant(self, draft: ModelDraft) -> bool:
        """Nothing happens to an authorisation before its grant; what voids an entry says nothing of a day of it."""
        if draft.event in {"granted", "entry_voided"}:
            return True
        grants = [each.on for each in self.live(draft.code) if each.event == "granted"]
        return draft.on >= min(grants, default=draft.on)

    def may_be_recorded(self, draft: ModelDraft) -> bool:
        if draft.event == "granted":
            return draft.code not in self.events
        end = self.end_of(draft.code)
        if draft.event == "entry_voided":
            sequence = draft.facts["voided_sequence"]
            events = self.events[draft.code]
            return sequence <= len(events) and events[sequence - 1].event != "entry_voided"
        if not self.is_after_the_grant(draft) or (end is not None and draft.on >= end):
            return False
        if draft.event == "deregistered" and draft.facts["ground"] in LAPSED:
            turns = [
                (each.on, place, each)
                for place, each in enumerate(self.live(draft.code))
                if each.event in {"put_under_correction", "correction_closed"} and each.on <= draft.on
            ]
            last = max(turns, default=None, key=lambda turn: turn[:2])
            return (
                last is not None
                and "deadline_on" in last[2].facts
                and last[2].facts["deadline_on"] < draft.on
            )
        return True

    def may_publish(self, draft: ModelDraft, by: str) -> bool:
        if draft.state != "in_review" or by in self.disabled or draft.submitter in self.disabled:
            return False
        if draft.event in STOPS:
            # Everybody here is an editor or a reviewer; a few of these a day each person does alone.
            return not self.is_alone(draft, by) or self.alone[self.own_day(by)] < MOST_ALONE
        persons = {PEOPLE[login][0] for login in draft.writers | {draft.submitter}}
        return by in REVIEWERS and PEOPLE[by][0] not in persons

    def is_alone(self, draft: ModelDraft, by: str) -> bool:
        return draft.event in STOPS and PEOPLE[draft.submitter][0] == PEOPLE[by][0]

    def own_day(self, by: str) -> tuple[str, date]:
        return PEOPLE[by][0], self.today()

    def record(self, draft: ModelDraft) -> None:
        events = self.events.setdefault(draft.code, [])
        events.append(ModelEvent(draft.event, draft.on, draft.facts))
        if draft.event == "entry_voided":
            events[draft.facts["voided_sequence"] - 1].is_voided = True
            self.ended.discard(draft.code)  # the one way back: the entry itself was wrong
        if (end := self.end_of(draft.code)) is not None and end <= self.today():
            self.ended.add(draft.code)
