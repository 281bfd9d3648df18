"""The base of every form: the reader's language, Norwegian dates, domain errors put in their place."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask import request
from flask_babel import get_locale, gettext
from wtforms import DateField, Form, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.meta import DefaultMeta

from crm.errors import Conflict, CrmError, InvalidInput
from crm.web.session import db
from crm.web.words import in_words


class CrmForm(Form):
    """A form that reads the posted body and shows domain errors beside the field they name."""

    class Meta(DefaultMeta):
        def get_translations(self, form: Any) -> Any:
            """WTForms' own sentences in the reader's language."""
            self.locales = [str(get_locale() or "nb")]
            return super().get_translations(form)

    @classmethod
    def posted(cls, **values: Any) -> Any:
        """The form as posted; an empty one on GET."""
        return cls(request.form if request.method == "POST" else None, **values)

    def show(self, error: CrmError) -> None:
        """Put a domain error beside its field, or above the form."""
        field = self._fields.get(error.field or "")
        sentence = in_words(error)
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    @property
    def all_errors(self) -> list[tuple[str, str]]:
        """Every error as field name and sentence, for the summary on top."""
        found: list[tuple[str, str]] = [("", sentence) for sentence in self.form_errors]
        for name, field in self._fields.items():
            found.extend((name, str(sentence)) for sentence in _flat(field.errors))
        return found


@contextmanager
def complaints_to(form: CrmForm) -> Iterator[None]:
    """Try an act; what is refused is undone and said on the form, which the view then shows again."""
    try:
        yield
    except (InvalidInput, Conflict) as error:
        db().rollback()
        form.show(error)


def _flat(errors: Sequence[Any]) -> list[Any]:
    return [inner for error in errors for inner in (error if isinstance(error, list | tuple) else [error])]


def options(named: Mapping[str, object]) -> list[SelectChoice]:
    """What a select or a group of radio buttons offers: value to name."""
    return [SelectChoice(value, name) for value, name in named.items()]


class DayField(DateField):
    """A day, typed as browsers send it or as Norwegians write it."""

    def __init__(self, label: Any = None, validators: Any = None, **values: Any) -> None:
        formats = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m-%y", "%d/%m/%Y"]
        super().__init__(label, validators, format=formats, **values)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data: date | None = None
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as error:
            raise ValueError(gettext("Skriv datoen som dag.måned.år, for eksempel 23.11.2026.")) from error


class OnceField(HiddenField):
    """An invisible key of the form, so that pressing twice does a thing once."""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        super().process(formdata, data or secrets.token_urlsafe(16), extra_filters)
