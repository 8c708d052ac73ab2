#!/usr/bin/env python3
"""Checks that the list of dependencies names every crate that ours depend on directly.

    cargo metadata --format-version 1 --all-features | dependencies.py docs/dependencies.md

Exit code: 0 all are named, 1 some are not.
"""

import json
import re
import sys


def main():
    with open(sys.argv[1], encoding="utf-8") as page:
        text = page.read()
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("|")]
    rows += [line for line in text.splitlines() if line.startswith("Only the tests use")]
    named = set(re.findall(r"[a-z0-9_-]+", " ".join(rows)))
    metadata = json.load(sys.stdin)
    members = set(metadata["workspace_members"])
    ours = [p for p in metadata["packages"] if p["id"] in members]
    # Crates beside these, in another workspace, have no registry.
    own = {p["name"] for p in ours} | {p["name"] for p in metadata["packages"] if p["source"] is None}
    direct = {d["name"] for p in ours for d in p["dependencies"]} - own
    missing = sorted(direct - named)
    for name in missing:
        print(f"{sys.argv[1]} does not say why {name} is used")
    print(f"{len(direct)} direct dependencies, {len(missing)} missing in the list")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
