"""What the tests of ill-meaning clients share."""

import contextlib
import os
import time

from harness import parse_answer

MB = 1 << 20
SLOW = float(os.environ.get("TERPSI_TEST_SLOWNESS", "1"))  # factor on bounds of time, for loaded machines


def load():
    """How much busier than its processors this machine is."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def push(server, begin, piece, total, seconds=20.0):
    """Sends `begin`, then `piece` until `total` bytes are out, or the server answers or hangs up.
    Returns bytes sent and answer."""
    sent, got = 0, b""
    with server.connect(seconds) as link, contextlib.suppress(OSError):
        link.sendall(begin)
        link.setblocking(False)
        end = time.monotonic() + seconds
        while sent < total and time.monotonic() < end:
            try:
                sent += link.send(piece)
            except BlockingIOError:
                time.sleep(0.001)
            with contextlib.suppress(BlockingIOError):
                got += (part := link.recv(65536))
                if not part or parse_answer(got):
                    break
        link.settimeout(2)
        while part := link.recv(65536):
            got += part
    return sent, parse_answer(got)
