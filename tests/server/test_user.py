"""What people do with a server, in the words of curl."""

import json
import re
import shutil
import struct
import subprocess

import pytest

import harness

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(server, path, *options):
    """Status and body."""
    done = subprocess.run(
        [
            "curl",
            "-sS",
            "--max-time",
            "60",
            "-w",
            "\n%{http_code}",
            *options,
            f"http://127.0.0.1:{server.port}{path}",
        ],
        capture_output=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition(b"\n")
    return int(status), body


def post_json(server, file, *options):
    return curl(
        server,
        "/api/v1/renders",
        "-H",
        "Content-Type: application/json",
        "--data-binary",
        f"@{file}",
        "-H",
        f"X-Forwarded-For: {harness.new_client()}",
        *options,
    )


def test_song_to_shared_dance(server, song, tmp_path):
    (tmp_path / "song.wav").write_bytes(song)
    subprocess.run(
        [
            harness.TERPSI,
            "analyze",
            tmp_path / "song.wav",
            "--json",
            tmp_path / "music.json",
            "--models",
            harness.MODELS,
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    heard = json.loads((tmp_path / "music.json").read_text())
    assert abs(heard["tempo_bpm"] - 120) < 2
    (tmp_path / "request.json").write_text(
        json.dumps({"music": heard, "model": "student", "seed": "7", "title": "Kick & <drum>"})
    )

    status, body = post_json(server, tmp_path / "request.json")
    assert status == 202
    render = json.loads(body)["id"]

    status, body = curl(server, f"/api/v1/renders/{render}/events", "-N")
    assert status == 200
    events = harness.parse_events(body.decode())
    ids, names, data = zip(*events)
    assert set(names) == {"status"} and list(ids) == sorted(set(ids))
    assert data[-1]["state"] == "done" and data[-1]["progress"] == 1 and data[-1]["model"] == "student"

    # Who lost the connection goes on after what it has; who has all gets the last state or nothing.
    status, body = curl(
        server, f"/api/v1/renders/{render}/events", "-N", "-H", f"Last-Event-ID: {ids[-1] - 1}"
    )
    assert [e[0] for e in harness.parse_events(body.decode())] == [ids[-1]]

    status, dance = curl(server, f"/api/v1/renders/{render}/result")
    assert status == 200 and len(dance) > 1000
    (tmp_path / "a.dance").write_bytes(dance)

    status, body = curl(
        server,
        "/api/v1/dances?days=3",
        "-H",
        "Content-Type: application/octet-stream",
        "--data-binary",
        f"@{tmp_path / 'a.dance'}",
    )
    assert status == 201
    shared = json.loads(body)
    link = re.sub(r"^https?://[^/]+", "", shared["url"])
    assert link == f"/d/{shared['id']}" and shared["bytes"] == len(dance) and shared["expires"].endswith("Z")

    status, page = curl(server, link)
    assert status == 200 and b"The page." in page and re.search(rb'<base href="\.\./" ?/?>', page)
    assert b"Kick &amp; &lt;drum&gt;" in page and b"<drum>" not in page
    assert re.search(rf'<meta name="terpsi-dance" content="{shared["id"]}" ?/?>'.encode(), page)
    status, page = curl(server, f"/embed/{shared['id']}")
    assert status == 200 and re.search(rb'<meta name="terpsi-embed" content="1" ?/?>', page)

    at = f"/api/v1/dances/{shared['id']}"
    assert curl(server, at) == (200, dance)
    status, body = curl(server, at + "/meta")
    meta = json.loads(body)
    assert meta["title"] == "Kick & <drum>" and abs(meta["seconds"] - 8) < 0.1 and meta["model"] == "student"
    status, body = curl(server, at + ".bvh")
    assert status == 200 and body.startswith(b"HIERARCHY") and body.count(b"\n") > 240
    status, body = curl(server, at + ".glb")
    assert status == 200 and body[:4] == b"glTF" and struct.unpack("<I", body[8:12])[0] == len(body)
    status, body = curl(server, at + ".json")
    assert status == 200 and isinstance(json.loads(body), dict)
    status, body = curl(server, f"/d/{shared['id']}/poster.png")
    assert (
        status == 200
        and body[:8] == b"\x89PNG\r\n\x1a\n"
        and struct.unpack(">II", body[16:24]) == (1200, 630)
    )
    status, body = curl(
        server,
        "/oembed",
        "-G",
        "--data-urlencode",
        f"url={shared['url']}",
        "-d",
        "format=json",
        "-d",
        "maxwidth=400",
    )
    embed = json.loads(body)
    assert (
        status == 200
        and embed["version"] == "1.0"
        and embed["width"] <= 400
        and shared["id"] in embed["html"]
    )

    assert curl(server, at, "-X", "DELETE", "-H", "X-Delete-Token: wrong")[0] == 403
    assert curl(server, at, "-X", "DELETE")[0] == 403
    assert curl(server, at)[0] == 200
    assert curl(server, at, "-X", "DELETE", "-H", f"X-Delete-Token: {shared['delete_token']}") == (204, b"")
    for path in (
        at,
        at + ".bvh",
        at + "/meta",
        link,
        f"/embed/{shared['id']}",
        f"/d/{shared['id']}/poster.png",
    ):
        assert curl(server, path)[0] == 404, path


@pytest.mark.parametrize("name", ["song.wav", "song.mid"])
def test_upload_of_a_song(server, song, tmp_path, name):
    (tmp_path / name).write_bytes(song if name.endswith("wav") else harness.midi())
    status, body = curl(
        server,
        "/api/v1/renders",
        "-F",
        f"song=@{tmp_path / name}",
        "-F",
        'options={"model":"student","style":"break","title":"Mine"};type=application/json',
        "-H",
        f"X-Forwarded-For: {harness.new_client()}",
    )
    assert status == 202, body
    done = server.wait_for(json.loads(body)["id"])
    assert done["state"] == "done"
    shared = server.post_dance(server.get(f"/api/v1/renders/{done['id']}/result").body).json
    meta = server.get(f"/api/v1/dances/{shared['id']}/meta").json
    assert meta["title"] == "Mine" and meta["style"] == "break" and abs(meta["tempo_bpm"] - 120) < 2


def test_same_seed_same_dance(server):
    request = {"music": harness.music(5), "seed": 3}
    assert server.dance(request) == server.dance(request)
    assert server.dance(request) != server.dance({**request, "seed": 4})


def test_cancelling(server):
    render = server.post_render(harness.long_request()).json["id"]
    server.wait_for(render, ("running",))
    status, body = curl(server, f"/api/v1/renders/{render}", "-X", "DELETE")
    assert status == 200
    assert server.wait_for(render)["state"] == "cancelled"
    assert server.get(f"/api/v1/renders/{render}/result").status == 404
    status, body = curl(server, f"/api/v1/renders/{render}", "-X", "DELETE")
    assert status == 200 and json.loads(body)["state"] == "cancelled"


def test_token_origins_and_limits(start, tmp_path, dance_file):
    """Options on the command line, in the environment and in a file: the first beats the second beats the
    third."""
    (tmp_path / "token").write_text("0123456789abcdef-token\n")
    (tmp_path / "conf").write_text(
        "# of this school\nrender-token-file = " + str(tmp_path / "token") + "\n"
        "cors-origin = https://school.example.org\ncors-origin = https://b.example.org\n"
        "dance-days = 5\nmax-dance-days = 10\nexports-per-minute = 1\n"
        "dances-per-minute = 3\n"
    )
    server = start(
        "--port",
        "0",
        "--max-dance-days",
        "30",
        "--default-model",
        "student",
        defaults=False,
        env={
            "TERPSI_CONFIG": str(tmp_path / "conf"),
            "TERPSI_DANCE_DAYS": "7",
            "TERPSI_MAX_DANCE_DAYS": "20",
        },
    )
    models = server.get("/api/v1/models").json
    assert models["renders"] == {"available": True, "token_required": True}
    assert models["dances"]["default_days"] == 7 and models["dances"]["max_days"] == 30
    assert models["default"] == "student"

    request = tmp_path / "request.json"
    request.write_text(json.dumps({"music": harness.music(4)}))
    assert post_json(server, request)[0] == 401
    assert post_json(server, request, "-H", "Authorization: Bearer 0123456789abcdef-tokem")[0] == 401
    assert post_json(server, request, "-H", "Authorization: Basic 0123456789abcdef-token")[0] == 401
    status, body = post_json(server, request, "-H", "Authorization: Bearer 0123456789abcdef-token")
    assert status == 202
    assert server.wait_for(json.loads(body)["id"])["state"] == "done"  # the id is the secret from here on

    asked = server.request(
        "OPTIONS",
        "/api/v1/renders",
        headers={"Origin": "https://school.example.org", "Access-Control-Request-Method": "POST"},
    )
    assert (
        asked.status == 204 and asked.headers["Access-Control-Allow-Origin"] == "https://school.example.org"
    )
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert server.get("/api/v1/models", Origin="https://b.example.org").headers["Vary"] == "Origin"
    refused = server.request(
        "OPTIONS", "/api/v1/renders", headers={"Origin": "https://school.example.org.evil.org"}
    )
    assert refused.status == 403 and "Access-Control-Allow-Origin" not in refused.headers
    assert (
        "Access-Control-Allow-Origin" not in server.get("/api/v1/models", Origin="https://evil.org").headers
    )

    # Without a trusted proxy nobody chooses an address to be counted under.
    answers = [server.post_dance(dance_file, X_Forwarded_For=f"9.9.9.{i}") for i in range(5)]
    assert [a.status for a in answers] == [201, 201, 201, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    shared = answers[0].json
    assert server.get(f"/api/v1/dances/{shared['id']}.bvh").status == 200
    assert server.get(f"/api/v1/dances/{shared['id']}.glb").status == 429


def test_wrong_options_are_named(start, tmp_path):
    (tmp_path / "conf").write_text("dance-days = 5\nportt = 80\n")
    for options, words in [
        (["--config", str(tmp_path / "conf")], ("line 2",)),
        (["--render-token", "short"], ("16",)),
        (["--trusted-proxy", "my-proxy"], ("my-proxy",)),
        (["--no-worker"], ("--cluster",)),
        (["--port", "99999"], ("65535",)),
    ]:
        done = subprocess.run(
            [harness.TERPSI, "serve", "--data", tmp_path / "data", *options],
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert done.returncode == 2, (options, done)
        assert all(word in done.stderr for word in words), (options, done.stderr)


def test_trusted_proxy(start, dance_file):
    server = start(
        "--port",
        "0",
        "--trusted-proxy",
        "loopback",
        "--default-model",
        "student",
        "--dances-per-minute",
        "2",
        defaults=False,
    )

    def share(chain, **more):
        return server.post_dance(dance_file, X_Forwarded_For=chain, **more)

    # Only what the proxy itself has added counts, whatever a client put in front of it.
    assert [share(f"1.2.3.{i}, 5.6.7.8").status for i in range(3)] == [201, 201, 429]
    assert share("5.6.7.9").status == 201
    assert [share(f"2001:db8::{i}").status for i in range(3)] == [201, 201, 429]  # one household
    shared = share("5.6.7.10", X_Forwarded_Host="dance.example.org", X_Forwarded_Proto="https").json
    assert shared["url"] == f"https://dance.example.org/d/{shared['id']}"
    shared = share("5.6.7.11", X_Forwarded_Host='"><script>', X_Forwarded_Proto="javascript").json
    assert shared["url"] == f"http://localhost/d/{shared['id']}"
    assert server.get("/metrics", X_Forwarded_For="5.6.7.8").status == 404
    assert server.get("/metrics", X_Forwarded_For="192.168.1.9").status == 200
    assert server.get("/healthz", X_Request_Id="of-the-proxy-1").headers["X-Request-Id"] == "of-the-proxy-1"
    assert server.get("/healthz", X_Request_Id="bad id\t").headers["X-Request-Id"] != "bad id\t"


SAMPLE = re.compile(
    r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? '
    r"([-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|Inf)|NaN)$"
)


def test_metrics(server):
    server.get("/no-such-file")
    answer = server.get("/metrics")
    assert answer.type == "text/plain" and "version=0.0.4" in answer.headers["Content-Type"]
    text = answer.body.decode()
    assert text.endswith("\n")
    kinds, samples = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds and kind in ("counter", "gauge", "histogram")
            kinds[name] = kind
        elif line.startswith("# HELP "):
            assert len(line.split(" ", 3)) == 4
        else:
            found = SAMPLE.match(line)
            assert found, line
            name, labels, value = found.groups()
            assert (name, labels) not in samples, line
            samples[name, labels] = float(value)
            family = name if name in kinds else re.sub(r"_(bucket|sum|count)$", "", name)
            assert family in kinds, f"{name} has no TYPE before it"
            assert kinds[family] != "counter" or name.endswith("_total") and float(value) >= 0
    for name, kind in kinds.items():
        if kind != "histogram":
            continue
        buckets = {}
        for (sample, labels), value in samples.items():
            if sample == name + "_bucket":
                le = re.search(r'le="([^"]+)"', labels).group(1)
                buckets.setdefault(re.sub(r',?le="[^"]+"', "", labels), []).append((float(le), value))
        assert buckets
        for values in buckets.values():
            counts = [count for _, count in sorted(values)]
            assert counts == sorted(counts) and max(le for le, _ in values) == float("inf")
    assert ("terpsi_connections", None) in samples and ("terpsi_renders_queued", None) in samples


def test_readyz_tells_what_is_missing(start, server):
    answer = server.get("/readyz")
    assert answer.status == 200
    assert answer.json == {"ready": True, "renders": True, "dances": True, "models": True, "stopping": False}
    shutil.rmtree((other := start()).data / "blobs")
    harness.wait_until("it does not notice", lambda: other.get("/readyz").status == 503, 10)
    answer = other.get("/readyz")
    assert (
        answer.json["dances"] is False and answer.json["ready"] is False and "Retry-After" in answer.headers
    )
    assert other.get("/healthz").status == 200


def test_page_and_models_are_served(server):
    page = server.get("/")
    assert page.status == 200 and page.body.decode() == harness.PAGE
    assert server.get("/", If_None_Match=page.headers["ETag"]).status == 304
    assert server.get("/models/manifest.json").status == 200
    part = server.get("/models/manifest.json", Range="bytes=0-9")
    assert part.status == 206 and len(part.body) == 10
    head = server.request("HEAD", "/")
    assert head.status == 200 and head.body == b"" and int(head.headers["Content-Length"]) == len(page.body)
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Opener-Policy"):
        assert name in page.headers
