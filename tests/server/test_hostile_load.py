"""Many clients at once: none costs the others anything."""

import contextlib
import os
import socket
import time

import harness
from harness import head, long_request, wait_until
from hostile import MB, SLOW, load


def test_slow_clients_cost_nobody_else(start):
    """64 that drip a head, 64 that ask for much and read nothing, 32 renders waiting."""
    server = start("--connections", "512")
    (server.page / "big.bin").write_bytes(os.urandom(8 * MB))
    renders = []
    while (answer := server.post_render(long_request(seed=len(renders)))).status == 202:
        renders.append(answer.json["id"])
    assert answer.status == 429 and len(renders) >= 32
    time.sleep(1.1)  # the new file is found
    dripping, deaf = [], []
    for _ in range(64):
        link = server.connect()
        link.sendall(b"GET /healthz HTTP/1.1\r\n")
        dripping.append(link)
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.settimeout(20)
        link.connect(("127.0.0.1", server.port))
        link.sendall(head("GET", "/big.bin"))
        deaf.append(link)
    end, times = time.monotonic() + 4, []
    link, turn = server.connect(), 0
    while time.monotonic() < end:
        begin = time.monotonic()
        link.sendall(head("GET", "/healthz"))
        assert link.recv(65536).startswith(b"HTTP/1.1 200")
        times.append(time.monotonic() - begin)
        turn += 1
        with contextlib.suppress(OSError):
            dripping[turn % 64].send(b"X")
        time.sleep(0.005)
    times.sort()
    slow = times[int(len(times) * 0.99)]
    median = times[len(times) // 2]
    print(
        f"/healthz: median {median * 1000:.1f} ms, p99 {slow * 1000:.1f} ms, of {len(times)}; load "
        f"{load():.1f}"
    )
    assert slow < (0.05 * SLOW if load() < 1.5 else 10)  # on a machine that others keep busy it says little
    for one in (*dripping, *deaf, link):
        one.close()
    for render in renders:
        server.cancel(render)


def test_drip_is_cut_off(server):
    """A head must be there within ten seconds, however lively its bytes come."""
    link = server.connect()
    begin = time.monotonic()
    with link, contextlib.suppress(OSError):
        link.sendall(b"GET /healthz HTTP/1.1\r\n")
        link.settimeout(0.2)
        while time.monotonic() - begin < 16 * SLOW:
            link.sendall(b"X: y\r\n")
            with contextlib.suppress(TimeoutError):
                link.recv(100)
                break
    assert time.monotonic() - begin < 14 * SLOW


def test_streams_have_a_bound(start):
    server = start()
    render = server.post_render(long_request()).json["id"]
    links = []
    for _ in range(128):
        link = server.connect()
        link.sendall(head("GET", f"/api/v1/renders/{render}/events"))
        links.append(link)
    wait_until(
        "not all streams are open",
        lambda: b"terpsi_event_streams 128\n" in server.get("/metrics").body,
        20 * SLOW,
    )
    refused = server.get(f"/api/v1/renders/{render}/events")
    assert refused.status == 503 and refused.code == "busy" and "Retry-After" in refused.headers
    begin = time.monotonic()
    assert server.get("/healthz").status == 200 and server.status(render)["id"] == render
    assert time.monotonic() - begin < 0.5 * SLOW * load()
    server.cancel(render)
    for link in links:
        text = b""
        with link:
            while part := link.recv(65536):
                text += part
        assert b'"state":"cancelled"' in text
    wait_until(
        "places are not given back",
        lambda: b"terpsi_event_streams 0\n" in server.get("/metrics").body,
        10 * SLOW,
    )


def test_connections_have_a_bound(start):
    server = start("--no-renders", "--connections", "16")
    links = [server.connect() for _ in range(60)]
    time.sleep(0.3)
    for link in links:
        link.close()
    wait_until("nobody gets in afterwards", lambda: _answers(server), 20 * SLOW)


def _answers(server):
    with contextlib.suppress(OSError, harness.http.client.HTTPException):
        return server.get("/healthz").status == 200
    return False
