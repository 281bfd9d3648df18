"""How an endpoint is declared: once, for the routes, the checks and the description alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, create_model
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts.models import User
from crm.accounts.permissions import Permission
from crm.api.shapes import Nothing, Query, Shape

T = TypeVar("T", bound=BaseModel)
Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, known and allowed: who asks, about which record, and what."""

    session: Session
    actor: User
    now: datetime
    asked: T
    id: int = 0

    @property
    def today(self) -> date:
        """The present day in Norway."""
        return self.now.astimezone(clock.OSLO).date()

    def given(self, name: str, otherwise: Any) -> Any:
        """A field of the body where it was sent, else what stands now."""
        return getattr(self.asked, name) if name in self.asked.model_fields_set else otherwise


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address. ``run`` gives the answer, or the number of the record to answer with."""

    name: str
    method: str
    path: str
    tag: str
    permission: Permission
    said: str
    asks: type[BaseModel]
    answers: type[BaseModel] | None
    status: int
    run: Callable[[Call[Any]], Any]
    reads: Callable[[Session, int], BaseModel] | None = None

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def creates(self) -> bool:
        return self.status == 201


class Resource:
    """A kind of record and what programs may do with it; each ``run`` is hung on by a decorator."""

    def __init__(self, name: str, record: type[Shape], read: Callable[[Session, int], Shape]) -> None:
        self.name, self.record, self.read = name, record, read
        self.page: type[BaseModel] = create_model(
            f"{record.__name__}List",
            __base__=Shape,
            items=(list[record], ...),  # type: ignore[valid-type]
            next_cursor=(str | None, ...),
        )
        self.endpoints: list[Endpoint] = []
        one = f"Read one of the {name}"
        self._add("GET", "/{id}", Permission.COMPANY_READ, one, asks=Query, run=self._one)

    def _one(self, call: Call[Query]) -> Shape:
        return self.read(call.session, call.id)

    def lists(
        self, asks: type[T], said: str
    ) -> Callable[[Callable[[Call[T]], Any]], Callable[[Call[T]], Any]]:
        """``GET /things``, narrowed by a query."""
        return self._hang("GET", "", Permission.COMPANY_READ, said, asks)

    def creates(
        self, permission: Permission, asks: type[T], said: str
    ) -> Callable[[Callable[[Call[T]], int]], Callable[[Call[T]], int]]:
        """``POST /things``; may be repeated under an Idempotency-Key."""
        return self._hang("POST", "", permission, said, asks)

    def changes(
        self, permission: Permission, asks: type[T], said: str
    ) -> Callable[[Callable[[Call[T]], int]], Callable[[Call[T]], int]]:
        """``PATCH /things/{id}``: what is not sent stays."""
        return self._hang("PATCH", "/{id}", permission, said, asks)

    def acts(
        self, verb: str, permission: Permission, asks: type[T], said: str
    ) -> Callable[[Callable[[Call[T]], int]], Callable[[Call[T]], int]]:
        """``POST /things/{id}/verb``."""
        return self._hang("POST", f"/{{id}}/{verb}", permission, said, asks)

    def removes(
        self, permission: Permission, said: str
    ) -> Callable[[Callable[[Call[Nothing]], None]], Callable[[Call[Nothing]], None]]:
        """``DELETE /things/{id}``."""
        return self._hang("DELETE", "/{id}", permission, said, Nothing)

    def _hang(
        self, method: str, rest: str, permission: Permission, said: str, asks: type[T]
    ) -> Callable[[Callable[[Call[T]], Answered]], Callable[[Call[T]], Answered]]:
        def hang(run: Callable[[Call[T]], Answered]) -> Callable[[Call[T]], Answered]:
            self._add(method, rest, permission, said, asks=asks, run=run)
            return run

        return hang

    def _add(self, method: str, rest: str, permission: Permission, said: str, **more: Any) -> None:
        self.endpoints.append(
            Endpoint(
                name=_name(self.name, method, rest),
                method=method,
                path=f"/{self.name}{rest}",
                tag=self.name,
                permission=permission,
                said=said,
                answers=self._answer(method, rest),
                status={"DELETE": 204}.get(method, 201 if (method, rest) == ("POST", "") else 200),
                reads=self.read if method in {"POST", "PATCH"} else None,
                **more,
            )
        )

    def _answer(self, method: str, rest: str) -> type[BaseModel] | None:
        if method == "DELETE":
            return None
        return self.page if (method, rest) == ("GET", "") else self.record


def _name(resource: str, method: str, rest: str) -> str:
    """What an endpoint is called: ``companies_list``, ``companies_move``."""
    verb = rest.rpartition("/")[2] if method == "POST" and rest else ""
    plain = {"GET": "read" if rest else "list", "POST": "create", "PATCH": "change", "DELETE": "remove"}
    return f"{resource}_{verb or plain[method]}".replace("-", "_")
