"""Broken, endless and lying requests, odd addresses: refused in time, and the server lives."""

import gzip
import time

import pytest

import harness
from harness import form, head, parse_answer
from hostile import MB, SLOW, push

# ---- Heads


def test_header_of_300_mb(server):
    server.reset_peak()
    sent, answer = push(
        server, b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-Filler: " + b"a" * 4000 + b"\r\n", 300 * MB
    )
    assert sent < 8 * MB and (answer is None or answer.status in (400, 431)), (sent, answer)
    assert server.peak_growth() < 32 * MB


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nX-Long: ", b"GET /"])
def test_line_without_end(server, begin):
    server.reset_peak()
    sent, answer = push(server, begin, b"a" * 16384, 300 * MB)
    assert sent < 8 * MB and (answer is None or answer.status in (400, 414, 431)), (sent, answer)
    assert server.peak_growth() < 32 * MB


@pytest.mark.parametrize(
    "text",
    [
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon here\r\n\r\n",
        b"GET / HTTP/1.1\r\n: empty\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\xfc",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,1-2,x\r\n\r\n",
        b"GET / HTTP/1.1\r\nRange: bytes=" + b"0-0," * 2000 + b"0-0\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT evil.example:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_broken_heads(server, text):
    answer = parse_answer(server.raw(text, 3, end=True))
    assert answer is None or answer.status in (200, 206, 400, 404, 405, 413, 416, 501, 505), answer


SMUGGLED = head("GET", "/api/v1/models")


@pytest.mark.parametrize(
    "lines,body",
    [
        (["Content-Length: 6", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: chunked", "Content-Length: 6"], b"0\r\n\r\n"),
        (["Content-Length: 2", "Content-Length: 60"], b"{}"),
        (["Content-Length: 0", "Content-Length: 60"], b""),
        (["Content-Length: 2, 2"], b"{}"),
        (["Content-Length: +2"], b"{}"),
        (["Content-Length: -2"], b"{}"),
        (["Content-Length: 0x2"], b"{}"),
        (["Content-Length: 2 2"], b"{}"),
        (["Content-Length: "], b"{}"),
        (["Content-Length: 1e30"], b"{}"),
        (["Content-Length: 99999999999999999999999"], b"{}"),
        (["Transfer-Encoding: xchunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: chunked, identity"], b"0\r\n\r\n"),
        (["Transfer-Encoding: gzip, chunked"], b"0\r\n\r\n"),
        (["Transfer-Encoding: identity"], b"{}"),
        (["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], b"0\r\n\r\n"),
        (["Content-Length : 60"], b""),
        (["X: y\nContent-Length: 60"], b""),
        (["X: y\rContent-Length: 60"], b""),
        (["Transfer-Encoding:\n chunked"], b"0\r\n\r\n"),
        (["Range: bytes=x", "Content-Length: 60"], b""),
        (["Transfer-Encoding: chunked"], b"2\n{}\n0\n\n"),
        (["Transfer-Encoding: chunked"], b"0x2\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"-2\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"2 \r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"2;" + b"x" * 9000 + b"\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"fffffffffffffffff0\r\n{}\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"2\r\n{}XX0\r\n\r\n"),
    ],
    ids=lambda v: repr(v)[:60],
)
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_smuggling(server, method, lines, body):
    """Whoever frames a request in a way that two programs may read differently is answered once, with an
    error, and loses the connection: what follows is never taken for a request."""
    got = server.raw(
        head(method, "/api/v1/dances", "Content-Type: application/octet-stream", *lines) + body + SMUGGLED,
        1.5,
    )
    assert got.count(b"HTTP/1.1 ") <= 1 and b'"research_only"' not in got, got
    answer = parse_answer(got)
    assert answer is None or 400 <= answer.status < 500 or answer.status == 501, answer


def test_pipelining_works(server):
    got = server.raw(
        head("GET", "/healthz") + head("GET", "/healthz") + head("GET", "/healthz", "Connection: close"), 3
    )
    assert got.count(b"HTTP/1.1 200") == 3


# ---- Bodies


@pytest.mark.parametrize(
    "path,kind",
    [
        ("/api/v1/renders", "application/json"),
        ("/api/v1/renders", "multipart/form-data; boundary=x"),
        ("/api/v1/dances", "application/octet-stream"),
        ("/nowhere", "text/plain"),
    ],
)
def test_endless_chunks(server, path, kind):
    server.reset_peak()
    begin = head("POST", path, "Transfer-Encoding: chunked", f"Content-Type: {kind}")
    if "form" in kind:
        song = form([("song", b"", "a.wav")], "x", end=False)[:-2]
        begin += f"{len(song):x}\r\n".encode() + song + b"\r\n"
    sent, answer = push(server, begin, b"4000\r\n" + b"a" * 16384 + b"\r\n", 300 * MB)
    assert sent < 100 * MB, sent  # what is refused is still read for a moment, and thrown away
    assert answer is None or answer.status in (400, 405, 413), answer
    assert server.peak_growth() < 32 * MB


@pytest.mark.parametrize(
    "length", ["300", "-1", "1e30", "99999999999999999999999999", "0x10", "", "ten", "3000000000"]
)
@pytest.mark.parametrize("path", ["/api/v1/renders", "/api/v1/dances"])
def test_lengths_that_lie(server, path, length):
    start = time.monotonic()
    got = server.raw(
        head("POST", path, f"Content-Length: {length}", "Content-Type: application/json") + b"{}", 5, end=True
    )
    answer = parse_answer(got)
    assert time.monotonic() - start < 4 * SLOW
    assert answer is not None and answer.status in (400, 411, 413, 422), answer


def test_length_that_is_too_short(server):
    """What goes beyond it is the next request, and no good one."""
    got = server.raw(
        head("POST", "/api/v1/renders", "Content-Length: 2", "Content-Type: application/json")
        + b"{}}}}}\r\n\r\n",
        3,
        end=True,
    )
    assert parse_answer(got).status == 400


@pytest.mark.parametrize("path", ["/api/v1/renders", "/api/v1/dances"])
def test_gzip_bomb(server, path):
    bomb = gzip.compress(bytes(100 * MB))
    server.reset_peak()
    answer = server.request(
        "POST", path, bomb, {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    assert answer.status in (415, 422) and answer.code == "unsupported"
    assert server.peak_growth() < 32 * MB


# ---- Addresses


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/models/../../etc/passwd",
        "/models/..%5c..%5cetc",
        "/index.html%00.png",
        "/./index.html",
        "/.git/config",
        "/models/%2e%2e/page/index.html",
        "/link",
        "/folder/secret",
        "/.hidden",
        "/d/../../etc/passwd",
        "/api/v1/dances/../../../etc/passwd",
        "/d/" + "a" * 8000,
        "/%",
        "/%zz",
        "/%ff%fe",
        "/models/",
        "/?" + "a=b&" * 1500,
    ],
)
def test_paths(server, tmp_path, path):
    secret = tmp_path / "secret"
    secret.write_text("secret of the machine")
    for name, target in (("link", secret), ("folder", tmp_path)):
        if not (server.page / name).is_symlink():
            (server.page / name).symlink_to(target)
    (server.page / ".hidden").write_text("secret of the machine")
    time.sleep(0)
    answer = parse_answer(server.raw(head("GET", path, "Connection: close"), 5))
    assert answer.status in (200, 400, 404, 414, 431), answer
    assert b"secret of" not in answer.body and b"root:" not in answer.body
    if answer.status == 200:
        assert answer.body.decode() == harness.PAGE, answer


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a" * 21,
        "a" * 23,
        "a" * 22,
        "..",
        ".",
        "%2e%2e",
        "a" * 21 + "%00",
        "a" * 21 + "%2f",
        "'%20OR%201=1--",
        "a" * 22 + ".exe",
        "a" * 22 + ".bvh.glb",
        "a" * 22 + ".",
        "%F0%9F%92%83" * 22,
        "a" * 7000,
        "-" * 22,
        "_" * 22,
        "<script>alert(1)</script>",
    ],
)
def test_ids(server, name):
    for path in (
        f"/api/v1/dances/{name}",
        f"/api/v1/dances/{name}/meta",
        f"/d/{name}",
        f"/embed/{name}",
        f"/d/{name}/poster.png",
        f"/api/v1/renders/{name}",
        f"/api/v1/renders/{name}/events",
        f"/api/v1/renders/{name}/result",
        f"/oembed?url=http://127.0.0.1:{server.port}/d/{name}",
    ):
        answer = server.get(path)
        assert answer.status in (404, 414), (path, answer)
        assert b"<script>alert" not in answer.body
    for kind in ("dances", "renders"):
        answer = server.request("DELETE", f"/api/v1/{kind}/{name}", headers={"X-Delete-Token": "x" * 4000})
        assert answer.status in (404, 405, 414), answer


def test_foreign_origins(server, dance_file):
    for origin in (
        "https://evil.example",
        "null",
        "http://127.0.0.1",
        f"http://127.0.0.1:{server.port}.evil.example",
        "",
        "x" * 3000,
    ):
        for path in ("/api/v1/dances", "/api/v1/renders"):
            answer = server.request(
                "POST", path, dance_file, {"Origin": origin, "Content-Type": "text/plain"}
            )
            assert answer.status == 403 and answer.code == "origin", (origin, answer)
            assert "Access-Control-Allow-Origin" not in answer.headers
    answer = server.request(
        "POST", "/api/v1/dances", dance_file, {"Origin": f"http://127.0.0.1:{server.port}"}
    )
    assert answer.status == 201
    deleted = server.request(
        "DELETE",
        f"/api/v1/dances/{answer.json['id']}",
        headers={"Origin": "https://evil.example", "X-Delete-Token": answer.json["delete_token"]},
    )
    assert deleted.status == 403
    assert server.get(f"/api/v1/dances/{answer.json['id']}").status == 200


@pytest.mark.parametrize("change", ["cut", "longer", "flip", "zero", "empty", "text"])
def test_dances_that_are_none(server, dance_file, change):
    middle = len(dance_file) // 2
    file = {
        "cut": dance_file[:middle],
        "longer": dance_file + b"x",
        "zero": bytes(len(dance_file)),
        "empty": b"",
        "text": b"hello",
        "flip": dance_file[:middle] + bytes([dance_file[middle] ^ 255]) + dance_file[middle + 1 :],
    }[change]
    answer = server.post_dance(file)
    assert answer.status in (400, 422), answer


@pytest.mark.parametrize(
    "query",
    [
        "days=-1",
        "days=0",
        "days=1e9",
        "days=",
        "days=367",
        "days=99999999999999999999",
        "days=1&days=-1",
        "days=%00",
    ],
)
def test_days_that_cannot_be(server, dance_file, query):
    answer = server.post_dance(dance_file, "?" + query)
    assert (answer.status == 400 and answer.code == "invalid_argument") or query == "days=1&days=-1", answer
