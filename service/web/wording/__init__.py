"""Verdicts, facts, problems and facets in words, Chinese and English: pages and the API say the same."""

from service.web.wording.areas import finding_text, reading_note, refusal_text
from service.web.wording.changes import change_sentence, change_title, feed_title, site_name
from service.web.wording.choosing import pick
from service.web.wording.days import day_text, moment_text, month_text
from service.web.wording.facts import caution_text, fact_text
from service.web.wording.faults import fault_text
from service.web.wording.fields import column_label, field_help, field_label
from service.web.wording.finding import facet_label, facet_name, match_text
from service.web.wording.imports import dependent_text
from service.web.wording.interface import delivery_text
from service.web.wording.leads import (
    lead_act_hint,
    lead_note_label,
    left_text,
    outcome_text,
    public_state,
    step_name,
)
from service.web.wording.locating import (
    area_caveat,
    beside_text,
    distance_text,
    is_next_to_border,
    position_decimals,
    position_text,
    relation_text,
)
from service.web.wording.naming import called, in_english, names_in
from service.web.wording.problems import hint_text, limited_text, problem_text
from service.web.wording.proofs import parts_text, proof_problem
from service.web.wording.reports import step_text
from service.web.wording.trail import act_text, subject_text
from service.web.wording.units import unit_text
from service.web.wording.values import cell_text, is_iso_day, value_text
from service.web.wording.verdicts import disclaimer, headline, tone_of, verdict_title

__all__ = [
    "act_text",
    "area_caveat",
    "beside_text",
    "called",
    "caution_text",
    "cell_text",
    "change_sentence",
    "change_title",
    "column_label",
    "day_text",
    "delivery_text",
    "dependent_text",
    "disclaimer",
    "distance_text",
    "facet_label",
    "facet_name",
    "fact_text",
    "fault_text",
    "feed_title",
    "field_help",
    "field_label",
    "finding_text",
    "headline",
    "hint_text",
    "in_english",
    "is_iso_day",
    "is_next_to_border",
    "lead_act_hint",
    "lead_note_label",
    "left_text",
    "limited_text",
    "match_text",
    "moment_text",
    "month_text",
    "names_in",
    "outcome_text",
    "parts_text",
    "pick",
    "position_decimals",
    "position_text",
    "problem_text",
    "proof_problem",
    "public_state",
    "reading_note",
    "refusal_text",
    "relation_text",
    "site_name",
    "step_name",
    "step_text",
    "subject_text",
    "tone_of",
    "unit_text",
    "value_text",
    "verdict_title",
]
