"""How far one spelling is from another."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def distance(left: str, right: str, limit: int) -> int:
    """Return the fewest single changes, omissions, additions and neighbour swaps, or limit + 1 if more.

    Source: the optimal string alignment distance (restricted Damerau-Levenshtein).
    """
    left, right = _unlike_middle(left, right)
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    if not left or not right:
        return len(left) or len(right)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = before[j - 1] if a == b else 1 + min(before[j - 1], before[j], row[j - 1])
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _unlike_middle(left: str, right: str) -> tuple[str, str]:
    # What two spellings share at their ends costs nothing: most of the work is never begun.
    short = min(len(left), len(right))
    start = 0
    while start < short and left[start] == right[start]:
        start += 1
    end = 0
    while end < short - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]
