"""The tables of the open data, by name."""

from __future__ import annotations

from typing import Final

from service.register.open_data.columns import Dataset
from service.register.open_data.other_tables import ANNOUNCEMENTS, BRANDS, SERVICE_POINTS, TRADEMARKS
from service.register.open_data.product_tables import AREAS, PRODUCTS, PROTECTIONS
from service.register.open_data.user_tables import AUTHORISATIONS, ORGANISATIONS

DATASETS: Final[dict[str, Dataset]] = {
    each.name: each
    for each in (
        PRODUCTS,
        PROTECTIONS,
        AREAS,
        ORGANISATIONS,
        AUTHORISATIONS,
        TRADEMARKS,
        BRANDS,
        ANNOUNCEMENTS,
        SERVICE_POINTS,
    )
}
"""The tables by name, in the order in which people are shown them."""
