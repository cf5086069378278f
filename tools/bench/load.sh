#!/bin/sh
# How much one server stands: (1) requests for one shared dance per second, with wrk; (2) how long /healthz takes while the
# queue of renders is full and 64 slow clients dribble requests.
#   tools/bench/load.sh        (TERPSI=build/terpsi, TERPSI_WEB and TERPSI_MODELS name another program, page and models;
#                              DURATION=5s)
# Wanted on 2 quiet cores, wrk on them as well: at least 20000 requests/s; p99 of /healthz under 50 ms. Exit code 1 otherwise.
set -eu
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk" >&2; exit 2; }
terpsi=${TERPSI:-build/terpsi}
[ -x "$terpsi" ] || { echo "$terpsi is not built; run tools/build.sh first" >&2; exit 2; }
exec python3 - "$terpsi" "${TERPSI_WEB:-web/dist}" "${TERPSI_MODELS:-models}" "${DURATION:-5s}" <<'PYTHON'
import http.client, json, os, re, socket, subprocess, sys, tempfile, threading, time
sys.path.insert(0, "tools/bench")
from cluster import free_ports, until, wanted

terpsi, web, models, duration = sys.argv[1:]
folder = tempfile.TemporaryDirectory()
port = free_ports(1)[0]
server = subprocess.Popen([terpsi, "serve", "--port", str(port), "--data", folder.name, "--web", web, "--models", models,
                           "--default-model", "student", "--device", "cpu", "--threads", "1", "--drain", "0",
                           "--trusted-proxy", "loopback", "--renders-per-minute", "0", "--log-level", "error"],
                          stdout=subprocess.DEVNULL)


def ask(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def ready():
    try:
        return ask("GET", "/readyz")[0] == 200
    except OSError:
        return False


def render(client, **more):
    status, answer = ask("POST", "/api/v1/renders", wanted(1, 60, **more),
                         {"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.{client}"})
    return status, json.loads(answer)


missed = 0
try:
    until(ready, 60, "the server is ready")
    id = render(1)[1]["id"]
    until(lambda: json.loads(ask("GET", f"/api/v1/renders/{id}")[1])["state"] == "done", 60, "a render")
    dance = ask("GET", f"/api/v1/renders/{id}/result")[1]
    shared = json.loads(ask("POST", "/api/v1/dances", dance, {"Content-Type": "application/octet-stream"})[1])["id"]
    print(f"load average before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, dance of {len(dance)} bytes")
    out = subprocess.run(["wrk", "-t1", "-c32", f"-d{duration}", "--latency", f"http://127.0.0.1:{port}/api/v1/dances/{shared}"],
                         capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    bad = re.search(r"Non-2xx.*|Socket errors.*", out)
    missed += rate < 20000 or bad is not None
    print(f"GET of a shared dance: {rate:.0f} requests/s{', ' + bad[0] if bad else ''}, at least 20000: "
          f"{'met' if rate >= 20000 and not bad else 'MISSED'}")

    taken = 0
    for i in range(200):
        status, answer = render(2 + i // 2, candidates=8, steps=64)
        if status == 429:
            break
        taken += status == 202
    over = threading.Event()

    def dribble(kind):
        head = {0: b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                1: b"POST /api/v1/dances HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n"}
        while not over.is_set():
            with socket.create_connection(("127.0.0.1", port)) as slow:
                try:
                    slow.sendall(head[kind])
                    while not over.wait(0.2):
                        slow.sendall(b"x")
                except OSError:
                    pass

    slow = [threading.Thread(target=dribble, args=(i % 2,), daemon=True) for i in range(64)]
    for thread in slow:
        thread.start()
    time.sleep(1)
    connection, times = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for _ in range(1000):
        begun = time.perf_counter()
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        times.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.005)
    queued = int(float(re.search(rb"\nterpsi_renders_queued (\S+)", ask("GET", "/metrics")[1])[1]))
    over.set()
    times.sort()
    p50, p99 = times[500], times[990]
    missed += p99 >= 50 or queued < 30
    print(f"/healthz with {queued} renders waiting ({taken} taken, then 429) and 64 slow clients: p50 {p50:.2f} ms, p99 {p99:.2f} ms, "
          f"slowest {times[-1]:.1f} ms, p99 under 50 ms: {'met' if p99 < 50 and queued >= 30 else 'MISSED'}")
    print(f"load average after: {os.getloadavg()[0]:.1f}")
finally:
    server.terminate()
    server.wait()
sys.exit(1 if missed else 0)
PYTHON
