"""Many firms checked at once: rows in from JSON or a table, one answer for each, in their order."""

from service.register.batches.answering import Answer, answers
from service.register.batches.rows import MAX_LINES, MAX_ROWS, Batch, Row, rows_of_json
from service.register.batches.tables import rows_of_table

__all__ = [
    "MAX_LINES",
    "MAX_ROWS",
    "Answer",
    "Batch",
    "Row",
    "answers",
    "rows_of_json",
    "rows_of_table",
]
