"""What a batch sends and gets, for the API's description: no model of one reply can say "a line for each row"."""

from __future__ import annotations

from typing import Any, Final

from service.register.batches import MAX_ROWS
from service.register.batches.rows import LONGEST_CELL
from service.register.open_data import Form
from service.vocabulary import Spelling

# Whatever a row or a cell is, it is answered with its problem and fails nothing, so nothing is ruled out here.
_ANYTHING: Final = {"type": ["string", "number", "boolean", "array", "object", "null"]}
_ANY_ROW: Final = {
    **_ANYTHING,
    "description": f"An object; a text alone is a code. A cell has at most {LONGEST_CELL} characters.",
    "properties": {
        "code": {**_ANYTHING, "description": "USCC in any spelling, or the number of an authorisation."},
        "target": {**_ANYTHING, "description": "Product: slug, code, number or name."},
        "on": {**_ANYTHING, "description": "China day, 2026-01-31; without it today."},
    },
}
_EXAMPLE: Final = {
    "rows": [
        {"code": "93500114MA0TERT081", "target": "shili-yunwuguo"},
        {"code": "91500114MA0TERT32P", "target": "shili-yunwuguo", "on": "2023-08-15"},
    ]
}
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}

REQUEST: Final[dict[str, Any]] = {
    "required": True,
    "description": (
        "`text/csv`: UTF-8, GBK or UTF-16, separated by commas, semicolons or tabs; columns `code`, `target`, `on` by"
        " heading (代码, 产品, 日期, 购买日期 too), or in this order without headings. XLSX: the first sheet, the same"
        " columns."
    ),
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": ["rows"],
                "properties": {
                    "rows": {"type": "array", "minItems": 1, "maxItems": MAX_ROWS, "items": _ANY_ROW},
                },
            },
            "example": _EXAMPLE,
        },
        "text/csv": _FILE,
        Form.XLSX.media_type: _FILE,
    },
}

_NULLABLE_TEXT: Final = {"type": ["string", "null"]}
_HEAD: Final = {
    "type": "object",
    "required": ["rows", "from_row", "counts", "data_version", "checked_at", "known_at", "ignored_columns"],
    "properties": {
        "rows": {"type": "integer", "description": "Rows of the whole batch."},
        "from_row": {"type": "integer", "description": "Rows are answered here from this number on."},
        "counts": {
            "type": "object",
            "additionalProperties": {"type": "integer"},
            "description": "Rows answered here by verdict; `not_answered` are those that could not be read.",
        },
        "data_version": {
            "type": "integer",
            "description": "The registry's revision; all rows are of this moment.",
        },
        "checked_at": {"type": "string", "format": "date-time"},
        "known_at": {"type": ["string", "null"], "format": "date-time"},
        "ignored_columns": {"type": "array", "items": {"type": "string"}},
    },
}
_ANSWER: Final = {
    "type": "object",
    "required": ["row", "code", "target", "on", "same_as_row", "spelling", "problem", "answer"],
    "properties": {
        "row": {
            "type": "integer",
            "description": "Number of the line as sent: from 1, without the header, empty lines counted.",
        },
        "code": {"type": "string", "description": "As sent; empty where it looked like a person's number."},
        "target": {"type": "string", "description": "As sent."},
        "on": {"type": "string", "description": "As sent."},
        "same_as_row": {"type": ["integer", "null"], "description": "An earlier row that asks the same."},
        "spelling": {
            "type": "array",
            "items": {"type": "string", "enum": [each.value for each in Spelling]},
            "description": "What was put right in the code before it was read.",
        },
        "problem": {
            "type": ["object", "null"],
            "description": "Why the row has no answer.",
            "properties": {"code": {"type": "string"}, "text": {"type": "string"}},
        },
        "answer": {
            "anyOf": [{"$ref": "#/components/schemas/VerifyShape"}, {"type": "null"}],
            "description": "The very answer of `GET /api/v1/verify` for this row.",
        },
    },
}

ANSWER: Final[dict[str, Any]] = {
    "description": 'One JSON document a line: first `{"batch": …}`, then one for each row, in the rows\' order.',
    "headers": {
        "X-Data-Version": {
            "schema": {"type": "integer"},
            "description": "As `data_version` of the first line.",
        },
        "X-Row-Count": {"schema": {"type": "integer"}, "description": "Rows of the whole batch."},
        "X-Ignored-Columns": {
            "schema": {"type": "string"},
            "description": "Headings of columns that were not read, percent-encoded UTF-8; absent without any.",
        },
    },
    "content": {
        "application/x-ndjson": {
            "schema": {
                "oneOf": [{"type": "object", "required": ["batch"], "properties": {"batch": _HEAD}}, _ANSWER]
            }
        },
        "text/csv": {"schema": {"type": "string"}},
    },
}
