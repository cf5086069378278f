"""One site of many processes, all on loopback: three NATS servers, front ends, workers."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

API = "/api/v1"
GONE = (OSError, http.client.HTTPException)  # the front end, or the connection to it


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
    return {
        "duration": seconds,
        "frames": frames,
        "tempo_bpm": 120,
        "beats_per_bar": 4,
        "beat_confidence": 1,
        "beats": [i / 2 for i in range(beats)],
        "beat_in_bar": [i % 4 + 1 for i in range(beats)],
        "sections": [{"start": 0, "end": seconds, "label": 0}],
        "loudness": [0.7] * frames,
        "onset": [1 if i % 15 == 0 else 0.2 for i in range(frames)],
    }


def wanted(seed, seconds, **more):
    """A request; more `candidates` make it longer."""
    return json.dumps(
        {"music": music(seconds), "model": "student", "seed": str(seed), "title": f"Seed {seed}", **more}
    )


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

    def render(self, id):
        """Status of a render."""
        return self.json("GET", f"/renders/{id}")[1]

    def reaches(self, id, state, seconds, what):
        """Waits until a render is in a state; seconds that it took."""
        return until(lambda: self.render(id)["state"] == state, seconds, what)

    def events(self, id, after=None, most=None, timeout=90):
        """(id, status) of the events of one connection; `most`: hangs up after so many."""
        connection = self.connect(timeout)
        try:
            connection.request(
                "GET",
                f"{API}/renders/{id}/events",
                headers={} if after is None else {"Last-Event-ID": str(after)},
            )
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
            work = "--threads 1 --device cpu --default-model student".split()
            serve = "--no-worker --trusted-proxy loopback --renders-per-minute 0".split()
            serve += ["--dances-per-minute", 0, "--web", web, "--port"]
            self.workers = [
                Program(f"worker{i}", [terpsi, "work", *common, *work], self.folder, environment)
                for i in range(workers)
            ]
            self.programs += self.workers
            self.fronts = [
                Front(
                    f"front{i}", [terpsi, "serve", *common, *serve, port], self.folder, environment, port=port
                )
                for i, port in enumerate(free_ports(front_ends))
            ]
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
            others = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
            config.write_text(
                f"server_name: n{i}\n"
                f'listen: "127.0.0.1:{self.client_ports[i]}"\n'
                f'http: "127.0.0.1:{self.monitors[i]}"\n'
                f"max_payload: {max_payload}\n"
                f'jetstream {{ store_dir: "{self.folder}/nats{i}", max_file: 2GB, max_mem: 64MB }}\n'
                f'cluster {{ name: test, listen: "127.0.0.1:{routes[i]}", routes: [{others}] }}\n'
            )
            server = shutil.which("nats-server") or "/usr/sbin/nats-server"
            nodes.append(Program(f"nats{i}", [server, "-c", config], self.folder))
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
