"""One collection, scanned in pieces by an engine of your choice, judged as one.

    python3 python/examples/spread.py --engine processes testdata/q253307-two-servers/*/

Engines: `processes` of this machine, `dask` (pip install distributed), `spark` (pip install pyspark,
and Java). Each task gives bytes, which are small; the report is that of one scan over everything.
"""

import argparse

import eventkb


def observe(piece):
    """What was seen in one piece."""
    session = eventkb.Session(threads=1)
    session.read(piece)
    return session.save()


def processes(pieces):
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool() as pool:
        return pool.map(observe, pieces)


def dask(pieces):
    from dask.distributed import Client

    with Client(threads_per_worker=1, dashboard_address=None) as client:
        return client.gather(client.map(observe, pieces))


def spark(pieces):
    from pyspark.sql import SparkSession

    with SparkSession.builder.master("local[*]").getOrCreate() as session:
        return session.sparkContext.parallelize(pieces, len(pieces)).map(observe).collect()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pieces", nargs="+")
    parser.add_argument("--engine", choices=["processes", "dask", "spark"], default="processes")
    arguments = parser.parse_args()
    saved = globals()[arguments.engine](arguments.pieces)
    report = eventkb.merge(saved)
    print(eventkb.render(report, detail="summary"), end="")
    print(f"{len(saved)} pieces, {sum(map(len, saved))} bytes of observations")


if __name__ == "__main__":
    main()
