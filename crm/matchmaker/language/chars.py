"""The spelling signal: TF-IDF over short runs of letters, which see through compounds and misspellings."""

from __future__ import annotations

from collections.abc import Sequence

from crm.matchmaker.language.terms import TermTfidf


class CharTfidf(TermTfidf):
    """Words meet where they share runs of ``shortest`` to ``longest`` letters; edges of words count.

    Examples
    --------
    >>> CharTfidf().terms("bil")
    [' bi', 'bil', 'il ', ' bil', 'bil ']
    """

    def __init__(self, *, shortest: int = 3, longest: int = 4) -> None:
        self.shortest = shortest
        self.longest = longest

    def terms(self, word: str) -> Sequence[str]:
        edged = f" {word} "
        return [
            edged[start : start + length]
            for length in range(self.shortest, self.longest + 1)
            for start in range(max(len(edged) - length + 1, 0))
        ] or [edged]
