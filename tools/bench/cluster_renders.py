"""Renders requested at all front ends of a site while its processes are killed and restarted."""

import itertools
import json
import random
import subprocess
import sys
import threading
import time
import zlib

from cluster_site import GONE, until, wanted

OVER = ("done", "failed", "cancelled")


class Report:
    """What was seen. All functions may be called from any thread."""

    def __init__(self):
        self.lock, self.wrong, self.counts = threading.Lock(), [], {}

    def blame(self, what):
        with self.lock:
            self.wrong.append(what)
        print("WRONG:", what, file=sys.stderr, flush=True)

    def count(self, what, by=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + by

    def expect(self, true, what):
        if not true:
            self.blame(what)
        return true


def persistently(fronts, method, path, seconds=90, **more):
    """Asks the front ends in turn until one answers anything but 5xx."""
    end = time.monotonic() + seconds
    for front in itertools.cycle(fronts):
        try:
            status, answer = front.ask(method, path, **more)
            if status < 500 or time.monotonic() > end:
                return status, answer
        except GONE:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


def submit(site, report, number, body, seconds=600):
    """The id of an accepted render. Refused ones are asked for again, with the same key, at the other front
    end."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": f"render {number}",
        "X-Forwarded-For": f"203.0.113.{number % 250 + 1}",
    }
    end = time.monotonic() + seconds
    for turn in itertools.count(number):
        front = site.fronts[turn % len(site.fronts)]
        try:
            status, answer = front.ask("POST", "/renders", body, headers)
        except GONE:
            status, answer = 0, b""
        if status == 202:
            return json.loads(answer)["id"]
        report.count(f"submissions answered {status or 'with silence'}")
        if status not in (0, 429, 503, 507):
            report.blame(f"a submission was answered {status} {answer[:200]!r}")
            return None
        if time.monotonic() > end:
            report.blame(f"render {number} was not taken in within {seconds} s: {status} {answer[:200]!r}")
            return None
        time.sleep(0.5 if status == 429 else 0.2)


def watch(site, report, id, chance, seconds=600):
    """The last status of a render, by events from both front ends: hangs up now and then and goes on at the
    other one."""
    end, seen, last, turn = time.monotonic() + seconds, 0, None, chance.randrange(2)
    while time.monotonic() < end:
        front = site.fronts[turn % len(site.fronts)]
        turn += 1
        try:
            for version, status in front.events(id, seen or None, most=chance.choice((1, 2, 3, None))):
                report.count("events")
                report.expect(version > seen, f"event {version} came after {seen} of {id}")
                report.expect(
                    status["version"] == version, f"event {version} of {id} says version {status['version']}"
                )
                if last is not None and last["state"] in OVER:
                    report.blame(f"{id} was {last['state']} and then {status['state']}")
                seen, last = version, status
        except GONE:
            report.count("streams cut off")
            time.sleep(0.2)
            continue
        report.count("streams")
        if last is not None and last["state"] in OVER:
            # What came after the last event is nothing, at once, at the other one too.
            rest = list(site.fronts[turn % len(site.fronts)].events(id, seen, timeout=40))
            report.expect(not rest, f"{id}: more events after the last: {rest}")
            return last
    report.blame(f"{id} was not over within {seconds} s; last: {last}")
    return last


class Chaos(threading.Thread):
    """Kills and restarts, one thing at a time: a NATS server again only when all three agree."""

    def __init__(self, site, report, chance, statuses, pause, most):
        super().__init__(daemon=True)
        self.site, self.report, self.chance, self.statuses = site, report, chance, statuses
        self.pause, self.most, self.done = pause, most, threading.Event()

    def run(self):
        order, worker_is_next = itertools.cycle(self.chance.sample(range(3), 3)), True
        for _ in range(self.most):
            if self.done.wait(self.pause):
                return
            while worker_is_next and not self.may_kill_a_worker():
                if self.done.wait(0.3):
                    return
            if not worker_is_next:
                victim, worker_is_next = next(order), True
                self.site.nodes[victim].kill()
                self.report.count("NATS servers killed")
                self.done.wait(self.chance.uniform(3, 8))
                self.site.nodes[victim].start()
                try:
                    until(
                        lambda: self.done.is_set() or all(map(self.site.node_healthy, range(3))),
                        90,
                        "NATS is whole again",
                    )
                except TimeoutError as error:
                    self.report.blame(str(error))
            else:
                worker, worker_is_next = self.chance.choice(self.site.workers), False
                worker.kill()
                self.report.count("workers killed")
                self.done.wait(self.chance.uniform(0.2, 2))
                worker.start()

    def may_kill_a_worker(self):
        """Three deaths in a row are a dead letter, which is another test."""
        running = [
            status["attempts"] for status in self.statuses() if status and status["state"] == "running"
        ]
        return bool(running) and max(running) < 3

    def stop(self):
        self.done.set()
        self.join()


def is_dance(file):
    return file[:4] == b"TDNC" and zlib.crc32(file[:-4]) == int.from_bytes(file[-4:], "little")


def render_all(site, report, count, seeds, seconds, chance, steps, pause, kills):
    """Ids and last statuses of `count` renders while processes are killed; how long they took."""
    ids, lasts, begun = [None] * count, [None] * count, time.monotonic()

    def statuses():
        known = []
        for id in [id for id, last in zip(ids, lasts) if id and not last]:
            try:
                status, answer = site.fronts[0].json("GET", f"/renders/{id}")
                known.append(answer if status == 200 else None)
            except GONE:
                pass
        return known

    numbers, lock = iter(range(count)), threading.Lock()

    def client(seed):
        own = random.Random(seed)
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                body = wanted(number % seeds, seconds, candidates=8, steps=steps)
                ids[number] = submit(site, report, number, body)
                if ids[number] is None:
                    continue
                again = submit(site, report, number, body) if own.random() < 0.3 else ids[number]
                report.expect(again == ids[number], f"the same key made {ids[number]} and {again}")
                lasts[number] = watch(site, report, ids[number], own)
            except Exception as error:  # a thread that dies says why
                report.blame(f"client of render {number}: {error!r}")

    killer = Chaos(site, report, chance, statuses, pause, kills)
    seeds_of_clients = [chance.random() for _ in range(min(12, count))]
    clients = [threading.Thread(target=client, args=(seed,), daemon=True) for seed in seeds_of_clients]
    for thread in clients:
        thread.start()
    killer.start()
    for thread in clients:
        thread.join()
    took = time.monotonic() - begun
    killer.stop()
    for i in range(3):
        until(lambda i=i: site.node_healthy(i), 90, "NATS is whole again")
    return ids, lasts, took


def check_files(site, report, terpsi, by_seed):
    """The same seed made the same file, which the program reads."""
    for seed, files in by_seed.items():
        report.expect(len(files) == 1, f"seed {seed} made {len(files)} different dances")
        for file in files:
            dance = site.folder / "result.dance"
            dance.write_bytes(file)
            command = [terpsi, "convert", dance, "-o", site.folder / "result.bvh"]
            made = subprocess.run(command, capture_output=True, text=True)
            report.expect(made.returncode == 0, f"the dance of seed {seed} cannot be read: {made.stderr}")


def check_renders(site, report, terpsi, count, seeds, seconds, chance, steps=8, pause=4, kills=1000):
    """`count` renders of `seeds` seeds while processes are killed. Returns the results by seed."""
    ids, lasts, took = render_all(site, report, count, seeds, seconds, chance, steps, pause, kills)
    report.expect(len(set(ids)) == count, f"{count} renders have {len(set(ids))} ids")
    by_seed, attempts = {}, {}
    for number, (id, last) in enumerate(zip(ids, lasts)):
        if not id:
            continue
        if not report.expect(last and last["state"] == "done", f"render {number} {id} ended as {last}"):
            continue
        attempts[last["attempts"]] = attempts.get(last["attempts"], 0) + 1
        files = [persistently([front], "GET", f"/renders/{id}/result") for front in site.fronts]
        same = all(status == 200 for status, _ in files) and len({file for _, file in files}) == 1
        report.expect(same, f"results of {id}: {[(status, len(file)) for status, file in files]}")
        report.expect(is_dance(files[0][1]), f"the result of {id} is not a dance")
        by_seed.setdefault(number % seeds, set()).add(files[0][1])
    check_files(site, report, terpsi, by_seed)
    different = {file for files in by_seed.values() for file in files}
    report.expect(len(different) == min(seeds, count), "seeds made the same dance")
    done = sum(1 for last in lasts if last and last["state"] == "done")
    print(f"{done} of {count} renders done in {took:.0f} s, attempts {attempts}; {report.counts}", flush=True)
    return {seed: next(iter(files)) for seed, files in by_seed.items()}
