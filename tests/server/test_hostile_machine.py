"""Machines that fail: full disks, clocks that jump, kills, flipped bits. Nothing promised is lost."""

import concurrent.futures
import contextlib
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from harness import head, music, wait_until
from hostile import MB, SLOW, load


@contextlib.contextmanager
def small_disk(path, size):
    """Mounts a disk of `size` bytes, where that is allowed."""
    path.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", path], capture_output=True
    ).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", path], check=True)


def test_disk_full(start, tmp_path, dance_file):
    with small_disk(tmp_path / "disk", 3 * MB) as mounted:
        if not mounted:
            pytest.skip("nothing may be mounted here")
        server = start("--no-renders", data=tmp_path / "disk/data")
        filler = tmp_path / "disk/filler"
        kept = server.post_dance(dance_file)
        assert kept.status == 201
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        answer = None
        for _ in range(400):
            answer = server.post_dance(dance_file)
            if answer.status != 201:
                break
        assert answer.status == 507 and answer.code == "storage", answer
        assert server.alive
        assert server.get(f"/api/v1/dances/{kept.json['id']}").body == dance_file
        assert server.get("/healthz").status == 200
        assert str(tmp_path) not in answer.body.decode(), "files of the machine are nobody's business"
        wait_until("it is ready with a full disk", lambda: server.get("/readyz").status == 503, 5)
        filler.unlink()
        assert server.post_dance(dance_file).status == 201
        wait_until("it stays unready", lambda: server.get("/readyz").status == 200, 5)
        assert server.stop() == 0


def test_files_that_may_not_grow(start, dance_file):
    """As a full disk, by the bounds that an operator sets on the process."""
    server = start("--no-renders", file_limit=200_000)
    answer = None
    for _ in range(300):
        answer = server.post_dance(dance_file)
        if answer.status != 201:
            break
    assert server.alive and answer.status == 507 and answer.code == "storage", answer
    assert server.get("/healthz").status == 200


def test_no_room_for_renders(start, tmp_path):
    with small_disk(tmp_path / "disk", 3 * MB) as mounted:
        if not mounted:
            pytest.skip("nothing may be mounted here")
        server = start(data=tmp_path / "disk/data")
        with open(tmp_path / "disk/filler", "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        answers = [server.post_render({"music": music(120), "steps": 1, "seed": i}) for i in range(8)]
        assert answers[-1].status == 507 and answers[-1].code == "storage", answers[-1]
        (tmp_path / "disk/filler").unlink()
        made = server.post_render({"music": music(4), "steps": 1})
        assert made.status == 202
        assert server.wait_for(made.json["id"])["state"] == "done"


def test_clock_that_jumps(start, tmp_path, dance_file):
    """A clock that is years ahead hides a dance, and destroys nothing: it is back with the right time."""
    server = start("--no-renders")
    shared = server.post_dance(dance_file, "?days=5").json
    expired = server.post_dance(dance_file).json
    assert server.admin("expire", "--now", "--", expired["id"]).returncode == 0
    wait_until(
        "an expired dance is shown", lambda: server.get(f"/api/v1/dances/{expired['id']}").status == 404, 5
    )
    server.stop()
    faketime = shutil.which("faketime")
    if faketime:
        early = start("--no-renders", data=server.data, wrap=(faketime, "+3 years"))
        assert early.get(f"/api/v1/dances/{shared['id']}").status == 404
        early.stop()
    again = start("--no-renders", data=server.data)
    assert again.get(f"/api/v1/dances/{shared['id']}").body == dance_file
    assert again.get(f"/api/v1/dances/{expired['id']}").status == 404
    assert again.admin("expire", "--days", "3", "--", expired["id"]).returncode == 0
    wait_until("it is gone for good", lambda: again.get(f"/api/v1/dances/{expired['id']}").status == 200, 5)


RESTARTED = {"music": music(20), "model": "teacher", "steps": 24, "candidates": 4}


def test_stopping_in_a_render(start):
    server = start("--drain", "1")
    render = server.post_render(RESTARTED).json["id"]
    server.wait_for(render, ("running",))
    stream = server.connect()
    stream.sendall(head("GET", f"/api/v1/renders/{render}/events"))
    assert stream.recv(65536).startswith(b"HTTP/1.1 200")  # it runs
    begin = time.monotonic()
    assert server.stop(signal.SIGTERM) == 0
    took = time.monotonic() - begin
    assert took < 8 * SLOW * load(), took
    with stream:
        while stream.recv(65536):  # the stream ends
            pass
    again = start(data=server.data)
    done = again.wait_for(render, seconds=90)
    assert done["state"] == "done" and done["attempts"] == 1
    assert again.get(f"/api/v1/renders/{render}/result").status == 200


def test_killed_in_a_render(start):
    server = start()
    render = server.post_render(RESTARTED).json["id"]
    server.wait_for(render, ("running",))
    time.sleep(0.2)
    server.stop(signal.SIGKILL)
    again = start(data=server.data)
    done = again.wait_for(render, seconds=90)
    assert done["state"] == "done" and done["attempts"] == 2
    assert again.get(f"/api/v1/renders/{render}/result").status == 200


def test_two_servers_on_one_folder(start, tmp_path):
    server = start("--no-renders")
    second = subprocess.run(server.command, env=server.env, capture_output=True, text=True, timeout=30)
    assert second.returncode == 5 or "another terpsi server" in second.stderr, second
    assert "another terpsi server" in second.stderr
    assert server.get("/healthz").status == 200


def test_locked_database(start, dance_file):
    server = start()
    shared = server.post_dance(dance_file).json
    lock = sqlite3.connect(server.data / "index.sqlite", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        with concurrent.futures.ThreadPoolExecutor(3) as many:
            dance = many.submit(server.post_dance, dance_file)
            render = many.submit(server.post_render, {"music": music(4)})
            slowest = 0.0
            while not (dance.done() and render.done()):
                begin = time.monotonic()
                assert server.get("/healthz").status == 200
                assert server.get(f"/api/v1/dances/{shared['id']}").status == 200
                slowest = max(slowest, time.monotonic() - begin)
                time.sleep(0.02)
            for answer in (dance.result(), render.result()):
                assert answer.status == 503 and answer.code == "busy" and "Retry-After" in answer.headers, (
                    answer
                )
        print(f"slowest answer while the database is locked: {slowest * 1000:.0f} ms")
        assert slowest < 0.5 * SLOW * load()
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    assert server.post_dance(dance_file).status == 201
    made = server.post_render({"music": music(4), "steps": 1})
    assert made.status == 202 and server.wait_for(made.json["id"])["state"] == "done"


def flip_a_bit(path):
    bytes_ = bytearray(path.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    path.write_bytes(bytes_)


def test_flipped_bit(start):
    server = start()
    assert server.admin("verify").returncode == 0
    render = server.post_render({"music": music(4), "steps": 1}).json["id"]
    server.wait_for(render)
    file = server.get(f"/api/v1/renders/{render}/result").body
    shared = server.post_dance(file).json
    server.stop()
    blobs = [p for p in (server.data / "blobs").rglob("*") if p.is_file()]
    assert len(blobs) == 1
    flip_a_bit(blobs[0])
    again = start(data=server.data)
    at = f"/api/v1/dances/{shared['id']}"
    for path in (at, at + ".bvh", at + "/meta", f"/api/v1/renders/{render}/result"):
        answer = again.get(path)
        assert answer.status == 500 and answer.code == "damaged", (path, answer)
    assert again.get(f"/d/{shared['id']}").status in (404, 500)
    found = again.admin("verify")
    assert found.returncode == 6 and blobs[0].name in found.stdout + found.stderr, found
    # Whoever still has it shares it again, and it is whole for everybody.
    assert again.post_dance(file).status == 201
    assert again.admin("verify").returncode == 0
    assert again.get(at).body == file


def test_blob_that_is_a_link(start, tmp_path, dance_file):
    server = start("--no-renders")
    shared = server.post_dance(dance_file).json
    server.stop()
    (tmp_path / "secret").write_bytes(b"secret")
    blob = next(p for p in (server.data / "blobs").rglob("*") if p.is_file())
    blob.unlink()
    blob.symlink_to(tmp_path / "secret")
    again = start("--no-renders", data=server.data)
    answer = again.get(f"/api/v1/dances/{shared['id']}")
    assert answer.status in (500, 507) and b"secret" not in answer.body.replace(
        str(tmp_path).encode(), b""
    ), answer
