#!/usr/bin/env python3
"""Has a server make a dance: call_server.py http://127.0.0.1:8080 music.json out.dance

music.json is what `terpsi analyze SONG --json music.json` writes; the song itself stays here.
"""

import json
import pathlib
import sys
import time
import urllib.request


def call(url, body=None, method=None):
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def make_dance(server, music, style="auto", seed=1):
    """The dance as bytes of a .dance file."""
    wish = {"music": music, "style": style, "seed": seed}
    render = json.loads(call(f"{server}/api/v1/renders", json.dumps(wish).encode()))
    while render["state"] not in ("done", "failed", "cancelled"):
        time.sleep(0.2)
        render = json.loads(call(f"{server}/api/v1/renders/{render['id']}"))
    if render["state"] != "done":
        raise RuntimeError(render)
    return call(f"{server}/api/v1/renders/{render['id']}/result")


def main():
    server, music, out = sys.argv[1:]
    dance = make_dance(server, json.loads(pathlib.Path(music).read_text()))
    pathlib.Path(out).write_bytes(dance)
    print(f"{len(dance)} bytes in {out}")


if __name__ == "__main__":
    main()
