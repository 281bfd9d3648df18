"""find units by any part of a name and by any word.

Revision: c40d5b7e9a13
Follows: 61d2ab0c9f37
"""

from __future__ import annotations

from alembic import op

revision = "c40d5b7e9a13"
down_revision = "61d2ab0c9f37"
branch_labels = None
depends_on = None

_LETTERS = {"Æ": "ae", "æ": "ae", "Ø": "oe", "ø": "oe", "Å": "aa", "å": "aa"}
_LETTERS |= {"Ö": "oe", "ö": "oe", "Ä": "ae", "ä": "ae"}
_NAMES = ("name_key", "former_names")
_TEXTS = ("name", "former_names", "municipality", "place", "industry_name", "purpose", "activity")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _index("find_units", _NAMES, "tokenize='trigram'")
        _index("find_unit_words", _TEXTS, "detail=none")
    else:
        _of_postgresql()


def _folded(expression: str) -> str:
    lowered = f"lower({expression})"
    for letter, plain in _LETTERS.items():
        lowered = f"replace({lowered}, '{letter}', '{plain}')"
    return lowered


def _joined(columns: tuple[str, ...], row: str = "") -> str:
    return " || ' ' || ".join(f"coalesce({row}{column}, '')" for column in columns)


def _index(index: str, columns: tuple[str, ...], how: str) -> None:
    """An index without the texts themselves, its rows named by their numbers, and what keeps it true."""
    old, new = (
        f"CAST({row}.orgnr AS INTEGER), {_folded(_joined(columns, f'{row}.'))}" for row in ("old", "new")
    )
    forget = f"INSERT INTO {index}({index}, rowid, words) VALUES ('delete', {old});"  # noqa: S608
    learn = f"INSERT INTO {index}(rowid, words) VALUES ({new});"  # noqa: S608
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    op.execute(f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', columnsize=0, {how})")
    op.execute(f"CREATE TRIGGER {index}_new AFTER INSERT ON units BEGIN {learn} END")
    op.execute(f"CREATE TRIGGER {index}_gone AFTER DELETE ON units BEGIN {forget} END")
    op.execute(
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {', '.join(columns)} ON units"
        f" WHEN {differs} BEGIN {forget} {learn} END"
    )
    known = f"SELECT CAST(orgnr AS INTEGER), {_folded(_joined(columns))} FROM units"  # noqa: S608
    op.execute(f"INSERT INTO {index}(rowid, words) {known}")


def _of_postgresql() -> None:
    op.execute(f"CREATE INDEX ix_find_unit_words ON units USING gin (find_words({_joined(_TEXTS)}))")
    offered = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
    if op.get_bind().exec_driver_sql(offered).first() is None:
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE INDEX ix_find_units ON units USING gin (name_key gin_trgm_ops)")
