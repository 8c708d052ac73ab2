"""The report as dataclasses. Names are those of docs/report.md; reasons stay dicts with a `kind`.

Fields that a newer engine adds are kept in `more`. Times are `datetime` in UTC.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Type, TypeVar, Union, get_args, get_origin
from typing import get_type_hints

Reason = Dict[str, Any]
T = TypeVar("T")

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")


def _time(text: str) -> Union[datetime, str]:
    """A time of the report. Python has microseconds; digits beyond are cut."""
    match = _TIME.fullmatch(text)
    if not match:
        return text
    fraction = (match[2] or "0")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{match[1]}.{fraction}").replace(tzinfo=timezone.utc)


_HINTS: Dict[type, Dict[str, Any]] = {}


def _hints(cls: type) -> Dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]


def _decode(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is Union:
        return _decode(next(arg for arg in get_args(hint) if arg is not type(None)), value)
    if get_origin(hint) is list:
        return [_decode(get_args(hint)[0], item) for item in value]
    if hint is datetime:
        return _time(value)
    if isinstance(hint, type) and issubclass(hint, _Part):
        return hint.from_dict(value)
    return value


@dataclass
class _Part:
    @classmethod
    def from_dict(cls: Type[T], data: Dict[str, Any]) -> T:
        """Makes it of what JSON holds."""
        hints = _hints(cls)
        known = {name: _decode(hints[name], data[name]) for name in hints if name in data}
        part = cls(**known)
        part.more = {name: data[name] for name in data if name not in hints}  # type: ignore[attr-defined]
        return part


def _more() -> Any:
    return field(default_factory=dict, repr=False, compare=False)


@dataclass
class Citation(_Part):
    """The proof: a record of a file."""

    file: str = ""
    record_id: Optional[int] = None
    time: Optional[datetime] = None
    computer: Optional[str] = None
    strings: List[str] = field(default_factory=list)
    offset: Optional[int] = None
    trust: str = "intact"
    from_text: bool = False
    more: Dict[str, Any] = _more()


@dataclass
class ValueSeen(_Part):
    """A value that was read out of a record."""

    name: str = ""
    value: str = ""
    meaning: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class Symptom(_Part):
    """One event that an article asks for."""

    id: str = ""
    state: str = ""
    role: str = ""
    side: Optional[str] = None
    provider: str = ""
    event_id: int = 0
    description: str = ""
    conditions: List[Reason] = field(default_factory=list)
    absence: Optional[Reason] = None
    count: int = 0
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    values: List[ValueSeen] = field(default_factory=list)
    citations: List[Citation] = field(default_factory=list)
    note: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class SignatureRef(_Part):
    """An article as a finding names it."""

    id: str = ""
    revision: int = 0
    title: str = ""
    url: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class Cause(_Part):
    """What the logs say about the article's cause: `confirmed`, `unknown` or `contradicted`."""

    state: str = "unknown"
    reason: Reason = field(default_factory=dict)
    evidence: List[Reason] = field(default_factory=list)
    more: Dict[str, Any] = _more()


@dataclass
class ObjectSeen(_Part):
    """What occurrences are about: a service, a disk, an account."""

    kind: str = ""
    name: str = ""
    count: int = 0
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    computers: List[str] = field(default_factory=list)
    more: Dict[str, Any] = _more()


@dataclass
class TimelineEntry(_Part):
    """One event of the best occurrence."""

    symptom: str = ""
    provider: str = ""
    event_id: int = 0
    computer: str = ""
    time: Optional[datetime] = None
    delta_s: Optional[float] = None
    window_s: int = 0
    anchor: bool = False
    sentence: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class Rival(_Part):
    """Another article that shares events with this one."""

    id: str = ""
    title: str = ""
    standing: str = ""
    verdict: Optional[str] = None
    difference: Optional[str] = None
    unmet: List[Reason] = field(default_factory=list)
    separated: bool = False
    next: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class Finding(_Part):
    """An article with its verdict: `match`, `likely`, `possible` or `ruled_out`."""

    signature: SignatureRef = field(default_factory=SignatureRef)
    standing: str = "problem"
    severity: str = "medium"
    verdict: str = ""
    reasons: List[Reason] = field(default_factory=list)
    cause: Cause = field(default_factory=Cause)
    occurrences: int = 0
    by_verdict: Dict[str, int] = field(default_factory=dict)
    computers: List[str] = field(default_factory=list)
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    objects: List[ObjectSeen] = field(default_factory=list)
    objects_more: int = 0
    sides: List[Reason] = field(default_factory=list)
    symptoms: List[Symptom] = field(default_factory=list)
    groups: List[Reason] = field(default_factory=list)
    timeline: List[TimelineEntry] = field(default_factory=list)
    doubts: List[Reason] = field(default_factory=list)
    fix: Optional[Reason] = None
    history: bool = False
    better: Optional[str] = None
    rival_of: Optional[str] = None
    rivals: List[Rival] = field(default_factory=list)
    ranking: Reason = field(default_factory=dict)
    cause_text: str = ""
    resolution: List[str] = field(default_factory=list)
    collect: List[str] = field(default_factory=list)
    references: List[Reason] = field(default_factory=list)
    tree: List[Reason] = field(default_factory=list)
    more: Dict[str, Any] = _more()

    @property
    def id(self) -> str:
        """The article's id."""
        return self.signature.id

    @property
    def title(self) -> str:
        """The article's title."""
        return self.signature.title

    def __str__(self) -> str:
        return f"{self.verdict} {self.id}: {self.title}"


@dataclass
class Article(_Part):
    """An article of an index."""

    id: str = ""
    title: str = ""
    source: str = ""
    more: Dict[str, Any] = _more()


@dataclass
class EventRef(_Part):
    """A kind of event."""

    provider: str = ""
    event_id: int = 0
    more: Dict[str, Any] = _more()


@dataclass
class Lead(_Part):
    """An article that names unexplained events: no verdict, a place to read on."""

    article: Article = field(default_factory=Article)
    events: List[EventRef] = field(default_factory=list)
    reasons: List[Reason] = field(default_factory=list)
    equals: int = 0
    score: float = 0.0
    more: Dict[str, Any] = _more()


@dataclass
class ValueCounts(_Part):
    """How often a value has which content."""

    name: str = ""
    top: List[Dict[str, Any]] = field(default_factory=list)
    distinct: int = 0
    at_least: bool = False
    more: Dict[str, Any] = _more()


@dataclass
class Unexplained(_Part):
    """A frequent error or warning that no article explains."""

    provider: str = ""
    event_id: int = 0
    level: int = 0
    count: int = 0
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    computers: List[str] = field(default_factory=list)
    sentence: Optional[str] = None
    values: List[ValueCounts] = field(default_factory=list)
    example: Optional[Citation] = None
    leads: List[str] = field(default_factory=list)
    more: Dict[str, Any] = _more()


@dataclass
class NearMiss(_Part):
    """An article that shares telling evidence but reaches no verdict."""

    signature: SignatureRef = field(default_factory=SignatureRef)
    standing: str = "problem"
    found: List[str] = field(default_factory=list)
    unmet: List[Reason] = field(default_factory=list)
    closeness: float = 0.0
    first: Optional[datetime] = None
    computers: List[str] = field(default_factory=list)
    more: Dict[str, Any] = _more()


@dataclass
class Landmark(_Part):
    """A start, a stop, a cleared log, a clock that was set, an update. What belongs to the kind
    is in `more`."""

    time: Optional[datetime] = None
    computer: str = ""
    kind: str = ""
    more: Dict[str, Any] = _more()


@dataclass
class LogSpan(_Part):
    """Which time a log covers."""

    computer: str = ""
    channel: str = ""
    file: str = ""
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    records: int = 0
    lowest_record_id: Optional[int] = None
    highest_record_id: Optional[int] = None
    cleared: List[datetime] = field(default_factory=list)
    damaged: bool = False
    more: Dict[str, Any] = _more()


@dataclass
class Defect(_Part):
    """Something that is wrong with a file."""

    code: str = ""
    message: str = ""
    offset: Optional[int] = None
    count: int = 1
    more: Dict[str, Any] = _more()


@dataclass
class Input(_Part):
    """The account of a file: what it promised, and what could be read."""

    path: str = ""
    format: str = ""
    bytes: int = 0
    sha256: Optional[str] = None
    records_promised: Optional[int] = None
    records_read: int = 0
    records_recovered: int = 0
    records_lost: int = 0
    records_duplicate: int = 0
    records_without_provider: int = 0
    records_without_time: int = 0
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    defects: List[Defect] = field(default_factory=list)
    top_sources: List[Dict[str, Any]] = field(default_factory=list)
    gaps: List[Dict[str, Any]] = field(default_factory=list)
    many_gaps: bool = False
    error: Optional[str] = None
    more: Dict[str, Any] = _more()


@dataclass
class Ignored(_Part):
    """What was found and left alone, and why."""

    path: str = ""
    reason: str = ""
    more: Dict[str, Any] = _more()


@dataclass
class Totals(_Part):
    """Sums over all inputs."""

    files: int = 0
    failed_files: int = 0
    bytes: int = 0
    records_read: int = 0
    records_recovered: int = 0
    records_lost: int = 0
    records_duplicate: int = 0
    first: Optional[datetime] = None
    last: Optional[datetime] = None
    more: Dict[str, Any] = _more()


@dataclass
class Report(_Part):
    """Everything one scan found out."""

    report_version: int = 0
    tool: Dict[str, str] = field(default_factory=dict)
    signatures: Dict[str, int] = field(default_factory=dict)
    scope: Dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False
    redaction: Optional[Reason] = None
    findings: List[Finding] = field(default_factory=list)
    harmless: Dict[str, int] = field(default_factory=dict)
    leads: List[Lead] = field(default_factory=list)
    near_misses: List[NearMiss] = field(default_factory=list)
    unexplained: List[Unexplained] = field(default_factory=list)
    unexplained_more: int = 0
    unexplained_not_counted: bool = False
    explained: List[Dict[str, Any]] = field(default_factory=list)
    landmarks: List[Landmark] = field(default_factory=list)
    coverage: List[LogSpan] = field(default_factory=list)
    inputs: List[Input] = field(default_factory=list)
    ignored: List[Ignored] = field(default_factory=list)
    timeline: Optional[Reason] = None
    totals: Totals = field(default_factory=Totals)
    more: Dict[str, Any] = _more()
    _json: str = field(default="", repr=False, compare=False)

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """Reads a report that `to_json` or `eventkb scan --format json` wrote."""
        from ._errors import ReportError

        try:
            data = json.loads(text)
        except ValueError as error:
            raise ReportError(f"this is no report: {error}") from error
        if not isinstance(data, dict) or "report_version" not in data:
            raise ReportError("this is no report: it has no report_version")
        report = cls.from_dict(data)
        report._json = text
        return report

    def to_json(self) -> str:
        """The report as the engine wrote it, field for field."""
        return self._json

    @property
    def best(self) -> Optional[Finding]:
        """The best finding; `None` when no article explains the logs."""
        return next((finding for finding in self.findings if finding.verdict != "ruled_out"), None)

    @property
    def offered(self) -> List[Finding]:
        """The findings that are at least possible, best first."""
        return [finding for finding in self.findings if finding.verdict != "ruled_out"]

    def finding(self, id: str) -> Optional[Finding]:
        """The finding of an article, if it has one."""
        return next((f for f in self.findings if f.id.lower() == id.lower()), None)

    @property
    def may_hide_something(self) -> bool:
        """Whether something may be missing because of damage or unreadable files."""
        from . import _native

        return _native.may_hide_something(self._json)
