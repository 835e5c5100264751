"""Errors."""

from __future__ import annotations

from pydantic import Field

from service.web.api.shapes.base import Shape


class ProblemField(Shape):
    """One wrong input."""

    where: str = Field(alias="in")
    pointer: str
    code: str
    detail: str


class ProblemShape(Shape):
    """An error. Source: RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ProblemField] | None = None
    hints: list[str] | None = None
