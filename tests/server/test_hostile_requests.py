"""Requests for renders that cannot be, uploads that break off, the same request twice."""

import concurrent.futures
import json
import socket
import struct
import time

import pytest

from harness import form, head, long_request, music, new_client, parse_answer, wait_until
from hostile import MB, SLOW, load

# ---- Requests for renders


BROKEN = {
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "-Infinity": b"-Infinity",
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "text": b'"1"',
    "null": b"null",
    "list": b"[1]",
    "1e38": b"1e38",
    "true": b"true",
}


@pytest.mark.parametrize("value", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("key", ["loudness", "onset", "beats", "tempo_bpm", "duration", "frames"])
def test_numbers_that_are_none(server, key, value):
    given = music(4)
    if isinstance(given[key], list):
        given[key][5] = "@"
    else:
        given[key] = "@"
    answer = server.post_render(json.dumps({"music": given}).encode().replace(b'"@"', value))
    assert answer.status == 400 and answer.code == "bad_format", answer


@pytest.mark.parametrize(
    "change",
    [
        {"frames": 10**9},
        {"frames": 2**63},
        {"frames": -1},
        {"duration": 1e9},
        {"duration": 0},
        {"duration": 36000, "frames": 36000 * 30},
        {"beats": [], "beat_in_bar": []},
        {"beats": [0.5], "beat_in_bar": [1]},
        {"beats": [0.5, 0.55], "beat_in_bar": [1, 2]},
        {"beats": [0.5] * 1000},
        {"beats": list(range(100, 0, -1))},
        {"beat_in_bar": [99] * 8},
        {"beat_in_bar": []},
        {"loudness": []},
        {"onset": [0.0] * 100000},
        {"sections": [{"start": 0, "end": 4, "label": -1}]},
        {"sections": [{"start": 3, "end": 1, "label": 0}]},
        {"sections": [{"start": 0, "end": 1e9, "label": 10**9}]},
        {"sections": [[]]},
        {"beats_per_bar": 0},
        {"beats_per_bar": 10**9},
        {"tempo_bpm": 0},
        {"tempo_bpm": -5},
        {"tempo_bpm": 1e6},
        {"beat_confidence": 7},
        {"loudness": {"0": 1}},
        {"sections": [{"start": i / 9e9, "end": (i + 1) / 9e9, "label": i} for i in range(9000)]},
    ],
    ids=str,
)
def test_music_that_cannot_be(server, change):
    start = time.monotonic()
    answer = server.post_render({"music": {**music(4), **change}})
    assert time.monotonic() - start < SLOW * load()
    assert answer.status in (400, 413, 422) and answer.code in (
        "bad_format",
        "too_large",
        "invalid_argument",
        "empty",
    ), answer


@pytest.mark.parametrize(
    "change",
    [
        {"beat_in_bar": [9] * 8},
        {"sections": []},
        {"loudness": [0] * 120},
        {"onset": [0] * 120},
        {"tempo_bpm": 300},
        {"beat_confidence": 0},
        {"sections": [{"start": 1.5, "end": 1.5, "label": 9999}]},
    ],
    ids=str,
)
def test_odd_music_is_danced_to(server, change):
    answer = server.post_render({"music": {**music(4), **change}, "steps": 1})
    assert answer.status in (202, 400, 422), answer
    if answer.status == 202:
        assert server.wait_for(answer.json["id"])["state"] == "done"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100000,
        b'{"music":' * 20000,
        b'{"a":' * 15 + b"1" + b"}" * 15,
        b'{"music":{"sections":' + b"[" * 5000 + b"]" * 5000 + b"}}",
        b"[" + b"1," * 400000 + b"1]",
        b'{"music":{"loudness":[' + b"0," * 400000 + b"0]}}",
        b"",
        b"null",
        b"[]",
        b"1",
        b'"music"',
        b"{}",
        b'{"music":1}',
        b'{"music":[]}',
        b'{"music":{}}',
        b"{" * 10,
        b'{"music":{},"music":{}}',
        b"\xff\xfe{\0}\0",
        b"\xef\xbb\xbf{}",
        b'{"music":{"beats":"' + b"a" * 800000 + b'"}}',
        b"\0" * 1000,
        b'{"a":"\\ud800"}',
        b'{"a":"' + b"\xc0\xaf" * 10 + b'"}',
    ],
    ids=lambda b: repr(b[:20]) + str(len(b)),
)
def test_json_that_is_none(server, body):
    server.reset_peak()
    answer = server.post_render(body)
    assert answer.status == 400 and answer.code == "bad_format", answer
    assert server.peak_growth() < 64 * MB


@pytest.mark.parametrize(
    "change,code",
    [
        ({"model": "nobody"}, "unknown_model"),
        ({"model": "../../etc/passwd"}, "unknown_model"),
        ({"model": 5}, "bad_format"),
        ({"model": "a" * 65}, "bad_format"),
        ({"model": "recogniser"}, "unknown_model"),
        ({"model": "listener"}, "unknown_model"),
        ({"style": "polka"}, "invalid_argument"),
        ({"style": "a" * 65}, "bad_format"),
        ({"style": []}, "bad_format"),
        ({"section_styles": "A=polka"}, None),
        ({"section_styles": "A=break;" * 400}, None),
        ({"seed": -1}, "bad_format"),
        ({"seed": 1.5}, "bad_format"),
        ({"seed": "18446744073709551616"}, "bad_format"),
        ({"seed": "0x1"}, "bad_format"),
        ({"energy": 2}, "bad_format"),
        ({"variation": -0.1}, "bad_format"),
        ({"steps": 65}, "bad_format"),
        ({"steps": 1e9}, "bad_format"),
        ({"guidance": 21}, "bad_format"),
        ({"candidates": 9}, "bad_format"),
        ({"candidates": 0}, "bad_format"),
        ({"title": "a" * 201}, "bad_format"),
        ({"title": "a\u0000b"}, "bad_format"),
        ({"title": "\u202eevil"}, None),
        ({"opening": 1}, "bad_format"),
        ({"nonsense": 1}, "bad_format"),
        ({"constraints": 5}, None),
        ({"constraints": {"x": 1}}, None),
        ({"constraints": {}, "dances": {"a": "!!!"}}, None),
        ({"dances": 5}, None),
        ({"listener": "../x"}, None),
    ],
    ids=str,
)
def test_options_that_cannot_be(server, change, code):
    answer = server.post_render({"music": music(4), "steps": 1, **change})
    if code is None and answer.status == 202:
        return  # without meaning, and harmless
    assert answer.status in (400, 422), answer
    assert code is None or answer.code == code, answer


# ---- Uploads


def test_vanishing_clients_leak_nothing(server, song):
    server.get("/healthz")
    whole = form([("song", song, "a.wav")])
    request = head(
        "POST",
        "/api/v1/renders",
        f"Content-Length: {len(whole)}",
        "Content-Type: multipart/form-data; boundary=b0undary",
    )
    render = server.post_render(long_request()).json["id"]

    def vanish(i):
        link = server.connect()
        if i % 4 == 0:
            link.sendall(request + whole[: len(whole) * i // 50])
        elif i % 4 == 1:
            link.sendall(request + whole[:-1])
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
        elif i % 4 == 2:
            link.sendall(head("GET", f"/api/v1/renders/{render}/events"))
            link.recv(1000)
        else:
            link.sendall(head("POST", "/api/v1/dances", "Content-Length: 100000")[: 40 + i])
        link.close()

    with concurrent.futures.ThreadPoolExecutor(8) as many:
        list(many.map(vanish, range(50)))  # the threads are kept for later connections
    wait_until("links are left", lambda: b"terpsi_connections 1\n" in server.get("/metrics").body, 10 * SLOW)
    descriptors, threads = server.descriptors(), server.threads()
    with concurrent.futures.ThreadPoolExecutor(8) as many:
        list(many.map(vanish, range(50)))
    wait_until("links are left", lambda: b"terpsi_connections 1\n" in server.get("/metrics").body, 10 * SLOW)
    wait_until(
        "streams are left", lambda: b"terpsi_event_streams 0\n" in server.get("/metrics").body, 10 * SLOW
    )
    wait_until(
        f"{server.descriptors()} descriptors, {descriptors} before",
        lambda: server.descriptors() <= descriptors + 1,
        5,
    )
    assert server.threads() <= threads + 16, f"{server.threads()} threads, {threads} before"
    server.cancel(render)


@pytest.mark.parametrize(
    "parts,boundary,body",
    [
        (None, "x", b""),
        (None, "x", b"--x"),
        (None, "x", b"--x\r\n\r\n"),
        (None, "x", b"--x--\r\n"),
        (None, "x", b'--x\r\nContent-Disposition: form-data; name="song"\r\n\r\nabc'),
        (None, "x", b"--x\r\n" + b"A: b\r\n" * 5000 + b"\r\nabc\r\n--x--\r\n"),
        (
            None,
            "x",
            b"--x\r\nContent-Disposition: form-data; name=" + b"s" * 100000 + b"\r\n\r\nabc\r\n--x--\r\n",
        ),
        (
            None,
            "x",
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n"
            b'Content-Disposition: form-data; name="song"\r\n\r\n--y\r\n\r\nabc\r\n--y--\r\n--x--\r\n',
        ),
        ([("song", b"abc", "a"), ("song", b"abc", "a")], "x", None),
        ([("options", "{}"), ("options", "{}")], "x", None),
        ([("options", "{}")], "x", None),
        ([("file", b"abc", "a")], "x", None),
        ([("song", b"abc", "a"), ("extra", "1")], "x", None),
        ([(f"p{i}", "1") for i in range(1000)], "x", None),
        ([("song", b"abc", "a")], "", None),
        ([("song", b"abc", "a")], "x" * 2000, None),
        ([("options", '{"music":{}}'), ("song", b"RIFF", "a")], "x", None),
        ([("options", "[]"), ("song", b"RIFF", "a")], "x", None),
        ([("options", "{" * 1000), ("song", b"RIFF", "a")], "x", None),
        ([("options", '{"listener":"../../etc/passwd"}'), ("song", b"RIFF", "a")], "x", None),
        ([("options", " " * MB), ("song", b"RIFF", "a")], "x", None),
    ],
)
def test_forms_that_are_none(server, parts, boundary, body):
    body = form(parts, boundary) if body is None else body
    answer = parse_answer(
        server.raw(
            head(
                "POST",
                "/api/v1/renders",
                f"Content-Type: multipart/form-data; boundary={boundary}",
                f"Content-Length: {len(body)}",
                f"X-Forwarded-For: {new_client()}",
            )
            + body,
            3,
        )
    )
    assert answer is not None and answer.status in (400, 413, 422), answer
    assert answer.code in ("bad_format", "too_large", "unsupported", "empty", "http"), answer


def test_form_with_options_first_or_last(server, song):
    for parts in (
        [("options", '{"steps":1}'), ("song", song, "a.wav")],
        [("song", song, "a.wav"), ("options", '{"steps":1}')],
    ):
        answer = server.post_form(parts)
        assert answer.status == 202, answer
        assert server.wait_for(answer.json["id"])["state"] == "done"


# ---- The same request twice


def test_same_key_same_render(server):
    request, client = {"music": music(4), "steps": 1}, new_client()
    first = server.post_render(request, client, Idempotency_Key="k1")
    again = server.post_render(request, client, Idempotency_Key="k1")
    assert first.status == again.status == 202 and first.json["id"] == again.json["id"]
    assert server.post_render({**request, "seed": 9}, client, Idempotency_Key="k1").status == 400
    assert server.post_render(request, new_client(), Idempotency_Key="k1").json["id"] != first.json["id"]
    assert server.post_render(request, client, Idempotency_Key="k" * 129).status == 400
    assert server.wait_for(first.json["id"])["state"] == "done"
    assert server.post_render(request, client, Idempotency_Key="k1").json["id"] == first.json["id"]

    client = new_client()
    with concurrent.futures.ThreadPoolExecutor(10) as many:
        answers = list(
            many.map(lambda _: server.post_render(request, client, Idempotency_Key="k2"), range(10))
        )
    assert {a.status for a in answers} == {202} and len({a.json["id"] for a in answers}) == 1
    server.wait_for(answers[0].json["id"])


def test_nobody_fills_the_queue_alone(server):
    client = new_client()
    answers = [server.post_render(long_request(), client) for _ in range(4)]
    assert [a.status for a in answers] == [202, 202, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    for answer in answers[:2]:
        server.cancel(answer.json["id"])
    for answer in answers[:2]:
        server.wait_for(answer.json["id"])
    assert server.post_render({"music": music(4), "steps": 1}, client).status == 202
