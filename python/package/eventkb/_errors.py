"""What can go wrong, apart from Python's own exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence, Tuple


class EventKBError(Exception):
    """The base of all exceptions of this package."""


@dataclass(frozen=True)
class Problem:
    """One mistake in a signature, and the way out."""

    file: str
    line: int
    column: int
    severity: str
    code: Optional[str]
    path: str
    message: str
    help: Optional[str]

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        at = f"{self.path}: " if self.path else ""
        way_out = f" ({self.help})" if self.help else ""
        return f"{place}: {at}{self.message}{way_out}"


class SignatureError(EventKBError):
    """Signatures that were refused. `problems` names every mistake with its place."""

    def __init__(self, text: str, problems: Sequence[Tuple[Any, ...]] = ()) -> None:
        super().__init__(text)
        self.problems = [Problem(*problem) for problem in problems]


class UnknownSignatureError(EventKBError, KeyError):
    """No signature has this id."""

    def __str__(self) -> str:
        return str(self.args[0])


class ObservationsError(EventKBError):
    """Saved observations of another version, of other signatures, or damaged ones."""


class ArticlesError(EventKBError):
    """A file that is no index of articles, or a damaged one."""


class ReportError(EventKBError):
    """Text that is no report of this version."""
