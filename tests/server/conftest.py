import os
import pathlib
import shutil
import tempfile

import pytest

import harness


def pytest_collection_modifyitems(items):
    if not harness.TERPSI.exists():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="the executable is not built"))


@pytest.fixture(scope="session", autouse=True)
def empty_home():
    """The home of all processes that the tests start; the user's own dances would be there."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="terpsi-empty-home-"))
    os.environ.update(HOME=str(home), XDG_DATA_HOME=str(home / "data"))
    yield home
    left = sorted(str(path.relative_to(home)) for path in home.rglob("*"))
    shutil.rmtree(home)
    assert left == [], "the tests wrote to the home folder"


@pytest.fixture(scope="session")
def folder(empty_home):
    """Ours alone; goes away at the end."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="terpsi-server-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start(folder, tmp_path):
    """Starts further servers; they end with the test."""
    servers = []

    def begin(*options, ready=True, **more):
        server = harness.Server(
            more.pop("folder", None) or tmp_path / f"server{len(servers)}", *options, **more
        )
        servers.append(server)
        return server.start(ready)

    yield begin
    for server in servers:
        server.stop(harness.signal.SIGKILL)


@pytest.fixture(scope="session")
def common_server(folder):
    server = harness.Server(folder / "common").start()
    yield server
    server.stop(harness.signal.SIGKILL)


@pytest.fixture
def server(common_server):
    """A server for all tests; each must leave it alive."""
    assert common_server.alive
    yield common_server
    common_server.clear()
    assert common_server.alive, "the server died: " + common_server.log.read_text()[-2000:]
    assert common_server.get("/healthz").status == 200


@pytest.fixture(scope="session")
def song():
    return harness.wav()


@pytest.fixture(scope="session")
def dance_file(common_server):
    return common_server.dance({"music": harness.music(6), "title": "A song"})
