"""What needs and companies say of themselves, gathered as the texts and industries the signals read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar, overload

from crm.matchmaker.industries.everyday import words_of_procurement
from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.language.focus import focus
from crm.matchmaker.language.glossary import in_bokmal, is_english
from crm.matchmaker.profiles import CompanyProfile, NeedProfile

_Profile = TypeVar("_Profile")
_Each = TypeVar("_Each", bound=Hashable)


class Read(Sequence[str]):
    """What is said in some profiles, read when it is asked for."""

    def __init__(self, profiles: Sequence[_Profile], reader: Callable[[_Profile], str]) -> None:
        self._profiles, self._reader = profiles, reader

    def __len__(self) -> int:
        return len(self._profiles)

    @overload
    def __getitem__(self, some: int) -> str: ...
    @overload
    def __getitem__(self, some: slice) -> Sequence[str]: ...
    def __getitem__(self, some: int | slice) -> str | Sequence[str]:
        if isinstance(some, slice):
            return [self._reader(profile) for profile in self._profiles[some]]
        return self._reader(self._profiles[some])


def one_of_each(found: Iterable[_Each]) -> list[_Each]:
    """The same, with equal ones held but once."""
    kept: dict[_Each, _Each] = {}
    return [kept.setdefault(each, each) for each in found]


def need_words(need: NeedProfile) -> str:
    return f"{need.title}\n{need.text}".strip()


def asked_words(need: NeedProfile) -> str:
    """What the need asks for, also in bokmål, and what those who deliver its procurement codes are called."""
    said = need_words(need)
    asked = focus(said).asked
    return f"{asked}\n{in_bokmal(asked, english=is_english(said))}\n{words_of_procurement(need.cpv)}".strip()


def setting_words(need: NeedProfile) -> str:
    """For whom and where it is asked for, also in bokmål."""
    said = need_words(need)
    setting = focus(said).setting
    return f"{setting}\n{in_bokmal(setting, english=is_english(said))}".strip()


def own_words(company: CompanyProfile) -> str:
    """What the company writes of itself, and what is written of what it has done."""
    done = (deed.text for deed in company.evidence)
    return "\n".join(filter(None, (company.text, company.offers, company.name, *done)))


def company_words(company: CompanyProfile) -> str:
    """What the company writes, and the names the register has for its industries."""
    return "\n".join((own_words(company), *company.nace_names))


def industries_of(company: CompanyProfile) -> tuple[Industry, ...]:
    """The industries a company is registered with; a code without its dot is read as one with."""
    codes = dict.fromkeys(_dotted(code.strip()) for code in company.nace)
    return tuple(Industry(company.nace_standard, code) for code in codes if code)


def _dotted(code: str) -> str:
    return f"{code[:2]}.{code[2:]}" if code.isdigit() and len(code) > 2 else code


def industry_names(companies: Sequence[CompanyProfile]) -> dict[Industry, str]:
    """The name of each industry, from the first company that gives one."""
    names: dict[Industry, str] = {}
    for company in companies:
        if len(company.nace) == len(company.nace_names):
            for code, name in zip(company.nace, company.nace_names, strict=True):
                names.setdefault(Industry(company.nace_standard, code), name)
    return names
