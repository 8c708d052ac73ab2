"""Which Knowledge Base article explains these Windows event logs, and why.

>>> import eventkb
>>> report = eventkb.scan("examples/modern-dump")
>>> print(report.best)
match KB922918: Service misses the time-out for starting (7009, 7000 with 1053)
>>> report.best.symptoms[0].citations[0].record_id
48253

The records themselves, one by one or as columns:

>>> events = eventkb.events("examples/modern-dump", levels=["error"])
>>> next(iter(events)).provider
'Contoso-OrderSync'
>>> frame = events.to_pandas()
>>> len(frame) == len(list(events))
True

A collection that comes in parts:

>>> session = eventkb.Session()
>>> session.read("testdata/q253307-one-server")
>>> saved = session.save()
>>> eventkb.merge([saved]).best.id
'Q253307'
"""

from __future__ import annotations

import inspect
import json
import os
from datetime import date, datetime, timezone
from typing import (
    TYPE_CHECKING, Any, BinaryIO, Callable, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple,
    TypedDict, TypeVar, Union,
)

from . import _native
from ._errors import (
    ArticlesError, EventKBError, ObservationsError, Problem, ReportError, SignatureError, UnknownSignatureError,
)
from ._native import COLUMNS, Event, Progress, __version__
from ._report import (
    Article, Cause, Citation, Defect, EventRef, Finding, Ignored, Input, Landmark, Lead, LogSpan,
    NearMiss, ObjectSeen, Report, Rival, SignatureRef, Symptom, TimelineEntry, Totals, Unexplained,
    ValueCounts, ValueSeen,
)

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
    from typing_extensions import Unpack

__all__ = [
    "COLUMNS", "Article", "ArticlesError", "Cause", "Citation", "Defect", "Event", "EventKBError", "EventRef",
    "Events", "Finding", "Ignored", "Input", "Landmark", "Lead", "LogSpan", "NearMiss",
    "ObjectSeen", "ObservationsError", "Options", "Problem", "Progress", "Report", "ReportError", "Rival",
    "Session", "Signature", "SignatureError", "SignatureRef", "Signatures", "Symptom",
    "TimelineEntry", "Totals", "Unexplained", "UnknownSignatureError", "ValueCounts", "ValueSeen",
    "__version__", "events", "explain", "merge", "redact", "render", "scan", "scan_bytes", "scan_stream",
]

Path = Union[str, "os.PathLike[str]"]
Paths = Union[Path, Iterable[Path]]
Time = Union[str, date, datetime]
OnProgress = Callable[[Progress], Any]

_LEVELS = {
    "critical": [1], "error": [2], "warning": [3], "information": [4, 0], "verbose": [5],
}


def _paths(paths: Paths) -> List[str]:
    """One path or several; one that does not exist is an error, as with `open`."""
    single = isinstance(paths, (str, os.PathLike))
    all_paths = [os.fspath(path) for path in ([paths] if single else paths)]  # type: ignore
    if not all_paths:
        raise ValueError("give at least one path")
    for path in all_paths:
        os.stat(path)
    return all_paths


def _time(value: Optional[Time]) -> Optional[str]:
    """RFC 3339. A time without a zone is in UTC; a date is its beginning."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value[:-1] + "+00:00" if value.endswith("Z") else value)
        except ValueError:
            raise ValueError(f"`{value}` is no time in ISO 8601, such as 2026-03-15T03:00:00Z") from None
    elif not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return value.isoformat()


class Options(TypedDict, total=False):
    """What may be said of reading and judging, by name: to `Session`, `scan`, `scan_bytes`,
    `scan_stream` and `explain`.

    `articles` are indexes that `eventkb articles build` made: what no signature explains comes with
    the articles that name it, `report.leads`. `passwords` are tried on encrypted archives.
    `progress` is called with a `Progress` now and then; what it raises ends the run.
    """

    since: Optional[Time]
    until: Optional[Time]
    computers: Sequence[str]
    channels: Sequence[str]
    recovered: bool
    threads: int
    hash: bool
    unexplained: bool
    explain: Sequence[str]
    articles: Sequence[Path]
    passwords: Sequence[str]
    progress: Optional[OnProgress]


def _options(
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    computers: Sequence[str] = (),
    channels: Sequence[str] = (),
    recovered: bool = False,
    threads: int = 0,
    hash: bool = False,
    unexplained: bool = True,
    explain: Sequence[str] = (),
    articles: Sequence[Path] = (),
    passwords: Sequence[str] = (),
    progress: Optional[OnProgress] = None,
) -> Tuple[Dict[str, Any], Optional[OnProgress]]:
    """The options as the native part takes them, and whom to tell of progress."""
    options = {
        "since": _time(since), "until": _time(until), "computers": list(computers),
        "channels": list(channels), "recovered": recovered, "threads": threads, "hash": hash,
        "unexplained": unexplained, "explain": list(explain),
        "articles": [os.fspath(path) for path in articles], "passwords": list(passwords),
    }
    return options, progress


F = TypeVar("F", bound=Callable[..., Any])


def _names_options(function: F) -> F:
    """Lets `help` and notebooks show the options with their defaults where there is `**options`."""
    shown = inspect.signature(function)
    own = [p for p in shown.parameters.values() if p.kind is not p.VAR_KEYWORD]
    options = inspect.signature(_options).parameters.values()
    named = [p.replace(kind=p.KEYWORD_ONLY) for p in options if p.name not in shown.parameters]
    function.__signature__ = shown.replace(parameters=own + named)  # type: ignore[attr-defined]
    return function


class Signature:
    """One signature: what an article looks for.

    >>> Signatures()["Q253307"].family
    'exchange-mta'
    """

    def __init__(self, set: _native.Signatures, head: Tuple[str, str, str, str, bool]) -> None:
        self._set = set
        self.id, self.title, self.family, self.standing, self.built_in = head

    @property
    def document(self) -> Dict[str, Any]:
        """The signature as it is written: docs/signature-format.md."""
        document: Dict[str, Any] = json.loads(self._set.document(self.id) or "{}")
        return document

    def show(self, width: int = 100) -> str:
        """What it looks for, and when it gives which verdict, in words."""
        return self._set.show(self.id, width) or ""

    def __repr__(self) -> str:
        return f"<Signature {self.id}: {self.title}>"


class Signatures:
    """The signatures that are asked: the built-in ones, and your own.

    `paths` are JSON files or folders of them, `texts` are documents as text. A mistake in one of
    them is a `SignatureError` that names every problem with its place.

    >>> len(Signatures()) > 800
    True
    >>> mine = Signatures("examples/custom-signature")
    >>> mine["EX1000"].built_in
    False
    >>> [s.id for s in Signatures("examples/custom-signature", built_in=False)]
    ['EX1000']
    """

    def __init__(self, *paths: Path, texts: Sequence[str] = (), built_in: bool = True) -> None:
        named = [(f"text {n}", text) for n, text in enumerate(texts, 1)]
        self._native = _native.Signatures([os.fspath(path) for path in paths], named, built_in)
        self._heads = {head[0].lower(): head for head in self._native.heads()}

    def __len__(self) -> int:
        return len(self._heads)

    def __iter__(self) -> Iterator[Signature]:
        return (Signature(self._native, head) for head in self._heads.values())

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and id.lower() in self._heads

    def __getitem__(self, id: str) -> Signature:
        if id not in self:
            raise UnknownSignatureError(f"no signature is called `{id}`")
        return Signature(self._native, self._heads[id.lower()])

    def asking_for(self, provider: str, event_id: int) -> List[Signature]:
        """The signatures that ask for an event.

        >>> "disk-153-retried" in [s.id for s in Signatures().asking_for("disk", 153)]
        True
        """
        return [self[id] for id in self._native.asking_for(provider, event_id)]


def _set(signatures: Optional[Signatures]) -> _native.Signatures:
    return (signatures or Signatures())._native


class Session:
    """Takes files, streams and events, and says at the end which articles explain them.

    A session keeps what some signature cares about, never whole logs. It can be saved, loaded
    elsewhere by the same version with the same signatures, and merged with others: the report is
    that over everything they have seen.

    >>> session = Session()
    >>> with open("testdata/q253307-one-server/AppEvent.evtx", "rb") as file:
    ...     session.read_stream("AppEvent.evtx", file)
    >>> session.finish().best.id
    'Q253307'
    """

    @_names_options
    def __init__(
        self, signatures: Optional[Signatures] = None, **options: "Unpack[Options]"
    ) -> None:
        self._options, self._progress = _options(**options)
        self._native = _native.Session(_set(signatures), self._options)

    @classmethod
    def load(
        cls,
        saved: bytes,
        signatures: Optional[Signatures] = None,
        *,
        articles: Sequence[Path] = (),
    ) -> "Session":
        """The session that `save` made bytes of."""
        session = cls.__new__(cls)
        session._options, session._progress = _options(articles=articles)
        session._native = _native.Session.load(_set(signatures), saved, session._options)
        return session

    def read(self, paths: Paths) -> None:
        """Reads every log at and below these paths, archives and exports among them."""
        self._native.read(_paths(paths), self._progress)

    def read_bytes(self, name: str, data: bytes) -> None:
        """Reads one log, export or archive that is in memory. `name` is what the report says."""
        import io

        self._native.read_stream(name, io.BytesIO(data), self._progress)

    def read_stream(self, name: str, file: BinaryIO) -> None:
        """Reads one log, export or archive out of a file object, by its `read`."""
        self._native.read_stream(name, file, self._progress)

    def feed(self, event: Event) -> None:
        """Looks at one event, from wherever it comes.

        >>> session = Session()
        >>> time = datetime(2000, 2, 6, 1, 20, tzinfo=timezone.utc)
        >>> session.feed(Event("MSExchangeMTA", 9316, time=time, computer="SEATTLE", strings=["7", "9301"]))
        >>> session.finish().best.verdict
        'possible'
        """
        self._native.feed(event)

    def merge(self, other: "Session") -> None:
        """Adds what another session has seen; that one stays as it is."""
        self._native.merge(other._native)

    def save(self) -> bytes:
        """What was seen so far, as bytes for `load` and `merge`."""
        return self._native.save()

    def finish(self) -> Report:
        """The report over what was seen so far. More may be read and judged again."""
        return Report.from_json(self._native.finish())


@_names_options
def scan(
    paths: Paths, signatures: Optional[Signatures] = None, **options: "Unpack[Options]"
) -> Report:
    """Reads every log at and below `paths` and says which articles explain them, and why.

    It does not fail because of a file: what could not be read is in `report.inputs` and
    `report.ignored`, and `report.may_hide_something` says whether that matters. A path that is
    not there is a `FileNotFoundError`.

    The options stand at `Options`. Ctrl-C ends a scan; the interpreter is free meanwhile.
    """
    session = Session(signatures, **options)
    session.read(paths)
    return session.finish()


@_names_options
def scan_bytes(
    name: str, data: bytes, signatures: Optional[Signatures] = None, **options: "Unpack[Options]"
) -> Report:
    """The same for one log, export or archive that is in memory."""
    session = Session(signatures, **options)
    session.read_bytes(name, data)
    return session.finish()


@_names_options
def scan_stream(
    name: str, file: BinaryIO, signatures: Optional[Signatures] = None, **options: "Unpack[Options]"
) -> Report:
    """The same for one log, export or archive out of a file object."""
    session = Session(signatures, **options)
    session.read_stream(name, file)
    return session.finish()


@_names_options
def explain(
    id: str, paths: Paths, signatures: Optional[Signatures] = None, **options: "Unpack[Options]"
) -> Report:
    """Scans, and keeps every condition of one article, met or not: `report.explained`.

    >>> report = explain("Q253307", "testdata/healthy")
    >>> report.explained[0]["outcome"]
    'no_verdict'
    >>> print(render(report, explain=["Q253307"]))
    - Paths are in testdata/healthy/
    <BLANKLINE>
    <BLANKLINE>
    Q253307  no verdict  Dynamic RAS Connector stops delivering: remote server name typed in another...
    """
    known = (signatures or Signatures())[id]
    options["explain"] = [*options.get("explain", ()), known.id]
    return scan(paths, signatures, **options)


def merge(
    saved: Iterable[Union[bytes, Session]],
    signatures: Optional[Signatures] = None,
    *,
    articles: Sequence[Path] = (),
) -> Report:
    """Judges what several sessions have seen as one. They must have the same signatures."""
    parts = [part.save() if isinstance(part, Session) else bytes(part) for part in saved]
    return Report.from_json(_native.merge(_set(signatures), parts, [os.fspath(p) for p in articles]))


def redact(report: Report, signatures: Optional[Signatures] = None) -> Tuple[Report, Dict[str, Any]]:
    """The report with stand-ins for names, and which name became which: keep the latter to yourself.

    `report.redaction` says what was replaced, and what may remain.

    >>> report, names = redact(scan("examples/modern-dump"))
    >>> report.best.computers
    ['COMPUTER-1.domain-2.example']
    >>> "APP01" in report.to_json()
    False
    """
    text, names = _native.redact(report.to_json(), _set(signatures))
    data: Dict[str, Any] = json.loads(names)
    return Report.from_json(text), data


def render(
    report: Union[Report, str],
    format: str = "table",
    *,
    detail: str = "short",
    zone: str = "UTC",
    width: int = 100,
    color: bool = False,
    ascii: bool = False,
    title: str = "Event logs",
    explain: Sequence[str] = (),
) -> str:
    """The report for people: `table`, `markdown` or `html`; `json` gives it for programs.

    `detail` is `summary`, `short`, `full` or `logic`. Text from logs is made harmless.

    >>> report = scan("examples/modern-dump")
    >>> print(render(report, detail="summary").splitlines()[0])
    3 problems (3 match); asked ... signatures over 2 logs with 85 records, 2026-03-14 20:06:52 to
    >>> render(report, "html").startswith("<!DOCTYPE html>")
    True
    """
    text = report.to_json() if isinstance(report, Report) else report
    if format == "json":
        return Report.from_json(text).to_json()
    if format == "html" and detail == "short":
        # A page folds details away.
        detail = "full"
    show = {
        "format": format, "detail": detail, "zone": zone, "width": width, "color": color,
        "ascii": ascii, "title": title, "explain": list(explain),
    }
    return _native.render(text, show)


class Events:
    """The records of a collection: an iterable of `Event`, and columns.

    Each iteration and each conversion reads anew. `inputs` and `ignored` hold the account of the
    last one, once it has come to its end: what could not be read is named there.
    """

    def __init__(
        self,
        paths: List[str],
        options: Dict[str, Any],
        filter: Dict[str, Any],
        progress: Optional[OnProgress],
    ) -> None:
        self._made = (paths, options, filter, progress)
        self._reader = _native.EventReader(*self._made)

    def __iter__(self) -> Iterator[Event]:
        reader = self._reader = _native.EventReader(*self._made)
        while True:
            events = reader.next_events()
            if not events:
                return
            yield from events

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Arrow's C stream: for polars, DuckDB, pyarrow and whoever else knows it. Records are
        read while they are taken."""
        self._reader = _native.EventReader(*self._made)
        return self._reader.__arrow_c_stream__(requested_schema)

    def _collect(self) -> Any:
        self._reader = _native.EventReader(*self._made)
        return self._reader.collect()

    def to_arrow(self) -> "pyarrow.Table":
        """A `pyarrow.Table`."""
        import pyarrow

        return pyarrow.table(self._collect())

    def to_pandas(self) -> "pandas.DataFrame":
        """A pandas `DataFrame`; needs pyarrow, too: `pip install eventkb[pandas]`.

        Numbers stay whole numbers, also where some are missing.
        """
        import pandas
        import pyarrow

        whole = {
            getattr(pyarrow, f"uint{bits}")(): getattr(pandas, f"UInt{bits}Dtype")()
            for bits in (8, 16, 32, 64)
        }
        return self.to_arrow().to_pandas(types_mapper=whole.get)

    def to_polars(self) -> "polars.DataFrame":
        """A polars `DataFrame`: `pip install eventkb[polars]`."""
        import polars

        return polars.DataFrame(self._collect())

    def _account(self) -> Dict[str, Any]:
        account = self._reader.account()
        if account is None:
            raise EventKBError("there is no account before the events were read to their end")
        data: Dict[str, Any] = json.loads(account)
        return data

    @property
    def inputs(self) -> List[Input]:
        """What became of each file that was read."""
        return [Input.from_dict(input) for input in self._account()["inputs"]]

    @property
    def ignored(self) -> List[Ignored]:
        """What was left alone, and why."""
        return [Ignored.from_dict(ignored) for ignored in self._account()["ignored"]]


def events(
    paths: Paths,
    *,
    providers: Sequence[str] = (),
    ids: Iterable[Union[int, range]] = (),
    levels: Iterable[Union[int, str]] = (),
    text: Optional[str] = None,
    limit: Optional[int] = None,
    columns: Sequence[str] = (),
    since: Optional[Time] = None,
    until: Optional[Time] = None,
    computers: Sequence[str] = (),
    channels: Sequence[str] = (),
    recovered: bool = False,
    progress: Optional[OnProgress] = None,
) -> Events:
    """The records at and below `paths`, in the order of files and records.

    Filters act before a record is decoded. `columns` names those of `COLUMNS` that a table shall
    have; the others are not made.

    >>> for event in events("examples/modern-dump", providers=["disk"], limit=1):
    ...     print(event.time, event.computer, event.event_id, event.level_name)
    2026-03-15 02:14:07.345677+00:00 APP01.contoso.example 153 warning
    >>> table = events("examples/modern-dump", columns=["time", "event_id"]).to_arrow()
    >>> table.num_rows, table.column_names
    (85, ['time', 'event_id'])
    """
    numbers: List[int] = []
    for level in levels:
        if isinstance(level, int):
            numbers.append(level)
        elif level.lower() in _LEVELS:
            numbers.extend(_LEVELS[level.lower()])
        else:
            raise ValueError(f"level `{level}`: give {', '.join(_LEVELS)}, or a number")
    ranges = [(id.start, id.stop - 1) if isinstance(id, range) else (id, id) for id in ids]
    filter = {
        "providers": list(providers), "ids": ranges, "levels": numbers, "text": text,
        "limit": limit, "columns": list(columns),
    }
    options, _ = _options(since, until, computers, channels, recovered)
    return Events(_paths(paths), options, filter, progress)
