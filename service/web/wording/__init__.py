"""Verdicts, facts, problems and facets in words, Chinese and English: pages and the API say the same."""

from service.web.wording.choosing import pick
from service.web.wording.days import day_text, moment_text, month_text
from service.web.wording.facts import caution_text, fact_text
from service.web.wording.faults import fault_text
from service.web.wording.fields import field_help, field_label
from service.web.wording.finding import facet_label, facet_name, match_text
from service.web.wording.locating import (
    area_caveat,
    beside_text,
    distance_text,
    is_next_to_border,
    position_decimals,
    position_text,
    relation_text,
)
from service.web.wording.problems import hint_text, problem_text
from service.web.wording.reports import step_text
from service.web.wording.trail import act_text, subject_text
from service.web.wording.values import cell_text, is_iso_day, value_text
from service.web.wording.verdicts import disclaimer, headline, tone_of

__all__ = [
    "act_text",
    "area_caveat",
    "beside_text",
    "caution_text",
    "cell_text",
    "day_text",
    "disclaimer",
    "distance_text",
    "facet_label",
    "facet_name",
    "fact_text",
    "fault_text",
    "field_help",
    "field_label",
    "headline",
    "hint_text",
    "is_iso_day",
    "is_next_to_border",
    "match_text",
    "moment_text",
    "month_text",
    "pick",
    "position_decimals",
    "position_text",
    "problem_text",
    "relation_text",
    "step_text",
    "subject_text",
    "tone_of",
    "value_text",
]
