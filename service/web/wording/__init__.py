"""Verdicts, facts, problems and facets in words, Chinese and English: pages and the API say the same."""

from service.web.wording.days import day_text, moment_text
from service.web.wording.facts import caution_text, fact_text
from service.web.wording.finding import facet_label, facet_name, match_text
from service.web.wording.problems import hint_text, problem_text
from service.web.wording.reports import fault_text, step_text
from service.web.wording.verdicts import disclaimer, headline, tone_of

__all__ = [
    "caution_text",
    "day_text",
    "disclaimer",
    "facet_label",
    "facet_name",
    "fact_text",
    "fault_text",
    "headline",
    "hint_text",
    "match_text",
    "moment_text",
    "problem_text",
    "step_text",
    "tone_of",
]
