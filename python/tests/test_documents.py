"""Every Python block of README, book and package, and every doctest, runs and shows what it says.

In a page, a block with `>>>` is a doctest; any other one is run as it stands. The blocks of a page
see each other's names. A page's paths are those of the root of the repository.
"""

import doctest
import re
from pathlib import Path

import eventkb
import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pages():
    places = [ROOT / "README.md", ROOT / "python/README.md"]
    places += sorted((ROOT / "docs").rglob("*.md"))
    return [page for page in places if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("module", [eventkb, eventkb._report], ids=lambda module: module.__name__)
def test_doctests(module):
    finder = doctest.DocTestFinder(exclude_empty=True)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in finder.find(module, globs=dict(vars(eventkb))):
        runner.run(test)
    assert runner.failures == 0
    assert module is not eventkb or runner.tries > 20


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_pages(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    names = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        source = block[1]
        if ">>> " in source:
            test = doctest.DocTestParser().get_doctest(source, names, page.name, str(page), line)
            runner = doctest.DocTestRunner(optionflags=FLAGS)
            runner.run(test, clear_globs=False)
            assert runner.failures == 0, f"{page}:{line}"
            names.update(test.globs)
        else:
            exec(compile("\n" * line + source, str(page), "exec"), names)
