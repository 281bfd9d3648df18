"""What a load reads and what it comes to, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from crm.registry.differences import Difference
from crm.sources import units as register

Told = register.Unit | register.SubUnit
Record = Told | register.DissolvedUnit | register.RemovedUnit | register.Rejected
COUNTED = ("read", "new", "changed", "unchanged", "removed", "rejected")
_REJECTIONS_KEPT = 20


@dataclass
class Counts:
    """What a load did; ``left_out`` are personal forms, ``erased`` the numbers the register removed.

    ``left_open`` are missing from a file that lacks so many that it cannot be a whole one.

    ``newest`` is the latest day anything was registered on: the register was written then, or later.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    left_out: int = 0
    left_open: int = 0
    newest: date | None = None
    erased: list[str] = field(default_factory=list)
    rejections: list[register.Rejected] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def line(self, kind: str, seconds: float) -> str:
        """The line that scripts read."""
        numbers = f"{self.read} read, {self.new} new, {self.changed} changed, {self.unchanged} unchanged"
        return f"{kind}: {numbers}, {self.removed} removed, {self.rejected} rejected in {seconds:.1f} s"

    def reject(self, record: register.Rejected) -> None:
        """Count a record that could not be read; the first twenty are kept to be told of."""
        self.rejected += 1
        if len(self.rejections) < _REJECTIONS_KEPT:
            self.rejections.append(record)

    def add(self, more: Counts) -> None:
        """Take in the counts of another part of the same load."""
        for name in (*COUNTED, "left_out"):
            setattr(self, name, getattr(self, name) + getattr(more, name))
        self.newest = max(filter(None, (self.newest, more.newest)), default=None)
        self.erased += more.erased
        self.differences += more.differences
        self.rejections = [*self.rejections, *more.rejections][:_REJECTIONS_KEPT]
