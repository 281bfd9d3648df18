"""find anything.

Revision: 5c1d2e7a90b4
Follows: 0492b170e8de
"""

from __future__ import annotations

from alembic import op

revision = "5c1d2e7a90b4"
down_revision = "0492b170e8de"
branch_labels = None
depends_on = None

_LETTERS = {"Æ": "ae", "æ": "ae", "Ø": "oe", "ø": "oe", "Å": "aa", "å": "aa"}
_LETTERS |= {"Ö": "oe", "ö": "oe", "Ä": "ae", "ä": "ae"}
_ACCENTS = "éèêëüúùûíìîïóòôáàâñçÉÈÊËÜÚÙÛÍÌÎÏÓÒÔÁÀÂÑÇ"
_BARE = "eeeeuuuuiiiioooaaanc" * 2
_SIGNS = "@./-_:;,!?()[]{}<>«»„“”’'+*&%#=|~^\\"
# What each record is found by, written with %s where the row is named.
_PHONE = "replace(replace(coalesce(%s.phone, ''), ' ', ''), '+47', '')"
_KNOWN_BY = {
    "companies": "%s.name_key || ' ' || coalesce(%s.orgnr, '') || ' ' || lower(coalesce(%s.home_page, ''))"
    f" || ' ' || lower(coalesce(%s.email, '')) || ' ' || {_PHONE}",
    "contacts": f"%s.name_key || ' ' || coalesce(%s.email_key, '') || ' ' || {_PHONE}",
}
_COLUMNS = {
    "companies": "name_key, orgnr, home_page, email, phone",
    "contacts": "name_key, email_key, phone",
    "activities": "text",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, known_by in _KNOWN_BY.items():
            _index(name, known_by, "trigram")
        _index("activities", _folded("%s.text"), "unicode61 remove_diacritics 2", ", prefix='2 3'")
    else:
        _words_of_postgresql()


def _folded(column: str) -> str:
    expression = f"lower({column})"
    for letter, plain in _LETTERS.items():
        expression = f"replace({expression}, '{letter}', '{plain}')"
    return expression


def _index(name: str, known_by: str, tokenizer: str, more: str = "") -> None:
    """An index without the texts themselves, and the three triggers that keep it true."""
    index = f"find_{name}"
    old, new = known_by.replace("%s", "old"), known_by.replace("%s", "new")
    forget = f"INSERT INTO {index}({index}, rowid, words) VALUES ('delete', old.id, {old});"  # noqa: S608
    learn = f"INSERT INTO {index}(rowid, words) VALUES (new.id, {new});"  # noqa: S608
    changed = f"UPDATE OF {_COLUMNS[name]}"
    op.execute(f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', tokenize='{tokenizer}'{more})")
    op.execute(f"CREATE TRIGGER {index}_new AFTER INSERT ON {name} BEGIN {learn} END")
    op.execute(f"CREATE TRIGGER {index}_gone AFTER DELETE ON {name} BEGIN {forget} END")
    op.execute(f"CREATE TRIGGER {index}_changed AFTER {changed} ON {name} BEGIN {forget} {learn} END")
    op.execute(f"INSERT INTO {index}(rowid, words) SELECT id, {known_by.replace('%s', name)} FROM {name}")  # noqa: S608


def _words_of_postgresql() -> None:
    signs = _SIGNS.replace("'", "''")
    bare = f"translate({_folded('said')}, '{_ACCENTS}{signs}', '{_BARE}{' ' * len(_SIGNS)}')"
    op.get_bind().exec_driver_sql(
        "CREATE FUNCTION find_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE"
        f" AS $find$ SELECT to_tsvector('simple'::regconfig, {bare.replace('%', '%%')}) $find$"
    )
    op.execute("CREATE INDEX ix_find_activities ON activities USING gin (find_words(text))")
