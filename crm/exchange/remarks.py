"""What is said of a row: where, what was seen, and what to do; kept as data, said in any language."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from crm.errors import InvalidInput
from crm.sheets.tables import Problem, shown


@dataclass(frozen=True, slots=True)
class Remark:
    """``message`` is a sentence in bokmål with places for ``values``; ``column`` counts from 0."""

    code: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)
    column: int | None = None
    error: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def of_problem(problem: Problem) -> Remark:
    return Remark(problem.code, problem.message, {"value": problem.value}, problem.column)


def of_error(error: InvalidInput, column: int | None) -> Remark:
    """A refused value; its code is the error's own, else its field's name."""
    values = {name: shown(value) if isinstance(value, str) else value for name, value in error.values.items()}
    code = str(values.pop("code", None) or (error.field or "value").upper())
    return Remark(code, error.message, values, column)


def of_field(code: str, message: str, column: int | None, *, error: bool = True, **values: Any) -> Remark:
    return Remark(code, message, values, column, error)
