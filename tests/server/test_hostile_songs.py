"""Files that mean ill as songs: refused in time, and nothing is kept."""

import struct
import time

import pytest

import harness
from hostile import MB, SLOW, load


def refused_quickly(server, file, seconds=1.0, growth=64 * MB):
    server.reset_peak()
    start = time.monotonic()
    answer = server.post_form([("song", file, "a.wav")])
    took = time.monotonic() - start
    assert 400 <= answer.status < 500, answer
    assert answer.code in ("too_large", "bad_format", "unsupported", "empty"), answer
    assert took < seconds * SLOW * load(), took
    assert server.peak_growth() < growth
    return answer


def flac_header(seconds, rate=44100):
    samples = int(seconds * rate)
    info = struct.pack(">HH", 4096, 4096) + bytes(6)
    info += (rate << 44 | 1 << 41 | 15 << 36 | samples).to_bytes(8, "big") + bytes(16)
    return b"fLaC" + b"\x80" + len(info).to_bytes(3, "big") + info


def ogg_page(payload, serial=1, sequence=0, flags=0, granule=0):
    lacing = bytes([255] * (len(payload) // 255) + [len(payload) % 255])
    page = bytearray(
        b"OggS"
        + struct.pack("<BBqIIIB", 0, flags, granule, serial, sequence, 0, len(lacing))
        + lacing
        + payload
    )
    crc = 0
    for byte in page:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    page[22:26] = struct.pack("<I", crc)
    return bytes(page)


def opus(hours):
    """Silent frames, the last of which claims to end hours later."""
    return (
        ogg_page(b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00", flags=2)
        + ogg_page(b"OpusTags\x00\x00\x00\x00\x00\x00\x00\x00", sequence=1)
        + ogg_page(b"\xf8\xff\xfe", sequence=2, flags=4, granule=int(hours * 3600 * 48000))
    )


def mp3(hours):
    """One silent frame whose Xing header counts hours of them."""
    frames = int(hours * 3600 * 44100 / 1152)
    first = b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + struct.pack(">III", 3, frames, 0x7FFFFFFF)
    return (first + bytes(417 - len(first))) + (b"\xff\xfb\x90\x00" + bytes(413)) * 4


def test_wav_of_ten_hours(server):
    refused_quickly(server, harness.wav(2, rate=8000)[:40] + struct.pack("<I", 2 * 8000 * 36000) + bytes(100))
    # Of a file that is cut the readable part counts, as on the command line; what its header claims does not.
    server.reset_peak()
    begin = time.monotonic()
    cut = server.post_form(
        [("song", harness.wav(2, header_bytes=0xFFFFFFF0), "a.wav"), ("options", '{"steps": 1}')]
    )
    assert cut.status == 202 and time.monotonic() - begin < 2 * SLOW * load()
    assert server.wait_for(cut.json["id"])["state"] == "done"
    shared = server.post_dance(server.get(f"/api/v1/renders/{cut.json['id']}/result").body).json
    assert abs(server.get(f"/api/v1/dances/{shared['id']}/meta").json["seconds"] - 2) < 0.2
    assert server.peak_growth() < 64 * MB


def test_an_hour_in_30_mb(server):
    """Longer than fifteen minutes and smaller than an upload may be: refused before it is decoded."""
    data = bytes([128]) * (8000 * 3600)
    file = (
        b"RIFF"
        + struct.pack("<I", len(data) + 36)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data"
        + struct.pack("<I", len(data))
        + data
    )
    assert refused_quickly(server, file, 2.0).code == "too_large"


@pytest.mark.parametrize(
    "name,file",
    [
        ("flac", flac_header(36000 * 4)),
        ("flac with data", flac_header(36000) + bytes(5000)),
        ("opus", opus(10)),
        ("mp3", mp3(10)),
        ("flac, 2^36 - 1", flac_header((2**36 - 1) / 44100)),
    ],
)
def test_audio_bombs(server, name, file):
    refused_quickly(server, file, 2.0)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"RIFF",
        b"\0" * 5000,
        b"MThd" + b"\xff" * 300,
        b"OggS" + b"\0" * 999,
        b"\xff\xfb" * 999,
        b"<html>" * 99,
        b"fLaC",
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(99),
        b"FORM\xff\xff\xff\xffAIFF",
        b"PK\3\4" + bytes(100),
        b"\x7fELF" + bytes(100),
    ],
)
def test_files_that_are_no_songs(server, file):
    refused_quickly(server, file, 2.0)


def test_song_is_not_kept(server, song):
    """No file stays of an upload, whether it was taken or refused."""

    def files():
        return sorted(
            p
            for p in server.folder.rglob("*")
            if p.is_file() and "blobs" not in p.parts and "sqlite" not in p.name
        )

    before = files()
    server.wait_for(server.post_form([("song", song, "a.wav"), ("options", '{"steps": 1}')]).json["id"])
    server.post_form([("song", song[:5000], "../../../../tmp/evil.wav")])
    assert files() == before
