"""The server and its OpenAPI document say the same: every operation, its answers, and no other address."""

import re

import jsonschema
import pytest
import yaml

import harness

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@pytest.fixture(scope="module")
def document(common_server):
    answer = common_server.get("/api/v1/openapi.yaml")
    assert answer.status == 200 and answer.type == "application/yaml"
    return yaml.safe_load(answer.body)


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], item.get("parameters", [])


def resolve(document, value):
    while isinstance(value, dict) and "$ref" in value:
        assert value["$ref"].startswith("#/"), value
        target = document
        for name in value["$ref"][2:].split("/"):
            target = target[name.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def walk(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def schema_of(document, schema):
    """That validates by itself: references lead into components."""
    return {**schema, "components": document["components"]}


# ---- The document


def test_document_is_openapi(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert {"title", "version"} <= set(document["info"])
    assert set(document) <= {
        "openapi",
        "info",
        "servers",
        "paths",
        "components",
        "security",
        "tags",
        "externalDocs",
        "webhooks",
        "jsonSchemaDialect",
    }
    for value in walk(document):
        if isinstance(value, dict) and "$ref" in value:
            resolve(document, value)  # raises where it leads nowhere
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    names = []
    for path, _, operation, shared in operations(document):
        assert path.startswith("/")
        names.append(operation["operationId"])
        assert operation["summary"] and operation["responses"], path
        parameters = [resolve(document, p) for p in shared + operation.get("parameters", [])]
        for parameter in parameters:
            assert parameter["in"] in ("path", "query", "header", "cookie") and "name" in parameter
            assert "schema" in parameter or "content" in parameter, (path, parameter)
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
            assert parameter["in"] != "path" or parameter["required"] is True
        inside = set(re.findall(r"\{([^}]+)\}", path))
        assert inside == {p["name"] for p in parameters if p["in"] == "path"}, path
        assert any(status[0] in "23" for status in operation["responses"]), path
        for status, response in operation["responses"].items():
            response = resolve(document, response)
            assert re.fullmatch(r"[1-5](\d\d|XX)|default", status) and response["description"], (path, status)
            for kind, content in response.get("content", {}).items():
                assert "/" in kind
                jsonschema.Draft202012Validator.check_schema(content["schema"])
            for header in response.get("headers", {}).values():
                assert "schema" in header
        for requirement in operation.get("security", []):
            assert set(requirement) <= set(document["components"]["securitySchemes"])
    assert len(names) == len(set(names))


def test_components_are_used(document):
    used = {value["$ref"] for value in walk(document) if isinstance(value, dict) and "$ref" in value}
    for kind in ("schemas", "responses", "parameters"):
        for name in document["components"][kind]:
            assert f"#/components/{kind}/{name}" in used, name


# ---- The server


class Checker:
    """Asks the server as the document says, and holds every answer against it."""

    def __init__(self, document):
        self.document, self.seen = document, set()
        self.operations = {o["operationId"]: (path, method, o) for path, method, o, _ in operations(document)}

    def __call__(self, operation, status, answer):
        path, method, described = self.operations[operation]
        assert answer.status == status, (operation, answer)
        assert str(status) in described["responses"], (
            f"{operation} answers {status}, which is not in the document: {answer}"
        )
        response = resolve(self.document, described["responses"][str(status)])
        content = response.get("content")
        if content is None:
            assert answer.body == b"", (operation, answer)
        else:
            assert answer.type in content, (operation, answer)
            if answer.type == "application/json":
                jsonschema.Draft202012Validator(
                    schema_of(self.document, content[answer.type]["schema"])
                ).validate(answer.json)
                if status >= 400 and "error" in answer.json:
                    assert re.fullmatch(r"[a-z_]+", answer.code)
        for name in response.get("headers", {}):
            assert name in answer.headers, (operation, status, name)
        assert "X-Request-Id" in answer.headers and answer.headers["X-Content-Type-Options"] == "nosniff"
        self.seen.add((operation, status))
        return answer


@pytest.fixture(scope="module")
def check(document):
    return Checker(document)


def test_renders(server, check, document, song):
    request = {"music": harness.music(4), "steps": 1}
    jsonschema.Draft202012Validator(
        schema_of(document, {"$ref": "#/components/schemas/RenderRequest"})
    ).validate(request)
    made = check("createRender", 202, server.post_render(request))
    at = made.headers["Location"]
    assert at == "/api/v1/renders/" + made.json["id"]
    check("createRender", 202, server.post_form([("song", song, "a.wav"), ("options", '{"steps":1}')]))
    check("watchRender", 200, server.get(at + "/events"))
    check("getRender", 200, server.get(at))
    assert server.get(at).json["state"] == "done"
    check("watchRender", 204, server.get(at + "/events", Last_Event_ID=str(server.get(at).json["version"])))
    check("getRenderResult", 200, server.get(at + "/result"))
    check("cancelRender", 200, server.request("DELETE", at))

    check("createRender", 400, server.post_render(b"{"))
    check("createRender", 400, server.post_render({**request, "model": "nobody"}))
    check("createRender", 403, server.post_render(request, Origin="https://evil.example"))
    check(
        "createRender",
        411,
        harness.parse_answer(server.raw(harness.head("POST", "/api/v1/renders", "Connection: close"), 5)),
    )
    check("createRender", 413, server.post_render(b" " * (2 << 20)))
    check("createRender", 413, server.post_render({"music": {**harness.music(4), "duration": 1000}}))
    check(
        "createRender", 422, server.request("POST", "/api/v1/renders", "{}", {"Content-Type": "text/plain"})
    )
    check("createRender", 422, server.post_render({"music": {**harness.music(4), "duration": 0.5}}))
    client = harness.new_client()
    for _ in range(2):
        assert server.post_render(harness.long_request(), client).status == 202
    check("createRender", 429, server.post_render(request, client))
    running = server.renders[-2]
    server.wait_for(running, ("running",))
    check("getRenderResult", 404, server.get(f"/api/v1/renders/{running}/result"))
    check(
        "cancelRender",
        403,
        server.request("DELETE", f"/api/v1/renders/{running}", headers={"Origin": "https://evil.example"}),
    )
    check("cancelRender", 200, server.cancel(running))
    nobody = "/api/v1/renders/" + "a" * 22
    check("getRender", 404, server.get(nobody))
    check("watchRender", 404, server.get(nobody + "/events"))
    check("getRenderResult", 404, server.get(nobody + "/result"))
    check("cancelRender", 404, server.request("DELETE", nobody))


def test_dances(server, check, dance_file):
    made = check("createDance", 201, server.post_dance(dance_file, "?days=2"))
    shared = made.json
    at = made.headers["Location"]
    assert at == "/api/v1/dances/" + shared["id"]
    got = check("getDance", 200, server.get(at))
    check("getDance", 304, server.get(at, If_None_Match=got.headers["ETag"]))
    for extension, kind in (
        (".bvh", None),
        (".glb", "model/gltf-binary"),
        (".json", "application/json"),
        (".png", "image/png"),
    ):
        converted = server.get(at + extension)
        assert converted.status == 200 and (kind is None or converted.type == kind), converted
    check("getDanceMeta", 200, server.get(at + "/meta"))
    check("sharePage", 200, server.get(f"/d/{shared['id']}"))
    check("embedPage", 200, server.get(f"/embed/{shared['id']}"))
    check("poster", 200, server.get(f"/d/{shared['id']}/poster.png"))
    check("oembed", 200, server.get(f"/oembed?url={shared['url']}&format=json"))
    check("oembed", 501, server.get(f"/oembed?url={shared['url']}&format=xml"))
    check("oembed", 404, server.get("/oembed?url=https://elsewhere.example/d/" + "a" * 22))

    check("createDance", 400, server.post_dance(b"no dance"))
    check("createDance", 400, server.post_dance(dance_file, "?days=x"))
    check("createDance", 403, server.post_dance(dance_file, Origin="https://evil.example"))
    check(
        "createDance",
        411,
        harness.parse_answer(server.raw(harness.head("POST", "/api/v1/dances", "Connection: close"), 5)),
    )
    check("createDance", 413, server.post_dance(bytes(5 << 20)))
    check("createDance", 422, server.post_dance(dance_file, Content_Encoding="gzip"))
    check("deleteDance", 403, server.request("DELETE", at, headers={"X-Delete-Token": "no"}))
    check(
        "deleteDance", 204, server.request("DELETE", at, headers={"X-Delete-Token": shared["delete_token"]})
    )
    check(
        "deleteDance", 404, server.request("DELETE", at, headers={"X-Delete-Token": shared["delete_token"]})
    )
    check("getDance", 404, server.get(at))
    check("getDanceMeta", 404, server.get(at + "/meta"))
    check("sharePage", 404, server.get(f"/d/{shared['id']}"))
    check("embedPage", 404, server.get(f"/embed/{shared['id']}"))
    check("poster", 404, server.get(f"/d/{shared['id']}/poster.png"))


def test_operations(server, check):
    for operation, path in (
        ("healthz", "/healthz"),
        ("readyz", "/readyz"),
        ("metrics", "/metrics"),
        ("getModels", "/api/v1/models"),
        ("getOpenApi", "/api/v1/openapi.yaml"),
    ):
        check(operation, 200, server.get(path))
    check("metrics", 404, server.get("/metrics", X_Forwarded_For="203.0.113.9"))


def test_server_that_does_less(start, check, dance_file):
    """No renders, no dances; another one wants a token and counts."""
    none = start("--no-renders", "--no-dances")
    check("createRender", 404, none.post_render({"music": harness.music(4)}))
    check("createDance", 404, none.post_dance(dance_file))
    models = check("getModels", 200, none.get("/api/v1/models")).json
    assert not models["renders"]["available"] and not models["dances"]["available"]
    strict = start(
        "--render-token", "0123456789abcdef", "--dances-per-minute", "1", "--exports-per-minute", "1"
    )
    check("createRender", 401, strict.post_render({"music": harness.music(4)}))
    shared = check("createDance", 201, strict.post_dance(dance_file)).json
    check("createDance", 429, strict.post_dance(dance_file))
    assert strict.get(f"/api/v1/dances/{shared['id']}.bvh").status == 200
    check("getDance", 429, strict.get(f"/api/v1/dances/{shared['id']}.glb"))
    check("poster", 429, strict.get(f"/d/{shared['id']}/poster.png"))


# What takes a full disk, a locked database, a damaged file, or a crowd: test_hostile_*.py bring those about.
ELSEWHERE = {
    ("createRender", 503),
    ("createRender", 507),
    ("watchRender", 503),
    ("createDance", 503),
    ("createDance", 507),
    ("getDance", 500),
    ("getDance", 503),
    ("getRenderResult", 500),
    ("deleteDance", 503),
    ("poster", 503),
    ("readyz", 503),
}


def test_all_that_is_described_was_seen(check):
    described = {
        (name, int(status))
        for name, (_, _, operation) in check.operations.items()
        for status in operation["responses"]
    }
    assert described - check.seen - ELSEWHERE == set()


def test_no_other_address(server, document, dance_file):
    """Addresses made of all words that the server's source and the document know: what answers is
    described."""
    source = (harness.ROOT / "native/server/http_server.cpp").read_text()
    words = set(re.findall(r"[a-z][a-z0-9_.]+", " ".join(document["paths"])))
    words |= {
        w for text in re.findall(r'"([^"\s]{1,30})"', source) for w in re.findall(r"[a-z][a-z0-9_.-]+", text)
    }
    shared = server.post_dance(dance_file).json
    render = server.post_render({"music": harness.music(4), "steps": 1}).json["id"]
    server.wait_for(render)
    first = {p.split("/")[1] for p in document["paths"]} | words
    ids = [shared["id"], render]
    paths = (
        {f"/{a}" for a in first} | {f"/{a}/{b}" for a in first for b in ids} | {f"/api/v1/{a}" for a in words}
    )
    paths |= {f"/{a}/{i}/{b}" for a in ("d", "embed", "oembed") for i in ids for b in words}
    paths |= {f"/api/v1/{a}/{i}" for a in words for i in ids} | {
        f"/api/v1/{a}/{i}/{b}" for a in ("dances", "renders") for i in ids for b in words
    }
    patterns = {
        path: re.compile(re.sub(r"\\\{[^}]*\}", "[^/]+", re.escape(path))) for path in document["paths"]
    }
    files = re.compile(r"/(models/.*|index\.html|)")
    answered = set()
    link = harness.http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for path in sorted(paths):
        for method in ("GET", "POST", "DELETE", "PUT", "PATCH"):
            link.request(method, path, b"x" if method == "POST" else None)
            answer = link.getresponse()
            body = answer.read()
            described = {m for p, m, _, _ in operations(document) if patterns[p].fullmatch(path)}
            if method.lower() in described:
                answered |= {
                    (p, method.lower())
                    for p in patterns
                    if patterns[p].fullmatch(path) and answer.status != 404
                }
            elif answer.status != 405:
                assert answer.status in (404, 411, 413) or (method == "GET" and files.fullmatch(path)), (
                    method,
                    path,
                    answer.status,
                    body,
                )
            if answer.status >= 400:
                link.close()
    document_says = {(p, m) for p, m, _, _ in operations(document)}
    silent = document_says - answered - {("/oembed", "get")}
    assert not silent, f"described, and answered with 404: {silent}"
