"""assay serve against its own document: every route, asked with inputs that are made from the document, valid ones and
hostile ones. Each answer must have a status that the document names and the shape that it gives for it; nothing may
take long, end in 500, or end the server. ASSAY_CONTRACT=COUNT[:SEED] asks more, or otherwise.
"""

import json
import os
import random
import socket
import time
import unittest
import urllib.parse

from benchy_route_test import SUITE as BENCHY
from harness import SUITE
from serve_client import DOCUMENT, REPORT, Schema, Served

COUNT, _, SEED = os.environ.get("ASSAY_CONTRACT", "40:7").partition(":")
LONGEST = 20  # seconds for one answer, on a machine that others keep busy

# As they stand in an address: what a browser would never send is there too.
HOSTILE = [
    "", "%00", "%ff%fe", "%c0%af", "..%2f..%2fetc%2fpasswd", "%2e%2e", "'%20OR%201=1--", "%22%3B%20DROP%20TABLE%20run", "%25n%25s", "%F0%9F%98%80",
    "%E2%80%AEgpj.exe", "%1b[2J", "%0d%0aX-Evil:%201", "<script>", "-1", "0", "1.5", "1e309", "NaN", "true", "null", "[]", "%20", "+1", "0x10",
    "9223372036854775808", "-9223372036854775809", "4294967296", "18446744073709551616", "a" * 201, "b" * 5000, "%e4%bd%a0" * 70, "last%00", "LAST",
]
WRONG = [None, True, -1, 0, 1.5, 2**53, "", "\u0000", "\u202e", "x" * 1000, [], {}, [[]], {"": None}, ["x"] * 50]


def resolved(schema):
    while "$ref" in schema:
        target = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


class Maker:
    """Values for a schema. `wild`: how often something else is given instead."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, schema):
        """Of a parameter, percent-encoded."""
        schema = resolved(schema)
        schema = schema["items"] if schema.get("type") == "array" else schema
        if self.random.random() < 0.35:
            return self.random.choice(HOSTILE)
        return urllib.parse.quote(self.plain(self.value(schema, 0)), safe="")

    @staticmethod
    def plain(value):
        return value if isinstance(value, str) else json.dumps(value)

    def value(self, schema, wild):
        schema = resolved(schema)
        if wild and self.random.random() < wild:
            return self.random.choice(WRONG)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if "anyOf" in schema:
            return self.value(self.random.choice(schema["anyOf"]), wild)
        kind = schema.get("type", "string")
        kind = self.random.choice(kind) if isinstance(kind, list) else kind
        return getattr(self, "make_" + kind)(schema, wild)

    def make_string(self, schema, _wild):
        most = min(schema.get("maxLength", 60), 60)
        letters = "abc 019_-:.#äß漢\u0301😀\"'<&%\\/\t"
        return "".join(self.random.choice(letters) for _ in range(self.random.randint(max(1, schema.get("minLength", 0)), most)))

    def make_integer(self, schema, _wild):
        low = schema.get("minimum", -5)
        high = schema.get("maximum", low + 1000)
        return self.random.choice([low, high, self.random.randint(low, high), min(high, low + 1)])

    def make_number(self, schema, _wild):
        return self.random.uniform(schema.get("minimum", -10), schema.get("maximum", 10))

    def make_boolean(self, _schema, _wild):
        return self.random.random() < 0.5

    def make_null(self, _schema, _wild):
        return None

    def make_array(self, schema, wild):
        return [self.value(schema.get("items", {}), wild) for _ in range(self.random.randint(0, 3))]

    def make_object(self, schema, wild):
        made = {}
        for name, one in schema.get("properties", {}).items():
            if name in schema.get("required", []) or self.random.random() < 0.5:
                made[name] = self.value(one, wild)
        if wild and self.random.random() < wild:
            made[self.random.choice(["", "__proto__", "suite ", "\u202e"])] = self.random.choice(WRONG)
        return made


class Contract(Served):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.known = self.stored(SUITE, "--label", "first")
        self.stored(SUITE, "--label", "second")
        self.assay("import", REPORT, "--label", "report")
        self.server = self.serve("--benchy-route")
        self.maker = Maker(int(SEED or 7))
        self.schema = Schema(DOCUMENT)
        self.statuses = {}

    def ask(self, method, target, body, headers):
        """→ status, headers, body; the request line is sent as it is, which no library does."""
        data = body if isinstance(body, bytes) else body.encode()
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}", "Connection: close", *headers]
        if method == "POST":
            lines.append(f"Content-Length: {len(data)}")
        with socket.create_connection((self.server.host, self.server.port), timeout=LONGEST) as connection:
            try:
                connection.sendall("\r\n".join([*lines, "", ""]).encode() + data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused unread; the answer is there all the same
            received = b""
            while part := connection.recv(1 << 16):
                received += part
        head, _, rest = received.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        named = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        if named.get("transfer-encoding") == "chunked":
            rest = b"".join(self.chunks(rest))
        return int(first.split(" ")[1]), named, rest

    @staticmethod
    def chunks(body):
        while body:
            size, _, body = body.partition(b"\r\n")
            length = int(size, 16)
            if length == 0:
                return
            yield body[:length]
            body = body[length + 2:]

    def check(self, path, method, target, body=b"", token=True):
        operation = DOCUMENT["paths"][path][method]
        headers = [f"Cookie: assay_token={self.server.token}"] if token else []
        if "requestBody" in operation:
            headers.append("Content-Type: " + next(iter(operation["requestBody"]["content"])))
        begun = time.monotonic()
        status, fields, answer = self.ask(method.upper(), target, body, headers)
        said = f"{method.upper()} {target[:200]} {body[:200]!r} → {status} {answer[:300]!r}"
        self.assertLess(time.monotonic() - begun, LONGEST, said)
        self.assertLess(status, 500, said)
        self.assertNotIn("x-evil", fields, said)
        self.assertEqual(fields.get("x-content-type-options"), "nosniff", said)
        self.statuses.setdefault((method, path), set()).add(status)
        named = operation["responses"].get(str(status))
        if named is None:
            # The path itself was no longer this route: a part that is empty, or with a slash in it.
            self.assertIn(status, (400, 404, 405, 414), said)
            named = DOCUMENT["components"]["responses"]["E400"]
        content = resolved(named).get("content", {})
        kind = fields.get("content-type", "").partition(";")[0]
        if "application/json" in content and kind == "application/json":
            self.assertIsNone(self.schema.trouble(content["application/json"].get("schema", {}), json.loads(answer)), said)
        else:
            self.assertIn(kind, content, said)
        return status

    def plain_target(self, path, operation):
        """What a person would ask, without anything that may be left out."""
        known = {"id": self.known, "sequence": "0", "a": "first", "b": "second", "suite": "Echo", "format": "json"}
        query = []
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", known[parameter["name"]])
            elif parameter["name"] in known:
                query.append(f"{parameter['name']}={known[parameter['name']]}")
        return path + ("?" + "&".join(query) if query else "")

    def targets(self, path, operation):
        """One address for each of the parameters' choices."""
        target, query = path, []
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                known = [self.known, "last", "first", "report", self.known[:12]] if parameter["name"] == "id" else ["0", "1", "2"]
                text = self.maker.random.choice(known) if self.maker.random.random() < 0.7 else self.maker.text(parameter["schema"])
                target = target.replace("{" + parameter["name"] + "}", text)
            elif parameter.get("required") or self.maker.random.random() < 0.5:
                several = resolved(parameter["schema"]).get("type") == "array" and self.maker.random.random() < 0.4
                repeat = self.maker.random.choice([2, 3, 9]) if several or self.maker.random.random() < 0.05 else 1
                if parameter["name"] in ("a", "b") and self.maker.random.random() < 0.7:
                    text = self.maker.random.choice(["first", "second", "report", "last:fake", "first%23fake", "first:", ":"])
                else:
                    text = self.maker.text(parameter["schema"])
                query += [f"{parameter['name']}={text}"] * repeat
        if self.maker.random.random() < 0.05:
            query.append("unknown=" + self.maker.random.choice(HOSTILE))
        return target + ("?" + "&".join(query) if query else "")

    def body(self, operation):
        choice = self.maker.random.random()
        content = operation["requestBody"]["content"]
        schema = next(iter(content.values())).get("schema", {})
        if choice < 0.15:
            return self.maker.random.choice([b"", b"{", b"[" * 50_000, b"\xff\xfe\x00", b"null", b"\x00" * 1000, b'{"a":' * 3000, b"&a [*a, *a]"])
        if choice < 0.3 and operation["operationId"] == "runBenchySuite":
            return BENCHY
        if choice < 0.3 and "text/yaml" in content:
            return SUITE
        if choice < 0.3 and operation["operationId"] == "importReport":
            return REPORT.read_bytes()
        made = self.maker.value(schema, 0 if choice < 0.6 else 0.2)
        if isinstance(made, dict) and choice < 0.45 and "suite" in made:
            made = {"suite": SUITE, **{name: value for name, value in made.items() if name == "label"}}
        return made if isinstance(made, (str, bytes)) else json.dumps(made)

    def test_every_route_with_inputs_made_from_the_document(self):
        for path, methods in DOCUMENT["paths"].items():
            for method, operation in methods.items():
                # Of its own, so that a new route does not change what the others are asked.
                self.maker = Maker(f"{SEED or 7} {method} {path}")
                for turn in range(int(COUNT)):
                    target = self.targets(path, operation) if turn > 0 else self.plain_target(path, operation)
                    self.check(path, method, target, self.body(operation) if "requestBody" in operation else b"")
        # A document that nothing was asked of proves nothing: each route has also answered as it should.
        for (method, path), statuses in self.statuses.items():
            self.assertTrue(any(status < 300 for status in statuses) or path.endswith(("cancel", "resume", "bench", "tokens")), f"{method} {path} {statuses}")
            # What is wrong with a suite is what a check of it answers.
            harmless = ("/api/about", "/api/openapi.json", "/api/suites/check")
            self.assertTrue(any(status >= 400 for status in statuses) or path in harmless, f"{method} {path} {statuses}")
        self.assertTrue(self.server.get("/api/about")["version"])

    def test_every_change_without_the_token_is_refused_in_the_documents_shape(self):
        for path, methods in DOCUMENT["paths"].items():
            for method, operation in methods.items():
                if method == "get" or operation.get("security") == []:
                    continue
                for _ in range(5):
                    target = path.replace("{id}", self.known)
                    self.assertEqual(self.check(path, method, target, self.body(operation) if "requestBody" in operation else b"", token=False), 403)
        self.assertEqual(len(self.server.get("/api/runs")["runs"]), 3)

    def test_the_document_names_every_route_that_answers(self):
        status, _, _ = self.ask("GET", "/api/openapi.json", b"", [])
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(self.ask("GET", "/api/openapi.json", b"", [])[2]), DOCUMENT)


if __name__ == "__main__":
    unittest.main()
