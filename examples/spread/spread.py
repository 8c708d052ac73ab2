#!/usr/bin/env python3
"""Scans a collection of dumps on all machines of a Ray cluster, and gives one report.

    pip install "ray>=2.40"
    python examples/spread/spread.py testdata > report.json

Every folder and log directly below the paths given is one piece of work. A worker scans it with
`eventkb scan --emit-observations` and sends back what the scan has seen: some kilobytes, however
large the dump. `eventkb merge` judges them together; the report is the one that a single scan of
everything gives, byte for byte. `--compare` makes that scan too and says whether it is so.

Without an address Ray starts on this machine. With `--address auto` it uses the cluster this
machine belongs to; then the dumps must lie under the same paths on all machines, and `eventkb` must
be installed on each. Stop the run and start it again with the same `--state` folder: what was
scanned is not scanned again.
"""

import argparse
import gzip
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

LOGS = {".evt", ".evtx", ".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".cab", ".xml", ".csv"}
"""Files that are work of their own when they lie directly below a path. In folders eventkb itself
looks at the content of every file."""

MISSING = 77
"""The exit code when Ray is not installed: skipped, neither passed nor failed."""


def scan(eventkb, piece, threads):
    """Scans one piece; gives its observations, compressed."""
    with tempfile.TemporaryDirectory() as folder:
        observations = pathlib.Path(folder, "observations.json")
        command = [eventkb, "scan", piece, "--quiet", "--threads", str(threads)]
        command += ["--emit-observations", str(observations)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # 0: an article explains it. 1: none does. 2 can also mean that nothing could be read,
        # which is an observation like any other.
        if done.returncode not in (0, 1) and not observations.exists():
            raise RuntimeError(f"{piece}: {done.stderr.strip()}")
        return gzip.compress(observations.read_bytes(), 1)


def pieces(paths):
    """The folders and files directly below the paths, largest first: the last ones to end decide
    when all is done."""
    def size(path):
        if path.is_file():
            return path.stat().st_size
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())

    found = []
    for path in map(pathlib.Path, paths):
        below = [path] if path.is_file() else path.iterdir()
        found += [item for item in below if item.is_dir() or item.suffix.lower() in LOGS]
    return sorted(found, key=lambda piece: (-size(piece), str(piece)))


def run(ray, arguments, state):
    """Scans all pieces that are not in the state folder yet."""
    worker = ray.remote(num_cpus=arguments.threads, max_retries=3)(scan)
    waiting, files = {}, []
    for piece in pieces(arguments.paths):
        name = hashlib.sha256(str(piece).encode()).hexdigest()[:32]
        file = state / f"{name}.json"
        files.append(str(file))
        if not file.exists():
            task = worker.remote(arguments.eventkb, str(piece), arguments.threads)
            waiting[task] = file
    while waiting:
        done, _ = ray.wait(list(waiting))
        for task in done:
            file = waiting.pop(task)
            partial = file.with_suffix(".partial")
            partial.write_bytes(gzip.decompress(ray.get(task)))
            partial.rename(file)
    return files


def report(command):
    """The report that a command prints, and its exit code."""
    done = subprocess.run(command, stdout=subprocess.PIPE)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command[:2])} ended with {done.returncode}")
    return done.stdout, done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", help="folders of dumps")
    parser.add_argument("--eventkb", default="eventkb", help="the program (default: on PATH)")
    parser.add_argument("--threads", type=int, default=1, help="threads for each piece (default 1)")
    parser.add_argument("--address", help="Ray cluster (default: a new one on this machine)")
    parser.add_argument("--state", help="folder for what was scanned (default: a temporary one)")
    parser.add_argument("--compare", action="store_true", help="compare with one big scan")
    arguments = parser.parse_args()
    # Workers have a working folder of their own.
    arguments.eventkb = shutil.which(arguments.eventkb) or parser.error("eventkb is not on PATH")
    arguments.eventkb = os.path.abspath(arguments.eventkb)
    arguments.paths = [os.path.abspath(path) for path in arguments.paths]
    try:
        import ray
    except ImportError:
        print("SKIPPED: Ray is not installed (pip install ray)", file=sys.stderr)
        return MISSING
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ray.init(address=arguments.address, include_dashboard=False, log_to_driver=False,
             logging_level="ERROR")
    with tempfile.TemporaryDirectory() as temporary:
        state = pathlib.Path(arguments.state or temporary)
        state.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        files = run(ray, arguments, state)
        sent = sum(pathlib.Path(file).stat().st_size for file in files)
        spread, code = report([arguments.eventkb, "merge", "--format", "json", *files])
        seconds = time.monotonic() - begun
    print(f"{len(files)} pieces, {sent} bytes of observations, {seconds:.1f} s", file=sys.stderr)
    sys.stdout.buffer.write(spread)
    if arguments.compare:
        everything = [str(piece) for piece in pieces(arguments.paths)]
        whole, _ = report([arguments.eventkb, "scan", "--quiet", "--format", "json", *everything])
        if whole != spread:
            sys.exit("the report differs from that of one big scan")
        print("one big scan gives the same report, byte for byte", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
