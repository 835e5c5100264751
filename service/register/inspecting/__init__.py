"""Random inspection: a population frozen, drawn from by a public value, and results public for their term."""

from service.register.inspecting.drawing import Population, draw
from service.register.inspecting.freezing import (
    FEWEST_DIGITS,
    MOST_DIGITS,
    Announced,
    abandon,
    digits_of,
    draw_with,
    freeze_population,
    grades_on,
)
from service.register.inspecting.reading import (
    DrawView,
    InspectionView,
    all_draws,
    credit_of,
    draws_of,
    find_draw,
    find_plan,
    inspections_of,
    is_public,
    last_public_day,
    list_plans,
    names_withheld,
    public_inspections,
)

__all__ = [
    "FEWEST_DIGITS",
    "MOST_DIGITS",
    "Announced",
    "DrawView",
    "InspectionView",
    "Population",
    "abandon",
    "all_draws",
    "credit_of",
    "digits_of",
    "draw",
    "draw_with",
    "draws_of",
    "find_draw",
    "find_plan",
    "freeze_population",
    "grades_on",
    "inspections_of",
    "is_public",
    "last_public_day",
    "list_plans",
    "names_withheld",
    "public_inspections",
]
