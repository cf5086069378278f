"""What else must hold on a site (cluster_site.py), across its front ends."""

import signal
import time

from cluster_renders import OVER, submit
from cluster_site import until, wanted


def check_left_over(site, report, results):
    """One result for each render that is done, and no request left over."""
    try:
        until(lambda: site.messages("TERPSI_RENDERS") == 0, 30, "all requests are acknowledged")
    except TimeoutError as error:
        report.blame(f"{error}: {site.messages('TERPSI_RENDERS')} left")
    kept = site.messages("KV_terpsi_results")
    report.expect(kept == results, f"{results} renders are done and {kept} results are kept")
    print(f"{kept} results kept, {site.messages('TERPSI_RENDERS')} requests left", flush=True)


def check_cancelling(site, report, rounds=3):
    """Asked for at one front end, cancelled at the other in mid-render, seen by the first within a second."""
    slowest = 0
    for i in range(rounds):
        here, there = site.fronts[i % 2], site.fronts[1 - i % 2]
        id = submit(site, report, 1000 + i, wanted(i, 120, candidates=8, steps=64))
        there.reaches(id, "running", 40, "a render runs")
        status, answer = there.json("DELETE", f"/renders/{id}")
        asked = time.monotonic()
        cancelled = status == 200 and answer["state"] == "cancelled"
        report.expect(cancelled, f"cancelling answered {status} {answer}")
        here.reaches(id, "cancelled", 10, "it is cancelled")
        slowest = max(slowest, time.monotonic() - asked)
        report.expect(here.ask("GET", f"/renders/{id}/result")[0] == 404, "a cancelled render has a result")
    # The workers are free again at once: a short render is done soon.
    id = submit(site, report, 1100, wanted(0, 4))
    free = site.fronts[0].reaches(id, "done", 40, "workers are free again")
    report.expect(slowest < 1, f"cancelling took {slowest:.2f} s")
    print(
        f"cancelled in mid-render at the other front end {rounds} times, seen within {slowest:.2f} s; ",
        end="",
    )
    print(f"next render done after {free:.1f} s", flush=True)


def check_sharing(site, report, dance):
    """A dance shared at one front end is read, converted and deleted at the other."""
    for here, there in (site.fronts, site.fronts[::-1]):
        status, made = here.json("POST", "/dances", dance, {"Content-Type": "application/octet-stream"})
        if not report.expect(status == 201, f"sharing answered {status} {made}"):
            continue
        path = f"/dances/{made['id']}"
        report.expect(there.ask("GET", path) == (200, dance), "the other front end has another dance")
        bvh = there.ask("GET", path + ".bvh")[1]
        report.expect(bvh.startswith(b"HIERARCHY"), "no BVH at the other front end")
        wrong, right = {"X-Delete-Token": "wrong"}, {"X-Delete-Token": made["delete_token"]}
        report.expect(there.ask("DELETE", path, headers=wrong)[0] == 403, "a wrong token deleted")
        report.expect(here.ask("GET", path)[0] == 200, "a wrong token deleted")
        report.expect(there.ask("DELETE", path, headers=right)[0] == 204, "not deleted")
        took = until(lambda h=here, p=path: h.ask("GET", p)[0] == 404, 5, "the deleted dance is gone")
        report.expect(took < 1.2, f"a deleted dance was there for {took:.1f} s")
    print("shared, read, converted and deleted across front ends", flush=True)


def check_back_pressure(site, report):
    """With all workers stopped: 2 renders for a client, 32 for all, refused at both front ends."""
    for worker in site.workers:
        worker.signal(signal.SIGTERM)
    for worker in site.workers:
        worker.process.wait(30)
    body, ids = wanted(1, 4), []

    def ask(front, client):
        headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
        return front.json("POST", "/renders", body, headers)

    answers = [ask(site.fronts[i % 2], "198.51.100.1") for i in range(3)]
    report.expect([status for status, _ in answers] == [202, 202, 429], f"one client: {answers}")
    ids += [answer["id"] for status, answer in answers if status == 202]
    for i in range(60):
        status, answer = ask(site.fronts[i % 2], f"198.51.100.{2 + i // 2}")
        if status != 202:
            break
        ids.append(answer["id"])
    full = status == 429 and answer["error"]["code"] == "busy" and 32 <= len(ids) <= 34
    report.expect(full, f"after {len(ids)} renders: {status} {answer}")
    report.expect(ask(site.fronts[0], "192.0.2.9")[0] == 429, "the other front end took one more")
    positions = [site.fronts[0].render(id)["position"] for id in ids[:5]]
    report.expect(positions == sorted(positions) and len(set(positions)) == 5, f"positions {positions}")
    for i, id in enumerate(ids):
        status, answer = site.fronts[i % 2].json("DELETE", f"/renders/{id}")
        cancelled = status == 200 and answer["state"] == "cancelled"
        report.expect(cancelled, f"cancelling answered {status} {answer}")
    report.expect(ask(site.fronts[0], "198.51.100.1")[0] == 202, "no room after all were cancelled")
    for worker in site.workers:
        worker.start()
    print(f"{len(ids)} renders waited, the next was refused with 429 at both front ends; ", end="")
    print("cancelling made room", flush=True)


def check_dead_letter(site, report):
    """One worker at a time, killed in mid-render three times."""
    worker, others = site.workers[0], site.workers[1:]
    for other in others:
        other.signal(signal.SIGTERM)
    for other in others:
        other.process.wait(30)
    id = submit(site, report, 2000, wanted(1, 120, candidates=8, steps=64))
    for attempt in (1, 2, 3):

        def began(attempt=attempt):
            now = site.fronts[0].render(id)
            return now["state"] == "running" and now["attempts"] == attempt and now["progress"] > 0

        until(began, 60, f"attempt {attempt}")
        worker.kill()
        worker.start()
    until(lambda: site.fronts[1].render(id)["state"] in OVER, 60, "the render is given up")
    last = site.fronts[1].render(id)
    report.expect(
        last["state"] == "failed" and last["error"]["code"] == "gave_up", f"a dead letter ended as {last}"
    )
    letters = site.messages("TERPSI_DEAD")
    report.expect(letters == 1, f"{letters} dead letters")
    for other in others:
        other.start()
    print(
        f"given up after three dead workers: {last['error']['message']!r}, {letters} dead letter", flush=True
    )
