#!/usr/bin/env python3
"""One site on many processes, all on loopback: three NATS servers, two front ends, three workers. While
renders are asked for at both front ends, one NATS server after the other and workers in mid-render are killed
with SIGKILL and started again.

    tools/bench/cluster.py [--terpsi build/terpsi] [--web FOLDER] [--models FOLDER] [--renders 100] [--seed 1]

Checked: every render that was answered with 202 is done, once, with one result, the same at both front ends;
the same seed gives the same bytes; events go on at the other front end from Last-Event-ID; cancelling,
sharing and deleting work across front ends; full queues are refused with 429; a render whose workers die is a
dead letter. Needs nats-server. Exit code 1 when anything is not so.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from cluster_checks import (
    check_back_pressure,
    check_cancelling,
    check_dead_letter,
    check_left_over,
    check_sharing,
)
from cluster_renders import Report, check_renders
from cluster_site import GONE, Site

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--terpsi", default=ROOT / "build/terpsi")
    parser.add_argument("--web", default=ROOT / "web/dist")
    parser.add_argument("--models", default=ROOT / "models")
    parser.add_argument("--renders", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60, help="of music of each render")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that the site is closed
    report, chance = Report(), random.Random(given.seed)
    begun = time.monotonic()
    with Site(given.terpsi, given.web, given.models) as site:
        print(
            f"three NATS servers, two front ends and three workers after {time.monotonic() - begun:.1f} s",
            flush=True,
        )
        try:
            dances = check_renders(
                site, report, given.terpsi, given.renders, min(10, given.renders), given.seconds, chance
            )
            check_left_over(site, report, given.renders)
            check_cancelling(site, report)
            check_sharing(site, report, next(iter(dances.values())))
            check_dead_letter(site, report)
            check_back_pressure(site, report)
        except (TimeoutError, StopIteration, *GONE) as error:
            report.blame(repr(error))
        if report.wrong:
            kept = Path(tempfile.mkdtemp(prefix="terpsi-cluster-logs-"))
            for program in site.programs:
                shutil.copy(program.log, kept)
            print(f"logs are in {kept}", file=sys.stderr)
    print(
        f"{len(report.wrong)} wrong, {time.monotonic() - begun:.0f} s, load average {os.getloadavg()[0]:.1f}"
    )
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
