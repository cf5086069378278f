#!/usr/bin/env python3
"""Kills a whole server with SIGKILL at random points while clients share, fetch and delete dances, and counts
what is lost.

    tools/bench/kill_server.py [--kills 1000] [--terpsi build/terpsi] [--data FOLDER] [--render REQUEST.json]

Every answer 201 to a POST and 204 to a DELETE is a promise. After each restart the dances promised since the
last few kills and a sample of all others are fetched and compared by SHA-256; at the end all are, and `terpsi
admin verify` is run. With --render (a body for POST /api/v1/renders) renders are asked for as well: each
accepted one must be known after every restart, and its result, once given out, must stay the same. Exit code
1 when anything was lost or torn.
"""

import argparse
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
API = "/api/v1"


def unlike(dance, number):
    """The same dance as another file: with one more section, of a kind that readers skip."""
    sections = struct.unpack_from("<H", dance, 6)[0]
    mark = number.to_bytes(8, "little")
    head = dance[:6] + struct.pack("<H", sections + 1)
    body = head + dance[8:-4] + b"MARK" + struct.pack("<I", len(mark)) + mark
    return body + struct.pack("<I", zlib.crc32(body))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Ledger:
    """What the server has promised. All functions may be called from any thread."""

    def __init__(self):
        self.lock = threading.Lock()
        self.kept = {}  # id: (SHA-256, delete token)
        self.fresh = {}  # the part of it that was promised since the last check
        self.unsure = {}  # a deletion was asked for, not promised
        self.deleted = []
        self.renders = {}  # id: SHA-256 of the result, or None
        self.counts = dict.fromkeys(("puts", "deletions", "reads", "renders", "results"), 0)
        self.wrong = []
        self.killed = threading.Event()  # for those who wait for something to do

    def blame(self, what):
        with self.lock:
            self.wrong.append(what)
        print("WRONG:", what, file=sys.stderr)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1


class Client:
    """One connection at a time; OSError and HTTPException say that the server is gone."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, API + path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def write_and_delete(client, ledger, dance, seed):
    chance = random.Random(seed)
    while not ledger.killed.is_set():
        if chance.random() < 0.75:
            file = unlike(dance, chance.getrandbits(64) if chance.random() < 0.9 else chance.randrange(16))
            status, answer = client.ask("POST", "/dances", file, {"Content-Type": "application/octet-stream"})
            if status != 201:
                if status not in (429, 503):
                    ledger.blame(f"POST answered {status} {answer[:200]!r}")
                time.sleep(0.05)
                continue
            made = json.loads(answer)
            promise = hashlib.sha256(file).hexdigest(), made["delete_token"]
            with ledger.lock:
                ledger.kept[made["id"]] = ledger.fresh[made["id"]] = promise
                ledger.counts["puts"] += 1
        else:
            with ledger.lock:
                if not ledger.kept:
                    continue
                name = chance.choice(list(ledger.fresh or ledger.kept))
                promise = ledger.kept.pop(name)
                ledger.fresh.pop(name, None)
                ledger.unsure[name] = promise
            status, answer = client.ask("DELETE", f"/dances/{name}", headers={"X-Delete-Token": promise[1]})
            if status == 204:
                with ledger.lock:
                    del ledger.unsure[name]
                    ledger.deleted.append(name)
                    ledger.counts["deletions"] += 1
            elif status not in (429, 503):
                ledger.blame(f"DELETE answered {status} {answer[:200]!r}")


def read(client, ledger, seed):
    chance = random.Random(seed)
    while not ledger.killed.is_set():
        with ledger.lock:
            name, promise = chance.choice(list(ledger.kept.items())) if ledger.kept else (None, None)
        if name is None:
            time.sleep(0.005)
            continue
        status, file = client.ask("GET", f"/dances/{name}")
        if status == 200 and hashlib.sha256(file).hexdigest() == promise[0]:
            ledger.count("reads")
            continue
        with ledger.lock:
            still_kept = name in ledger.kept
        if status == 200 or (status == 404 and still_kept):
            ledger.blame(f"GET of {name} answered {status} with {len(file)} bytes")


def ask_for_renders(client, ledger, request):
    while not ledger.killed.is_set():
        status, answer = client.ask("POST", "/renders", request, {"Content-Type": "application/json"})
        if status == 202:
            with ledger.lock:
                ledger.renders[json.loads(answer)["id"]] = None
                ledger.counts["renders"] += 1
        elif status not in (429, 503):
            ledger.blame(f"POST of a render answered {status} {answer[:200]!r}")
        time.sleep(0.1)


def expect(client, ledger, kept):
    for name, promise in kept:
        status, file = client.ask("GET", f"/dances/{name}")
        if status != 200:
            ledger.blame(f"LOST: {name} answers {status}")
        elif hashlib.sha256(file).hexdigest() != promise[0]:
            ledger.blame(f"TORN: {name}")


def check(client, ledger, chance, everything):
    """Nobody else uses the server meanwhile."""
    kept, deleted = list(ledger.kept.items()), ledger.deleted
    if not everything:
        kept = list(ledger.fresh.items()) + chance.sample(kept, min(40, len(kept)))
        deleted = deleted[-20:] + chance.sample(deleted, min(10, len(deleted)))
    expect(client, ledger, kept)
    for name in deleted:
        if client.ask("GET", f"/dances/{name}")[0] != 404:
            ledger.blame(f"UNDONE: {name} was deleted")
    for name, promise in ledger.unsure.items():  # either, but whole, and for good
        status, file = client.ask("GET", f"/dances/{name}")
        if status == 404:
            ledger.deleted.append(name)
        elif status == 200 and hashlib.sha256(file).hexdigest() == promise[0]:
            ledger.kept[name] = promise
        else:
            ledger.blame(f"TORN: {name} answers {status}")
    ledger.unsure.clear()
    ledger.fresh.clear()
    for name, known in ledger.renders.items():
        status, answer = client.ask("GET", f"/renders/{name}")
        if status != 200:
            ledger.blame(f"LOST: render {name} answers {status}")
        elif json.loads(answer)["state"] == "done":
            status, file = client.ask("GET", f"/renders/{name}/result")
            digest = hashlib.sha256(file).hexdigest()
            if status != 200 or known not in (None, digest):
                ledger.blame(f"LOST: result of render {name} answers {status}")
            if known is None:
                ledger.renders[name] = digest
                ledger.counts["results"] += 1
        elif json.loads(answer)["state"] not in ("queued", "running") or known is not None:
            ledger.blame(f"LOST: render {name} is {answer[:300]!r}")


def start(command, port):
    """The server, and the seconds until it answered."""
    begun = time.monotonic()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while time.monotonic() - begun < 60:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return server, time.monotonic() - begun
        except (OSError, http.client.HTTPException):
            time.sleep(0.005)
        if server.poll() is not None:
            sys.exit(f"the server ended with exit code {server.returncode}")
    server.kill()
    sys.exit("the server did not answer within a minute")


def until_gone(work, *arguments):
    try:
        work(*arguments)
    except (OSError, http.client.HTTPException):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--terpsi", type=Path, default=ROOT / "build/terpsi")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument(
        "--most", type=float, default=0.3, help="longest life of a server after it is ready, seconds"
    )
    parser.add_argument("--data", help="data folder (a temporary one by default)")
    parser.add_argument("--dance", type=Path, default=ROOT / "tests/corpus/dance/good_64_frames.dance")
    parser.add_argument("--render", type=Path, help="JSON of a render to ask for all the time")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    chance = random.Random(given.seed)
    dance = given.dance.read_bytes()
    request = given.render.read_bytes() if given.render else None
    temporary = tempfile.TemporaryDirectory()
    data = given.data or os.path.join(temporary.name, "data")
    page = Path(temporary.name) / "web"  # the real one is not what is tried here
    page.mkdir()
    (page / "index.html").write_text("<!doctype html><title>Terpsi</title>")
    port = free_port()
    terpsi = str(given.terpsi.resolve())
    command = [terpsi, "serve", "--port", str(port), "--data", data, "--web", str(page)]
    command += "--dances-per-minute 0 --renders-per-minute 0 --log-level error".split()
    command += [] if request else ["--no-renders"]
    ledger, starts = Ledger(), []
    server, seconds = start(command, port)
    for kill in range(given.kills):
        works = [(write_and_delete, Client(port), ledger, dance, chance.random()) for _ in range(3)]
        works += [(read, Client(port), ledger, chance.random()) for _ in range(2)]
        if request:
            works.append((ask_for_renders, Client(port), ledger, request))
        threads = [threading.Thread(target=until_gone, args=work) for work in works]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0, given.most))
        server.send_signal(signal.SIGKILL)
        server.wait()
        ledger.killed.set()
        for thread in threads:
            thread.join()
        ledger.killed.clear()
        server, seconds = start(command, port)
        starts.append(seconds)
        check(Client(port), ledger, chance, kill % 100 == 99 or kill == given.kills - 1)
        if kill % 100 == 99:
            print(f"{kill + 1} kills: {ledger.counts}, {len(ledger.wrong)} wrong", flush=True)
    server.send_signal(signal.SIGKILL)
    server.wait()
    verify = subprocess.run([terpsi, "admin", "--data", data, "verify"], capture_output=True, text=True)
    damaged = [line for line in verify.stdout.splitlines() if not line.startswith("note:")]
    print("\n".join(damaged))
    starts.sort()
    print(
        f"{given.kills} kills: {ledger.counts}; wrong: {len(ledger.wrong)}; restart until it answers: median "
        f"{starts[len(starts) // 2]:.2f} s, slowest {starts[-1]:.2f} s"
    )
    sys.exit(1 if ledger.wrong or verify.returncode != 0 else 0)


if __name__ == "__main__":
    main()
