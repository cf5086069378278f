#!/usr/bin/env python3
"""One site on many processes, all on loopback: three NATS servers, two front ends, three workers. While renders are asked for
at both front ends, one NATS server after the other and workers in mid-render are killed with SIGKILL and started again.

    tools/bench/cluster.py [--terpsi build/terpsi] [--web FOLDER] [--models FOLDER] [--renders 100] [--seed 1]

Checked: every render that was answered with 202 is done, once, with one result, the same at both front ends; the same seed gives
the same bytes; events go on at the other front end from Last-Event-ID; cancelling, sharing and deleting work across front ends;
full queues are refused with 429; a render whose workers die is a dead letter. Needs nats-server. Exit code 1 when anything is
not so.
"""
import argparse
import hashlib
import http.client
import itertools
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
API = "/api/v1"
GONE = (OSError, http.client.HTTPException)  # the front end, or the connection to it
OVER = ("done", "failed", "cancelled")


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def music(seconds):
    """What `terpsi analyze --json` says of a steady beat of 120 per minute."""
    frames, beats = int(seconds * 30), int(seconds * 2)
    return {"duration": seconds, "frames": frames, "tempo_bpm": 120, "beats_per_bar": 4, "beat_confidence": 1,
            "beats": [i / 2 for i in range(beats)], "beat_in_bar": [i % 4 + 1 for i in range(beats)],
            "sections": [{"start": 0, "end": seconds, "label": 0}],
            "loudness": [0.7] * frames, "onset": [1 if i % 15 == 0 else 0.2 for i in range(frames)]}


def wanted(seed, seconds, **more):
    """A request; more `candidates` make it longer."""
    return json.dumps({"music": music(seconds), "model": "student", "seed": str(seed), "title": f"Seed {seed}", **more})


def until(true, seconds, what):
    """Waits until true() is; says after how long."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - begun


class Program:
    """A process that may be killed and started again; it dies with its owner."""

    def __init__(self, name, command, folder, environment=None):
        self.name, self.command, self.log = name, [str(part) for part in command], folder / f"{name}.log"
        self.environment, self.process = environment, None
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.environment)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def signal(self, what):
        self.process.send_signal(what)

    @property
    def alive(self):
        return self.process.poll() is None


class Front(Program):
    def __init__(self, *arguments, port):
        self.port = port
        super().__init__(*arguments)

    def connect(self, timeout=40):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, method, path, body=None, headers=None, timeout=40):
        """Status and body; `path` below the API unless it begins with two slashes."""
        connection = self.connect(timeout)
        try:
            connection.request(method, path[1:] if path.startswith("//") else API + path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method, path, body=None, headers=None):
        status, answer = self.ask(method, path, body, headers)
        return status, json.loads(answer) if answer else None

    def events(self, id, after=None, most=None, timeout=90):
        """(id, status) of the events of one connection; `most`: hangs up after so many."""
        connection = self.connect(timeout)
        try:
            connection.request("GET", f"{API}/renders/{id}/events", headers={} if after is None else {"Last-Event-ID": str(after)})
            answer = connection.getresponse()
            if answer.status == 204:  # it is over, and `after` was the last
                return
            if answer.status != 200:
                raise OSError(f"events answered {answer.status}")
            version, count = None, 0
            while line := answer.readline():
                if line.startswith(b"id: "):
                    version = int(line[4:])
                elif line.startswith(b"data: "):
                    yield version, json.loads(line[6:])
                    count += 1
                    if count == most:
                        return
        finally:
            connection.close()


class Site:
    """The processes of one site, in a folder of their own. A context manager: they end with it."""

    def __init__(self, terpsi, web, models, workers=3, front_ends=2, max_payload="8MB"):
        self.folder = Path(tempfile.mkdtemp(prefix="terpsi-cluster-"))
        self.programs = []
        try:
            self.nodes = self._start_nodes(max_payload)
            urls = "nats://" + ",".join(f"127.0.0.1:{port}" for port in self.client_ports)
            environment = {key: value for key, value in os.environ.items() if not key.startswith("TERPSI_")}
            common = ["--cluster", urls, "--models", models]
            self.workers = [Program(f"worker{i}", [terpsi, "work", *common, "--threads", 1, "--device", "cpu", "--default-model",
                                                   "student"], self.folder, environment) for i in range(workers)]
            self.programs += self.workers
            self.fronts = [Front(f"front{i}", [terpsi, "serve", *common, "--no-worker", "--port", port, "--web", web,
                                               "--trusted-proxy", "loopback", "--renders-per-minute", 0,
                                               "--dances-per-minute", 0], self.folder, environment, port=port)
                           for i, port in enumerate(free_ports(front_ends))]
            self.programs += self.fronts
            for front in self.fronts:
                until(lambda front=front: self._ready(front), 60, f"{front.name} is ready")
        except BaseException:
            self.close()
            raise

    def _start_nodes(self, max_payload):
        ports = free_ports(9)
        self.client_ports, routes, self.monitors = ports[:3], ports[3:6], ports[6:]
        nodes = []
        for i in range(3):
            config = self.folder / f"nats{i}.conf"
            config.write_text(
                f'server_name: n{i}\nlisten: "127.0.0.1:{self.client_ports[i]}"\nhttp: "127.0.0.1:{self.monitors[i]}"\n'
                f'max_payload: {max_payload}\njetstream {{ store_dir: "{self.folder}/nats{i}", max_file: 2GB, max_mem: 64MB }}\n'
                f'cluster {{ name: test, listen: "127.0.0.1:{routes[i]}", routes: ['
                + ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes) + "] }\n")
            nodes.append(Program(f"nats{i}", [shutil.which("nats-server") or "/usr/sbin/nats-server", "-c", config], self.folder))
            self.programs.append(nodes[-1])
        for i in range(3):
            until(lambda i=i: self.node_healthy(i), 60, f"NATS server {i} is healthy")
        return nodes

    @staticmethod
    def _ready(front):
        if not front.alive:
            raise RuntimeError(f"{front.name} ended:\n{front.log.read_text()[-2000:]}")
        try:
            return front.ask("GET", "//readyz", timeout=5)[0] == 200
        except GONE:
            return False

    def _monitor(self, i, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.monitors[i], timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def node_healthy(self, i):
        """All its streams are as new as the others'."""
        try:
            return self._monitor(i, "/healthz")[0] == 200
        except (*GONE, ValueError):
            return False

    def messages(self, stream, node=0):
        """How many messages a stream has, by its copy on one server."""
        accounts = self._monitor(node, "/jsz?accounts=true&streams=true")[1].get("account_details", [])
        for account in accounts:
            for detail in account.get("stream_detail") or []:
                if detail["name"] == stream:
                    return detail["state"]["messages"]
        raise LookupError(f"no stream {stream}")

    def close(self):
        for program in reversed(self.programs):
            if program.alive:
                program.signal(signal.SIGCONT)
                program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


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
    """The id of an accepted render. Refused ones are asked for again, with the same key, at the other front end."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"render {number}",
               "X-Forwarded-For": f"203.0.113.{number % 250 + 1}"}
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
    """The last status of a render, by events from both front ends: hangs up now and then and goes on at the other one."""
    end, seen, last, turn = time.monotonic() + seconds, 0, None, chance.randrange(2)
    while time.monotonic() < end:
        front = site.fronts[turn % len(site.fronts)]
        turn += 1
        try:
            for version, status in front.events(id, seen or None, most=chance.choice((1, 2, 3, None))):
                report.count("events")
                report.expect(version > seen, f"event {version} came after {seen} of {id}")
                report.expect(status["version"] == version, f"event {version} of {id} says version {status['version']}")
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
                    until(lambda: self.done.is_set() or all(map(self.site.node_healthy, range(3))), 90, "NATS is whole again")
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
        running = [status["attempts"] for status in self.statuses() if status and status["state"] == "running"]
        return bool(running) and max(running) < 3

    def stop(self):
        self.done.set()
        self.join()


def is_dance(file):
    import zlib
    return file[:4] == b"TDNC" and zlib.crc32(file[:-4]) == int.from_bytes(file[-4:], "little")


def check_renders(site, report, terpsi, count, seeds, seconds, chance, steps=8, pause=4, kills=1000):
    """`count` renders of `seeds` seeds while things die. Returns the results by seed."""
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
    clients = [threading.Thread(target=client, args=(chance.random(),), daemon=True) for _ in range(min(12, count))]
    for thread in clients:
        thread.start()
    killer.start()
    for thread in clients:
        thread.join()
    took = time.monotonic() - begun
    killer.stop()
    for i in range(3):
        until(lambda i=i: site.node_healthy(i), 90, "NATS is whole again")

    report.expect(len(set(ids)) == count, f"{count} renders have {len(set(ids))} ids")
    by_seed, attempts = {}, {}
    for number, (id, last) in enumerate(zip(ids, lasts)):
        if not id:
            continue
        if not report.expect(last and last["state"] == "done", f"render {number} {id} ended as {last}"):
            continue
        attempts[last["attempts"]] = attempts.get(last["attempts"], 0) + 1
        files = [persistently([front], "GET", f"/renders/{id}/result") for front in site.fronts]
        report.expect(all(status == 200 for status, _ in files) and len({file for _, file in files}) == 1,
                      f"results of {id}: {[(status, len(file)) for status, file in files]}")
        report.expect(is_dance(files[0][1]), f"the result of {id} is no dance")
        by_seed.setdefault(number % seeds, set()).add(files[0][1])
    for seed, files in by_seed.items():
        report.expect(len(files) == 1, f"seed {seed} made {len(files)} different dances")
        for file in files:
            dance = site.folder / "result.dance"
            dance.write_bytes(file)
            made = subprocess.run([terpsi, "convert", dance, "-o", site.folder / "result.bvh"], capture_output=True, text=True)
            report.expect(made.returncode == 0, f"the dance of seed {seed} cannot be read: {made.stderr}")
    report.expect(len({file for files in by_seed.values() for file in files}) == min(seeds, count), "seeds made the same dance")
    done = sum(1 for last in lasts if last and last["state"] == "done")
    print(f"{done} of {count} renders done in {took:.0f} s, attempts {attempts}; {report.counts}", flush=True)
    return {seed: next(iter(files)) for seed, files in by_seed.items()}


def check_left_over(site, report, results):
    """One result for each render that is done, and no request that waits."""
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
        until(lambda: there.json("GET", f"/renders/{id}")[1]["state"] == "running", 40, "a render runs")
        status, answer = there.json("DELETE", f"/renders/{id}")
        asked = time.monotonic()
        report.expect(status == 200 and answer["state"] == "cancelled", f"cancelling answered {status} {answer}")
        until(lambda: here.json("GET", f"/renders/{id}")[1]["state"] == "cancelled", 10, "it is cancelled")
        slowest = max(slowest, time.monotonic() - asked)
        report.expect(here.ask("GET", f"/renders/{id}/result")[0] == 404, "a cancelled render has a result")
    # The workers are free again at once: a short render is done soon.
    id = submit(site, report, 1100, wanted(0, 4))
    free = until(lambda: site.fronts[0].json("GET", f"/renders/{id}")[1]["state"] == "done", 40, "workers are free again")
    report.expect(slowest < 1, f"cancelling took {slowest:.2f} s")
    print(f"cancelled in mid-render at the other front end {rounds} times, seen within {slowest:.2f} s; next render done after "
          f"{free:.1f} s", flush=True)


def check_sharing(site, report, dance):
    """A dance shared at one front end is read, converted and deleted at the other."""
    for here, there in (site.fronts, site.fronts[::-1]):
        status, made = here.json("POST", "/dances", dance, {"Content-Type": "application/octet-stream"})
        if not report.expect(status == 201, f"sharing answered {status} {made}"):
            continue
        path = f"/dances/{made['id']}"
        report.expect(there.ask("GET", path) == (200, dance), "the other front end has another dance")
        report.expect(there.ask("GET", path + ".bvh")[1].startswith(b"HIERARCHY"), "no BVH at the other front end")
        report.expect(there.ask("DELETE", path, headers={"X-Delete-Token": "wrong"})[0] == 403, "a wrong token deleted")
        report.expect(here.ask("GET", path)[0] == 200, "a wrong token deleted")
        report.expect(there.ask("DELETE", path, headers={"X-Delete-Token": made["delete_token"]})[0] == 204, "not deleted")
        took = until(lambda: here.ask("GET", path)[0] == 404, 5, "the deleted dance is gone")
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
        return front.json("POST", "/renders", body, {"Content-Type": "application/json", "X-Forwarded-For": client})

    answers = [ask(site.fronts[i % 2], "198.51.100.1") for i in range(3)]
    report.expect([status for status, _ in answers] == [202, 202, 429], f"one client: {answers}")
    ids += [answer["id"] for status, answer in answers if status == 202]
    for i in range(60):
        status, answer = ask(site.fronts[i % 2], f"198.51.100.{2 + i // 2}")
        if status != 202:
            break
        ids.append(answer["id"])
    report.expect(status == 429 and answer["error"]["code"] == "busy" and 32 <= len(ids) <= 34,
                  f"after {len(ids)} renders: {status} {answer}")
    report.expect(ask(site.fronts[0], "192.0.2.9")[0] == 429, "the other front end took one more")
    positions = [site.fronts[0].json("GET", f"/renders/{id}")[1]["position"] for id in ids[:5]]
    report.expect(positions == sorted(positions) and len(set(positions)) == 5, f"positions {positions}")
    for i, id in enumerate(ids):
        status, answer = site.fronts[i % 2].json("DELETE", f"/renders/{id}")
        report.expect(status == 200 and answer["state"] == "cancelled", f"cancelling answered {status} {answer}")
    report.expect(ask(site.fronts[0], "198.51.100.1")[0] == 202, "no room after all were cancelled")
    for worker in site.workers:
        worker.start()
    print(f"{len(ids)} renders waited, the next was refused with 429 at both front ends; cancelling made room", flush=True)


def check_dead_letter(site, report):
    """One worker at a time, killed in mid-render three times."""
    worker, others = site.workers[0], site.workers[1:]
    for other in others:
        other.signal(signal.SIGTERM)
    for other in others:
        other.process.wait(30)
    id = submit(site, report, 2000, wanted(1, 120, candidates=8, steps=64))
    for attempt in (1, 2, 3):
        def began():
            now = site.fronts[0].json("GET", f"/renders/{id}")[1]
            return now["state"] == "running" and now["attempts"] == attempt and now["progress"] > 0
        until(began, 60, f"attempt {attempt}")
        worker.kill()
        worker.start()
    until(lambda: site.fronts[1].json("GET", f"/renders/{id}")[1]["state"] in OVER, 60, "the render is given up")
    last = site.fronts[1].json("GET", f"/renders/{id}")[1]
    report.expect(last["state"] == "failed" and last["error"]["code"] == "gave_up", f"a dead letter ended as {last}")
    letters = site.messages("TERPSI_DEAD")
    report.expect(letters == 1, f"{letters} dead letters")
    for other in others:
        other.start()
    print(f"given up after three dead workers: {last['error']['message']!r}, {letters} dead letter", flush=True)


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
        print(f"three NATS servers, two front ends and three workers after {time.monotonic() - begun:.1f} s", flush=True)
        try:
            dances = check_renders(site, report, given.terpsi, given.renders, min(10, given.renders), given.seconds, chance)
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
    print(f"{len(report.wrong)} wrong, {time.monotonic() - begun:.0f} s, load average {os.getloadavg()[0]:.1f}")
    sys.exit(1 if report.wrong else 0)


if __name__ == "__main__":
    main()
