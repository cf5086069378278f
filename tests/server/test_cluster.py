"""A small site of many processes on loopback, with kills: what tools/bench/cluster.py does at length. Needs
nats-server."""

import os
import random
import shutil
from pathlib import Path

import pytest

from cluster_checks import check_back_pressure, check_cancelling, check_left_over, check_sharing
from cluster_renders import Report, check_renders, submit, watch
from cluster_site import Site, wanted

ROOT = Path(__file__).resolve().parents[2]

TERPSI = os.environ.get("TERPSI_BIN", str(ROOT / "build/terpsi"))
NATS = shutil.which("nats-server") or shutil.which("/usr/sbin/nats-server")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if NATS is None:
        pytest.skip("nats-server is not on this system")
    web = tmp_path_factory.mktemp("web")
    (web / "index.html").write_text(
        "<!doctype html><html><head><title>Terpsi</title></head><body></body></html>"
    )
    with Site(TERPSI, web, ROOT / "models", workers=2) as running:
        yield running


@pytest.fixture
def report():
    seen = Report()
    yield seen
    assert not seen.wrong


def test_renders_finish_once_while_a_server_and_a_worker_die(site, report):
    results = check_renders(site, report, TERPSI, 6, 3, 30, random.Random(5), pause=0.7, kills=2)
    assert len(results) == 3
    assert report.counts["workers killed"] == 1 and report.counts["NATS servers killed"] == 1
    check_left_over(site, report, 6)


def test_cancelled_at_the_other_front_end(site, report):
    check_cancelling(site, report, rounds=2)


def test_shared_at_one_deleted_at_the_other(site, report):
    id = submit(site, report, 3000, wanted(1, 8))
    last = watch(site, report, id, random.Random(1))
    assert last["state"] == "done"
    check_sharing(site, report, site.fronts[1].ask("GET", f"/renders/{id}/result")[1])


def test_full_queues_are_refused_at_both(site, report):
    check_back_pressure(site, report)


def test_events_of_what_is_over_end_at_once(site, report):
    id = submit(site, report, 3001, wanted(2, 8))
    last = watch(site, report, id, random.Random(2))
    for front in site.fronts:
        assert list(front.events(id, last["version"], timeout=5)) == []
        # An id that never was: from the start.
        replayed = list(front.events(id, last["version"] + 1000, timeout=5))
        assert [status["state"] for _, status in replayed] == ["done"]
