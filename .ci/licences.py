#!/usr/bin/env python3
"""Checks that every crate of Cargo.lock may be used under a permissive licence.

    cargo metadata --format-version 1 --all-features | licences.py

An expression passes when one way to read it (every side of an AND, one side of an OR) is on the
list. Exit code: 0 all pass, 1 some do not.
"""

import json
import re
import sys

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT",
    "MIT-0", "Unicode-3.0", "Unlicense", "Zlib", "bzip2-1.0.6",
}


def passes(expression):
    words = re.findall(r"\(|\)|/|[A-Za-z0-9.+-]+", expression)

    def one(at):
        if words[at] == "(":
            result, at = any_of(at + 1)
            return result, at + 1
        result = words[at] in PERMISSIVE
        at += 1
        # An exception only ever allows more.
        if at < len(words) and words[at] == "WITH":
            at += 2
        return result, at

    def all_of(at):
        result, at = one(at)
        while at < len(words) and words[at] == "AND":
            other, at = one(at + 1)
            result = result and other
        return result, at

    def any_of(at):
        result, at = all_of(at)
        while at < len(words) and words[at] in ("OR", "/"):
            other, at = all_of(at + 1)
            result = result or other
        return result, at

    return any_of(0)[0]


def main():
    packages = [p for p in json.load(sys.stdin)["packages"] if p["source"]]
    bad = [p for p in packages if not passes(p["license"] or "none")]
    for package in bad:
        print(f"{package['name']} {package['version']}: {package['license']}")
    print(f"{len(packages)} crates, {len(bad)} without a permissive licence")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
