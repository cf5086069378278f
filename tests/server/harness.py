"""A running `terpsi serve` on loopback, and what the tests ask it."""

import contextlib
import http.client
import json
import math
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TERPSI = pathlib.Path(os.environ.get("TERPSI_BIN", ROOT / "build/terpsi"))
MODELS = pathlib.Path(os.environ.get("TERPSI_TEST_MODELS", ROOT / "models"))
PAGE = "<!doctype html><html><head><title>Terpsi</title></head><body>The page.</body></html>"
OVER = ("done", "failed", "cancelled")


def wait_until(what, condition, seconds=20.0):
    """Returns the condition's first true value; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"after {seconds} s: {what}"
        time.sleep(0.02)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def type(self):
        return self.headers.get("Content-Type", "").split(";")[0].strip()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of an error; checks that a sentence comes with it."""
        error = self.json["error"]
        assert re.search(r"\w+ \w+", error["message"]), error
        return error["code"]

    def __repr__(self):
        return f"{self.status} {self.headers.get('Content-Type')} {self.body[:300]!r}"


def parse_answer(data):
    """The first answer in what came through a socket; None when there is none."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = http.client.HTTPMessage()
    for line in lines:
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    if "Content-Length" in headers:
        body = body[: int(headers["Content-Length"])]
    return Answer(int(first.split()[1]), headers, body)


class Server:
    """One server process; several may run on one data folder, one after the other."""

    def __init__(self, folder, *options, data=None, env=None, defaults=True, file_limit=None, wrap=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = pathlib.Path(data or self.folder / "data")
        self.page = self.folder / "page"
        self.page.mkdir(exist_ok=True)
        (self.page / "index.html").write_text(PAGE)
        self.log = self.folder / "log"
        self.command = [
            *wrap,
            str(TERPSI),
            "serve",
            "--data",
            str(self.data),
            "--web",
            str(self.page),
            "--models",
            str(MODELS),
            "--device",
            "cpu",
        ]
        if defaults:
            usual = {
                "--port": 0,
                "--default-model": "student",
                "--trusted-proxy": "loopback",
                "--drain": 1,
                "--renders-per-minute": 0,
                "--dances-per-minute": 0,
                "--exports-per-minute": 0,
            }
            for name, value in usual.items():
                if name not in options:
                    self.command += [name, str(value)]
        self.command += [str(option) for option in options]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_DATA_HOME")}
        self.env = {**kept, "TMPDIR": str(self.folder), **(env or {})}
        self.file_limit = file_limit
        self.process = None
        self.port = 0
        self.renders = []

    def start(self, ready=True):
        prepare = None
        if self.file_limit:
            import resource

            prepare = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_limit, self.file_limit))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=subprocess.PIPE, stderr=log, env=self.env, preexec_fn=prepare
            )
        line = self.process.stdout.readline().decode()
        found = re.search(r"at http://\S+:(\d+)", line)
        assert found, f"the server did not start: {line!r} {self.log.read_text()[-2000:]}"
        self.port = int(found.group(1))
        if ready:
            wait_until("the server is not ready", lambda: self.get("/readyz").status == 200, 60)
        return self

    def stop(self, how=signal.SIGTERM, seconds=30):
        """Ends the process, when it runs; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.process = None

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    # ---- Requests

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def connect(self, timeout=20.0):
        found = socket.create_connection(("127.0.0.1", self.port), timeout)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found

    def raw(self, data, timeout=20.0, end=False):
        """Sends bytes and returns all that comes until the server closes, or `timeout` after the last
        byte."""
        got = b""
        with self.connect(timeout) as link:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                link.sendall(data)
            if end:
                with contextlib.suppress(OSError):
                    link.shutdown(socket.SHUT_WR)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                while part := link.recv(65536):
                    got += part
        return got

    def post_render(self, request, client=None, **headers):
        answer = self.request(
            "POST",
            "/api/v1/renders",
            request if isinstance(request, bytes) else json.dumps(request),
            {
                "Content-Type": "application/json",
                "X-Forwarded-For": client or new_client(),
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
        )
        if answer.status == 202:
            self.renders.append(answer.json["id"])
        return answer

    def post_form(self, parts, client=None, boundary="b0undary"):
        return self.request(
            "POST",
            "/api/v1/renders",
            form(parts, boundary),
            {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "X-Forwarded-For": client or new_client(),
            },
        )

    def post_dance(self, file, query="", **headers):
        return self.request(
            "POST",
            "/api/v1/dances" + query,
            file,
            {
                "Content-Type": "application/octet-stream",
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
        )

    def status(self, render):
        return self.get(f"/api/v1/renders/{render}").json

    def wait_for(self, render, states=OVER, seconds=60):
        def look():
            status = self.status(render)
            return status if status["state"] in states else None

        return wait_until(f"render {render} is none of {states}", look, seconds)

    def cancel(self, render):
        return self.request("DELETE", f"/api/v1/renders/{render}")

    def clear(self):
        """Cancels what is left of a test."""
        while self.renders:
            self.cancel(self.renders.pop())

    def dance(self, request):
        """The .dance file of a render of `request`."""
        made = self.post_render(request)
        assert made.status == 202, made
        assert self.wait_for(made.json["id"])["state"] == "done"
        return self.get(f"/api/v1/renders/{made.json['id']}/result").body

    # ---- The process

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}")

    def reset_peak(self):
        """From here on peak_growth() counts; bytes of memory."""
        self.proc("clear_refs").write_text("5")
        self.before = self._memory("VmRSS")

    def peak_growth(self):
        return self._memory("VmHWM") - self.before

    def _memory(self, name):
        return int(re.search(rf"{name}:\s+(\d+) kB", self.proc("status").read_text()).group(1)) * 1024

    def descriptors(self):
        return len(list(self.proc("fd").iterdir()))

    def threads(self):
        return len(list(self.proc("task").iterdir()))

    def admin(self, *words):
        return subprocess.run(
            [TERPSI, "admin", "--data", self.data, *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
        )


clients = 0


def new_client():
    """An address nobody has used; a trusted proxy says that the request came from there."""
    global clients
    clients += 1
    return f"10.{clients >> 16 & 255}.{clients >> 8 & 255}.{clients & 255}"


def form(parts, boundary="b0undary", end=True):
    """multipart/form-data of (name, content) or (name, content, file name)."""
    body = b""
    for name, content, *file in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += (
            f'; filename="{file[0]}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
            if file
            else b"\r\n\r\n"
        )
        body += (content.encode() if isinstance(content, str) else content) + b"\r\n"
    return body + (f"--{boundary}--\r\n".encode() if end else b"")


def head(method, path, *lines):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


# ---- Songs


def wav(seconds=8.0, rate=22050, bpm=120, header_bytes=None):
    """Drum beats; `header_bytes`: what the header claims in place of the truth."""
    import array

    count = int(seconds * rate)
    samples = array.array("h", bytes(2 * count))
    hit = [
        int(24000 * math.exp(-i / 300) * math.sin(2 * math.pi * (80 + 100 * math.exp(-i / 200)) * i / rate))
        for i in range(2000)
    ]
    for beat in range(int(seconds * bpm / 60)):
        at = int(beat * 60 / bpm * rate)
        for i, value in enumerate(hit[: count - at]):
            samples[at + i] = value
    size = 2 * count if header_bytes is None else header_bytes
    return (
        b"RIFF"
        + struct.pack("<I", min(size + 36, 0xFFFFFFFF))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16)
        + b"data"
        + struct.pack("<I", size)
        + samples.tobytes()
    )


def midi(bars=8):
    """Four notes a bar at 120 beats per minute."""
    track = b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x04\x02\x18\x08"
    for beat in range(bars * 4):
        note = 48 + (beat % 4) * 3
        track += bytes([0, 0x99, 36, 100, 0, 0x90, note, 90, 0x60, 0x89, 36, 0, 0, 0x80, note, 0])
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(track)) + track


def music(seconds=8, bpm=120):
    """What was heard of a song, as `terpsi analyze --json` writes it, with what is needed alone."""
    frames, beat = int(seconds * 30), 60 / bpm
    beats = [round(i * beat, 5) for i in range(int(seconds / beat))]
    return {
        "duration": seconds,
        "frames": frames,
        "tempo_bpm": bpm,
        "beats_per_bar": 4,
        "beat_confidence": 1,
        "beats": beats,
        "beat_in_bar": [i % 4 + 1 for i in range(len(beats))],
        "sections": [{"start": 0, "end": seconds, "label": 0}],
        "loudness": [round(0.5 + 0.4 * math.cos(i * bpm / 900 * math.pi), 3) for i in range(frames)],
        "onset": [1.0 if i % max(1, int(30 * beat)) == 0 else 0.0 for i in range(frames)],
    }


def long_request(**more):
    """A render that takes a minute or more on two cores."""
    return {"music": music(240), "model": "teacher", "steps": 64, "candidates": 8, **more}


def events(server, render, timeout=60, **headers):
    """All events of a render until the stream ends: (id, name, data)."""
    text = server.request(
        "GET",
        f"/api/v1/renders/{render}/events",
        timeout=timeout,
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    ).body.decode()
    return parse_events(text)


def parse_events(text):
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found
