#!/usr/bin/env python3
"""Reads event logs with libevtx and libevt and prints one JSON line per record.

    peers_check.py PATH...        files, or folders searched for .evtx and .evt files
    peers_check.py --compare EVENTS.jsonl PATH...

With --compare nothing is printed for each record. Instead each is looked up in the output of
`eventkb events PATH... --format jsonl`: a record that the modules read and eventkb does not list
in the same way, field by field, is a failure. The reverse is none: eventkb reads cut chunks, too.

The lines hold file, record id, event id, source, computer and strings, so that they can be
compared with what was meant to be written. The modules come from the packages libevtx-python
and libevt-python; where one is missing, its files are skipped and the output says so. Exit code:
0 all read, 1 a file or record could not be read, 3 something was skipped, 2 wrong usage.
"""

import json
import os
import sys


def load(name):
    try:
        return __import__(name)
    except ImportError:
        return None


def find(paths):
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for folder, subfolders, names in os.walk(path):
            subfolders.sort()
            for name in sorted(names):
                if name.lower().endswith((".evtx", ".evt")):
                    yield os.path.join(folder, name)


def strings_of(record):
    found = []
    for at in range(record.get_number_of_strings()):
        try:
            found.append(record.get_string(at))
        except OSError:
            found.append(None)
    return found


def describe(path, record, recovered):
    return {
        "file": path,
        "record_id": record.identifier,
        "event_id": record.event_identifier & 0xFFFF,
        "source": record.source_name,
        "computer": record.computer_name,
        "strings": strings_of(record),
        "recovered": recovered,
    }


def read(module, path, show):
    """Shows the records of a file; returns how many could not be read, or are not as they should be."""
    bad = 0
    log = module.file()
    log.open(path)
    try:
        jobs = [
            (log.number_of_records, log.get_record, False),
            (log.number_of_recovered_records, log.get_recovered_record, True),
        ]
        for count, get, recovered in jobs:
            for at in range(count):
                try:
                    line = describe(path, get(at), recovered)
                except OSError as error:
                    line = {"file": path, "index": at, "recovered": recovered, "error": str(error)}
                    bad += 1
                bad += show(line)
    finally:
        log.close()
    return bad


def printed(line):
    print(json.dumps(line, ensure_ascii=False))
    return 0


class Comparison:
    """Compares records with those that eventkb lists."""

    def __init__(self, path):
        self.listed = {}
        self.equal = self.different = 0
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                key = (event["file"], event["record_id"], event["trust"] == "recovered")
                self.listed.setdefault(key, []).append(event)

    def __call__(self, line):
        key = (line["file"], line.get("record_id"), line.get("recovered"))
        for event in self.listed.get(key, []):
            ours = (event["event_id"], event["provider"], event["computer"], event["strings"])
            # libevtx gives None for an empty string.
            strings = [text or "" for text in line["strings"]]
            theirs = (line["event_id"], line["source"], line["computer"], strings)
            if ours == theirs:
                self.equal += 1
                return 0
        self.different += 1
        if self.different <= 5:
            print("differs:", json.dumps(line))
            print("  listed:", json.dumps(self.listed.get(key)))
        return 1


def main(arguments):
    show, paths = printed, arguments
    if arguments[:1] == ["--compare"] and len(arguments) > 2:
        show, paths = Comparison(arguments[1]), arguments[2:]
    if not paths or paths[0].startswith("-"):
        sys.stderr.write(__doc__)
        return 2
    modules = {".evtx": ("pyevtx", load("pyevtx")), ".evt": ("pyevt", load("pyevt"))}
    bad = skipped = 0
    for path in find(paths):
        name, module = modules.get(os.path.splitext(path)[1].lower(), ("a reader", None))
        if module is None:
            print(f"skipped: {path}: {name} is missing")
            skipped += 1
            continue
        try:
            bad += read(module, path, show)
        except OSError as error:
            print(json.dumps({"file": path, "error": str(error)}))
            bad += 1
    if isinstance(show, Comparison):
        print(f"{show.equal} records are listed as libevtx and libevt read them, {bad} are not")
    return 1 if bad else 3 if skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
