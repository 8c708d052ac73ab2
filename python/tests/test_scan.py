"""Scanning, sessions and reports."""

import inspect
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, datetime, timezone
from pathlib import Path

import eventkb
import pytest

DUMP = "examples/modern-dump"
SERVER = "testdata/q253307-one-server"


def test_a_scan_gives_dataclasses(root):
    report = eventkb.scan(root / DUMP)
    best = report.best
    assert (best.id, best.verdict, best.standing) == ("KB922918", "match", "problem")
    assert best.first == datetime(2026, 3, 15, 3, 17, 7, 185181, tzinfo=timezone.utc)
    assert best.symptoms[0].citations[0].file.endswith("APP01_System.xml")
    assert report.finding("kb922918") == best
    assert all(finding.verdict != "ruled_out" for finding in report.offered)
    assert not report.may_hide_something
    assert eventkb.scan([DUMP]).to_json() == eventkb.scan(DUMP, threads=1).to_json()


def test_every_field_of_real_reports_has_a_place(root):
    def no_more(part, path="report"):
        if isinstance(part, list):
            for item in part:
                no_more(item, path)
        elif hasattr(part, "more"):
            # What belongs to the kind of a landmark is no field of its own.
            assert isinstance(part, eventkb.Landmark) or not part.more, (path, part.more)
            for name, value in vars(part).items():
                no_more(value, f"{path}.{name}")

    folders = [DUMP, "examples/custom-signature", *map(str, Path("testdata").iterdir())]
    texts = [eventkb.scan(folder).to_json() for folder in folders if Path(folder).is_dir()]
    texts += [path.read_text() for path in Path("crates/eventkb-render/tests/reports").glob("*.json")]
    assert len(texts) > 10
    for text in texts:
        report = eventkb.Report.from_json(text)
        no_more(report)
        data = json.loads(text)
        assert len(report.findings) == len(data["findings"])
        assert len(report.inputs) == len(data["inputs"])


def test_options_reach_the_engine():
    report = eventkb.scan(DUMP, since="2026-03-15T03:00:00Z", until=datetime(2026, 3, 15, 3, 16, 30))
    assert report.scope["since"] == "2026-03-15T03:00:00Z"
    assert report.scope["until"] == "2026-03-15T03:16:30Z"
    assert eventkb.scan(DUMP, since=date(2027, 1, 1)).best is None
    assert eventkb.scan(DUMP, computers=["OTHER"]).best is None
    assert eventkb.scan(DUMP, unexplained=False).unexplained_not_counted
    with pytest.raises(ValueError, match="`yesterday` is no time"):
        eventkb.scan(DUMP, since="yesterday")


def test_help_shows_the_options():
    for function in (eventkb.scan, eventkb.scan_bytes, eventkb.scan_stream, eventkb.explain, eventkb.Session):
        shown = inspect.signature(function).parameters
        assert set(eventkb.Options.__annotations__) <= set(shown), function
        assert shown["threads"].default == 0
    with pytest.raises(TypeError, match="sinse"):
        eventkb.scan(DUMP, sinse="2026-03-15")


def test_what_is_not_there_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        eventkb.scan("no/such/dump")
    with pytest.raises(ValueError):
        eventkb.scan([])
    # A file that cannot be read is no error of the scan.
    odd = tmp_path / "odd.evtx"
    odd.write_bytes(b"no log at all")
    report = eventkb.scan(odd)
    assert report.inputs[0].error and report.may_hide_something


def test_bytes_and_streams():
    path = Path(SERVER, "AppEvent.evtx")
    data = path.read_bytes()
    assert eventkb.scan_bytes("log.evtx", data).best.id == "Q253307"
    report = eventkb.scan_stream("log.evtx", io.BytesIO(data))
    assert report.best.id == "Q253307" and report.inputs[0].path == "log.evtx"

    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise OSError("the line went dead")

    session = eventkb.Session()
    with pytest.raises(OSError, match="the line went dead"):
        session.read_stream("log.evtx", Broken())
    with pytest.raises((TypeError, eventkb.EventKBError)):
        session.read_stream("log.evtx", io.StringIO("text"))


def test_sessions_merge_and_survive(tmp_path):
    one, two = eventkb.Session(), eventkb.Session()
    folders = sorted(path for path in Path("testdata/q253307-two-servers").iterdir() if path.is_dir())
    one.read(folders[:1])
    two.read(folders[1:])
    (tmp_path / "two").write_bytes(two.save())
    again = eventkb.Session.load((tmp_path / "two").read_bytes())
    whole = eventkb.scan(folders)
    assert eventkb.merge([one, two.save()]).findings == whole.findings
    one.merge(again)
    assert one.finish().findings == whole.findings
    # Judging ends nothing.
    one.feed(eventkb.Event("Nobody", 1))
    assert one.finish().best == whole.best


def test_saved_observations_are_checked():
    saved = eventkb.Session().save()
    with pytest.raises(eventkb.ObservationsError, match="damaged"):
        eventkb.Session.load(saved[:-5])
    with pytest.raises(eventkb.ObservationsError, match="number 2 of them"):
        eventkb.merge([saved, b"nothing"])
    mine = eventkb.Signatures("examples/custom-signature")
    with pytest.raises(eventkb.ObservationsError, match="other signatures"):
        eventkb.Session.load(saved, mine)


def test_signatures():
    built_in = eventkb.Signatures()
    assert len(built_in) == len(list(built_in)) > 800
    assert "q253307" in built_in and "Q0" not in built_in
    signature = built_in["Q253307"]
    assert signature.document["id"] == "Q253307"
    assert "9316" in signature.show()
    with pytest.raises(eventkb.UnknownSignatureError, match="no signature is called `Q0`"):
        built_in["Q0"]
    with pytest.raises(KeyError):
        eventkb.explain("Q0", DUMP)
    assert [s.id for s in built_in.asking_for("MSExchangeMTA", 9316)]


def test_signatures_of_ones_own():
    mine = eventkb.Signatures("examples/modern-signature")
    assert eventkb.scan(DUMP, mine).finding("EX2000").verdict == "match"
    text = Path("examples/modern-signature/EX2000.json").read_text()
    assert "EX2000" in eventkb.Signatures(texts=[text])
    with pytest.raises(eventkb.SignatureError) as caught:
        eventkb.Signatures("examples/first-draft")
    problem = caught.value.problems[0]
    assert problem.file.endswith("EX1000.json") and problem.line > 0
    assert str(problem).startswith(f"{problem.file}:{problem.line}:")


def test_explain_and_render():
    report = eventkb.explain("Q253307", SERVER)
    assert report.explained[0]["outcome"] == "finding"
    table = eventkb.render(report, explain=["Q253307"], width=80)
    assert "Q253307" in table and max(map(len, table.splitlines())) <= 80
    assert "## Q253307  match" in eventkb.render(report, "markdown")
    page = eventkb.render(report, "html", title="Case <7>", zone="+02:00")
    assert "Case &lt;7&gt;" in page
    assert json.loads(eventkb.render(report, "json")) == json.loads(report.to_json())
    assert eventkb.render(eventkb.Report.from_json(report.to_json())) == eventkb.render(report)
    with pytest.raises(ValueError, match="format `pdf`"):
        eventkb.render(report, "pdf")
    with pytest.raises(ValueError, match="zone `Mars`"):
        eventkb.render(report, zone="Mars")
    with pytest.raises(eventkb.ReportError):
        eventkb.render("{}")


def test_redaction_leaves_the_verdicts():
    report = eventkb.scan(DUMP)
    redacted, names = eventkb.redact(report)
    assert [f.id for f in redacted.findings] == [f.id for f in report.findings]
    assert "APP01" not in redacted.to_json() and redacted.redaction
    assert "APP01" in json.dumps(names)


def test_an_index_of_articles_that_is_none_is_refused(tmp_path):
    (tmp_path / "odd").write_text("no index at all")
    with pytest.raises(eventkb.ArticlesError, match="odd"):
        eventkb.scan(DUMP, articles=[tmp_path / "odd"])


def many(tmp_path, size):
    """A log that takes a while: real events, again and again."""
    lines = "".join(event.to_json() + "\n" for event in eventkb.events(DUMP))
    path = tmp_path / "large.jsonl"
    with open(path, "w") as file:
        while file.tell() < size:
            file.write(lines)
    return path


def test_progress_is_told_and_can_end_it(tmp_path):
    path = many(tmp_path, 30_000_000)
    seen = []
    eventkb.scan(path, progress=seen.append)
    assert seen[-1].bytes == seen[-1].bytes_total == path.stat().st_size
    assert seen[-1].files == seen[-1].files_done == 1

    class Enough(Exception):
        pass

    def stop(progress):
        raise Enough

    begun = time.monotonic()
    with pytest.raises(Enough):
        eventkb.scan(path, progress=stop)
    with pytest.raises(Enough):
        list(eventkb.events(path, progress=stop))
    assert time.monotonic() - begun < 20


def test_the_interpreter_is_free_meanwhile(tmp_path):
    path = many(tmp_path, 30_000_000)
    turns = 0
    thread = threading.Thread(target=eventkb.scan, args=(path,))
    thread.start()
    while thread.is_alive():
        turns += 1
        time.sleep(0.001)
    assert turns > 10


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("job", [eventkb.scan, lambda path: eventkb.events(path).to_arrow()])
def test_ctrl_c_ends_it(tmp_path, job):
    path = many(tmp_path, 60_000_000)
    # Shells let what they start in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        job(path)
        time.sleep(5)
    timer.join()
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_engines_spread_it(engine):
    if engine == "dask":
        pytest.importorskip("distributed")
    pieces = ["testdata/q253307-two-servers/SEATTLE", "testdata/q253307-two-servers/PORTLAND"]
    script = ["python/examples/spread.py", "--engine", engine, *pieces]
    done = subprocess.run([sys.executable, *script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "match  Q253307" in done.stdout and "2 pieces" in done.stdout
