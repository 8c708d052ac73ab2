"""Errors and warnings of a dump, hour by hour: from logs to a picture, with pandas.

    pip install ./python[pandas] matplotlib
    python3 python/examples/errors_by_hour.py examples/modern-dump

Cells are set off by `# %%`: editors that know notebooks run them one by one.
"""

# %% What to look at
import argparse

import eventkb
import pandas

parser = argparse.ArgumentParser()
parser.add_argument("paths", nargs="+")
parser.add_argument("--output", default="errors-by-hour.png")
parser.add_argument("--hours", default="1h", help="width of a bar, such as 15min, 1h, 1D")
arguments = parser.parse_args()

# %% The records as a table; only the columns that are needed are made
events = eventkb.events(
    arguments.paths,
    levels=["critical", "error", "warning"],
    columns=["time", "computer", "provider", "event_id", "level"],
)
frame = events.to_pandas()
lost = sum(file.records_lost for file in events.inputs)
print(f"{len(frame)} errors and warnings in {len(events.inputs)} files, {lost} records lost")

# %% The loudest sources
loudest = frame["provider"].value_counts().head(5)
print(loudest.to_string())

# %% How many of them by hour
frame["source"] = frame["provider"].where(frame["provider"].isin(loudest.index), "others")
hour = pandas.Grouper(key="time", freq=arguments.hours)
rates = frame.groupby([hour, "source"]).size().unstack(fill_value=0)

# %% Which articles explain them, and since when
report = eventkb.scan(arguments.paths)
for finding in report.offered:
    print(f"{finding.first:%Y-%m-%d %H:%M} {finding}")

# %% The picture: bars of errors, and a line where each problem begins
import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

figure, axes = pyplot.subplots(figsize=(10, 4.5), layout="constrained")
bottom = pandas.Series(0, index=rates.index)
width = pandas.Timedelta(arguments.hours) * 0.9
for source in rates.columns:
    axes.bar(rates.index, rates[source], width, bottom=bottom, align="edge", label=source)
    bottom += rates[source]
peak = bottom.max()
problems = [
    finding
    for finding in report.offered
    if finding.standing == "problem" and finding.first and not finding.rival_of
]
for n, finding in enumerate(problems[:5]):
    axes.axvline(finding.first, color="black", linewidth=0.8, linestyle="--")
    height = peak * (1.45 - 0.08 * n)
    axes.annotate(
        f"{finding.id} ", (finding.first, height), ha="right", va="center", fontsize=9
    )
axes.set_ylim(0, peak * 1.5)
axes.set_ylabel(f"errors and warnings per {arguments.hours}")
axes.set_xlabel("UTC")
axes.legend(loc="upper left", fontsize=9)
figure.savefig(arguments.output, dpi=120)
print(f"drawn into {arguments.output}")
