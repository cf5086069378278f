"""Valid requests with something changed at random, for some seconds: the server answers what it does not
understand with a 4xx, and lives. Set TERPSI_TEST_SEED to see the same again, TERPSI_TEST_SECONDS for a longer
run."""

import json
import os
import random
import time

import harness

SECONDS = float(os.environ.get("TERPSI_TEST_SECONDS", "12"))
VALUES = [
    0,
    -1,
    1e308,
    2**63,
    -(2**63),
    2**64,
    1e-300,
    True,
    None,
    "",
    "a",
    "\0",
    "\U0001f483" * 50,
    [],
    {},
    [[]],
    [0] * 100,
    {"a": {}},
    0.5,
]
HOSTILE = [
    b"\0",
    b"\r\n",
    b"\n",
    b"\xff",
    b"%00",
    b"%",
    b"..",
    b"/",
    b"-1",
    b"99999999999999999999",
    b"A" * 5000,
    b":",
    b" ",
    b"\t",
    b";",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 5\r\n",
    b"Expect: 100-continue\r\n",
    b"Range: bytes=0-5\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"--b0undary\r\n",
    b'"',
    b"{",
    b"]",
    b"1e999",
    b"NaN",
]


def mutate_json(random, value):
    """A deep copy with one to three places changed."""
    value = json.loads(json.dumps(value))
    for _ in range(random.randint(1, 3)):
        place = value
        while isinstance(place, (dict, list)) and place:
            key = random.choice(list(place)) if isinstance(place, dict) else random.randrange(len(place))
            if not isinstance(place[key], (dict, list)) or random.random() < 0.3:
                break
            place = place[key]
        else:
            continue
        kind = random.randrange(4)
        if kind == 0:
            del place[key]
        elif kind == 1:
            place[key] = json.loads(json.dumps(random.choice(VALUES)))
        elif kind == 2 and isinstance(place, dict):
            place[random.choice(["x", "", "music", key + " "])] = json.loads(
                json.dumps(random.choice(VALUES))
            )
        elif isinstance(place[key], (int, float)) and not isinstance(place[key], bool):
            place[key] = place[key] * random.choice([-1, 0, 0.5, 3, 1e6, 1e300])
    return value


def mutate_bytes(random, data):
    data = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        kind = random.randrange(5)
        if kind == 0:
            data[at:at] = random.choice(HOSTILE)
        elif kind == 1:
            del data[at : at + random.randint(1, 40)]
        elif kind == 2:
            data[at:at] = data[at : at + random.randint(1, 200)]
        elif kind == 3:
            data[at : at + 4] = random.randbytes(4)
        elif at < len(data):
            data[at] ^= 1 << random.randrange(8)
    return bytes(data)


def test_random_changes(start, dance_file, song):
    server = start()
    seed = int(os.environ.get("TERPSI_TEST_SEED", random.SystemRandom().randrange(2**32)))
    print(f"TERPSI_TEST_SEED={seed}")
    dice = random.Random(seed)
    shared = server.post_dance(dance_file).json
    request = {
        "music": harness.music(2),
        "model": "student",
        "style": "auto",
        "seed": "1",
        "energy": 0.5,
        "steps": 1,
        "guidance": None,
        "candidates": 1,
        "title": "Song",
        "opening": True,
        "section_styles": "",
        "constraints": {"keyframes": [], "path": [[0, 0, 0], [2, 1, 1]]},
    }
    form = harness.form([("song", harness.midi(1), "a.mid"), ("options", '{"steps": 1, "style": "break"}')])
    gets = [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/models",
        f"/api/v1/dances/{shared['id']}",
        f"/d/{shared['id']}",
        f"/api/v1/dances/{shared['id']}/meta",
        f"/embed/{shared['id']}",
        f"/oembed?url={shared['url']}&maxwidth=300",
        f"/api/v1/dances/{shared['id']}.bvh",
    ]

    def whole(method, path, body, *lines):
        return (
            harness.head(
                method,
                path,
                f"Content-Length: {len(body)}",
                f"X-Forwarded-For: {harness.new_client()}",
                "Connection: close",
                *lines,
            )
            + body
        )

    def one():
        kind = dice.randrange(7)
        if kind == 0:
            return harness.head("GET", dice.choice(gets), "Connection: close"), True
        if kind in (1, 2):
            body = json.dumps(mutate_json(dice, request)).encode()
            return whole("POST", "/api/v1/renders", body, "Content-Type: application/json"), False
        if kind == 3:
            body = mutate_bytes(dice, json.dumps(request).encode())
            return whole("POST", "/api/v1/renders", body, "Content-Type: application/json"), False
        if kind == 4:
            return whole(
                "POST",
                "/api/v1/dances",
                mutate_bytes(dice, dance_file),
                "Content-Type: application/octet-stream",
            ), False
        if kind == 5:
            return whole(
                "POST",
                "/api/v1/renders",
                mutate_bytes(dice, form),
                "Content-Type: multipart/form-data; boundary=b0undary",
            ), False
        return whole("DELETE", f"/api/v1/dances/{shared['id']}", b"", "X-Delete-Token: no"), True

    counts = {}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        data, head_too = one()
        if head_too or dice.random() < 0.2:
            data = mutate_bytes(dice, data)
        answer = harness.parse_answer(server.raw(data, 3, end=True))
        status = answer.status if answer else None
        counts[status] = counts.get(status, 0) + 1
        assert server.alive, (seed, data, server.log.read_text()[-2000:])
        assert status is None or status < 500 or status in (501, 503, 505, 507), (seed, answer, data)
        if status == 202 and answer.json["state"] == "queued":
            server.renders.append(answer.json["id"])
            if len(server.renders) >= 8:  # those that were taken must be made or refused in words
                for render in server.renders:
                    done = server.wait_for(render, seconds=60)
                    assert done["state"] == "done" or done["error"]["code"] != "internal", (seed, done)
                server.renders.clear()
    server.clear()
    print(counts)
    assert sum(counts.values()) > 100 and counts.get(202, 0) > 0 and counts.get(400, 0) > 10
    assert server.get(f"/api/v1/dances/{shared['id']}").body == dance_file
    assert server.stop() == 0
