"""A published draw run again by a stranger: standard library only, from the JSON file alone.

Usage: python independent_draw.py FILE
"""

import hashlib
import json
import sys
from pathlib import Path


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def draw_again(published: str) -> list:
    """Return the draw as the recipe on its page makes it; a population that was changed is refused."""
    file = json.loads(published)
    seed = f"{sha256(file['population'])}:{file['value']}"
    if not seed.startswith(file["sha256"]):
        raise SystemExit("the population is not the one whose hash was published")
    population, drawn = json.loads(file["population"]), []
    for group in population["strata"]:
        ids = sorted((one["id"] for one in group["candidates"]), key=lambda one: sha256(f"{seed}:{one}"))
        for one in ids[: (len(ids) * group["percent"] + 99) // 100]:
            order = sorted(population["inspectors"], key=lambda who, one=one: sha256(f"{seed}:{one}:{who}"))
            drawn.append({"id": one, "inspectors": order[: population["inspectors_each"]]})
    return drawn


if __name__ == "__main__":
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    same = draw_again(text) == json.loads(text)["drawn"]
    sys.exit(None if same else "the draw is not what it says")
