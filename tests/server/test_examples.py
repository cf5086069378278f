"""The example of CONTRIBUTING.md that has a server make a dance."""

import subprocess
import sys

import harness


def test_call_server(server, song, tmp_path):
    (tmp_path / "song.wav").write_bytes(song)
    music, out = tmp_path / "music.json", tmp_path / "out.dance"
    subprocess.run(
        [harness.TERPSI, "analyze", tmp_path / "song.wav", "--models", harness.MODELS, "--json", music],
        check=True,
    )
    example = harness.ROOT / "tests/examples/call_server.py"
    command = [sys.executable, example, f"http://127.0.0.1:{server.port}", music, out]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes()[:4] == b"TDNC"
