"""Records one by one, and as columns."""

import json
import subprocess
import sys
from datetime import datetime, timezone

import eventkb
import pytest

DUMP = "examples/modern-dump"


def test_events_are_records():
    events = list(eventkb.events(DUMP))
    assert len(events) == 85
    disk = next(event for event in events if event.provider == "disk")
    assert (disk.event_id, disk.level, disk.level_name) == (153, 3, "warning")
    assert disk.time == datetime(2026, 3, 15, 2, 14, 7, 345677, tzinfo=timezone.utc)
    assert disk.strings and disk.file.endswith("APP01_System.xml")
    assert json.loads(disk.to_json())["provider"] == "disk"
    assert list(disk.to_dict()) == eventkb.COLUMNS
    assert disk == disk and disk != events[0]
    assert "disk 153" in repr(disk)


def test_filters():
    count = lambda **filters: sum(1 for _ in eventkb.events(DUMP, **filters))
    assert count(limit=3) == 3 and count(limit=0) == 0
    assert count(levels=["error"]) == count(levels=[2])
    assert 0 < count(ids=[range(7000, 7010)]) == count(ids=[7000, 7009])
    assert count(providers=["DISK"]) == count(text="\\Device\\Harddisk2") > 0
    with pytest.raises(ValueError, match="level `bad`"):
        eventkb.events(DUMP, levels=["bad"])


def test_events_of_ones_own_are_judged():
    session = eventkb.Session()
    for event in eventkb.events(DUMP):
        session.feed(event)
    assert session.finish().best.id == eventkb.scan(DUMP).best.id
    event = eventkb.Event(
        "Disk", 7, time=datetime(2026, 1, 1, tzinfo=timezone.utc), named=[("Device", "C:")]
    )
    assert event.value("device") == "C:" and event.value("none") is None


def test_the_account_names_what_could_not_be_read():
    events = eventkb.events("testdata/dirty-truncated")
    with pytest.raises(eventkb.EventKBError, match="before the events were read"):
        events.inputs
    read = sum(1 for _ in events)
    assert sum(input.records_read for input in events.inputs) == read
    assert any(input.records_lost for input in events.inputs)
    assert [ignored.path for ignored in events.ignored] == ["testdata/dirty-truncated/expected.json"]


def test_columns_say_the_same_as_records():
    pyarrow = pytest.importorskip("pyarrow")
    for source in (DUMP, "testdata"):
        events = eventkb.events(source)
        table = events.to_arrow()
        assert table.column_names == eventkb.COLUMNS
        rows = table.to_pylist()
        for row, event in zip(rows, events):
            wanted = event.to_dict()
            row["named"] = [(pair["name"], pair["value"]) for pair in row["named"]]
            assert row == wanted
        assert len(rows) == sum(1 for _ in events) > 0
        # The stream that is read while it is taken.
        assert pyarrow.table(events).equals(table)
    for batch in table.to_batches():
        batch.validate(full=True)


def test_columns_can_be_chosen():
    pytest.importorskip("pyarrow")
    table = eventkb.events(DUMP, columns=["event_id", "time"]).to_arrow()
    assert table.column_names == ["event_id", "time"]
    with pytest.raises(ValueError, match="there is no column `tme`; there are time, "):
        eventkb.events(DUMP, columns=["tme"])


def test_pandas():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = eventkb.events(DUMP, levels=["error", "warning"]).to_pandas()
    assert str(frame["time"].dt.tz) == "UTC"
    by_hour = frame.groupby([pandas.Grouper(key="time", freq="1h"), "provider"]).size()
    assert by_hour.sum() == len(frame) > 0
    # Numbers stay exact, where some are missing too: bits of keywords are beyond what a float holds.
    whole = eventkb.events("testdata").to_pandas()
    assert whole["process_id"].isna().any() and str(whole["process_id"].dtype) == "UInt32"
    assert str(whole["keywords"].dtype) == "UInt64"


def test_polars():
    polars = pytest.importorskip("polars")
    frame = eventkb.events(DUMP).to_polars()
    assert frame.height == 85
    assert frame.filter(polars.col("event_id") == 153)["computer"].unique().to_list() == [
        "APP01.contoso.example"
    ]
    # Without our own help.
    assert polars.DataFrame(eventkb.events(DUMP)).equals(frame)


def test_the_example_draws(tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "errors.png"
    script = "python/examples/errors_by_hour.py"
    done = subprocess.run(
        [sys.executable, script, DUMP, "--output", picture], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 5_000
    assert "Contoso-OrderSync" in done.stdout
