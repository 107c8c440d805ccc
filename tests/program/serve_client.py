"""assay serve as a test uses it: start, ask, follow, and a check of answers against the OpenAPI document."""

import http.client
import json
import re
import socket
import urllib.parse

from harness import SOURCE, SUITE, ProgramTest

DOCUMENT = json.loads((SOURCE / "src/server/openapi.json").read_text())
REPORT = SOURCE / "src/exchange/testdata/plain_sums.json"  # one of Benchy's


class Server:
    """A running `assay serve`. `token` is what its printed address brings."""

    def __init__(self, test, *arguments, **extra):
        self.process = test.start("serve", *arguments, **extra)
        test.addCleanup(self.stop)
        self.line = self.process.stdout.readline().strip()
        match = re.fullmatch(r"http://([^/]+):(\d+)/\?token=([0-9a-f]{32})", self.line)
        if not match:
            raise AssertionError(f"printed {self.line!r}; {self.process.stderr.read()}")
        self.host, self.port, self.token = match[1].strip("[]"), int(match[2]), match[3]

    def stop(self, kill=False):
        if self.process.poll() is None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(timeout=60)
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()

    def connection(self, timeout=60):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def ask(self, method, path, body=None, token=False, headers=None):
        """→ (status, headers, bytes)."""
        connection = self.connection()
        try:
            sent = dict(headers or {})
            if token:
                sent["Cookie"] = f"other=1; assay_token={self.token}"
            connection.request(method, path, body=body, headers=sent)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def get(self, path, expect=200, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query)
        got, _, body = self.ask("GET", path)
        if got != expect:
            raise AssertionError(f"{path}: {got} {body[:500]}")
        return json.loads(body)

    def post(self, path, body=b"", status=202):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        got, _, reply = self.ask("POST", path, data, token=True, headers={"Content-Type": "application/json"})
        if got != status:
            raise AssertionError(f"{path}: {got} {reply[:500]}")
        return json.loads(reply)

    def follow(self, run, after=None):
        """Yields (event, data, id) until the stream ends."""
        connection = self.connection()
        try:
            connection.request("GET", f"/api/runs/{run}/events", headers={"Last-Event-ID": after} if after else {})
            reply = connection.getresponse()
            assert reply.status == 200, reply.read()
            assert reply.getheader("Content-Type") == "text/event-stream"
            event, data, ident = None, None, None
            while line := reply.readline():
                line = line.decode().rstrip("\n")
                if not line:
                    if event:
                        yield event, json.loads(data), ident
                    event, data = None, None
                elif line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    data = line[6:]
                elif line.startswith("id: "):
                    ident = line[4:]
        finally:
            connection.close()


class Schema:
    """As much of JSON Schema 2020-12 as our document uses. Anything else in it is an error."""

    KNOWN = {"type", "enum", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "anyOf",
             "allOf", "$ref", "description", "minimum", "maximum", "minLength", "maxLength", "format", "default"}
    TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}

    def __init__(self, document):
        self.document = document

    def trouble(self, schema, value, place="$"):
        """None, or where and how the value differs."""
        unknown = set(schema) - self.KNOWN
        if unknown:
            return f"{place}: the test does not know {unknown}"
        if "$ref" in schema:
            target = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self.trouble(target, value, place)
        for part in schema.get("allOf", []):
            if found := self.trouble(part, value, place):
                return found
        if "anyOf" in schema:
            found = [self.trouble(part, value, place) for part in schema["anyOf"]]
            if all(found):
                return found[0]
        if "enum" in schema and value not in schema["enum"]:
            return f"{place}: {value!r} is none of {schema['enum']}"
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        if kinds and not any(self.is_kind(kind, value) for kind in kinds):
            return f"{place}: {value!r:.80} is no {kinds}"
        return self.inside(schema, value, place)

    def is_kind(self, kind, value):
        if kind == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if kind == "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        return isinstance(value, self.TYPES[kind])

    def inside(self, schema, value, place):
        if isinstance(value, dict):
            known = schema.get("properties", {})
            missing = [name for name in schema.get("required", []) if name not in value]
            if missing:
                return f"{place}: lacks {missing}"
            for name, one in value.items():
                rest = schema.get("additionalProperties", True)
                if name not in known and rest is False:
                    return f"{place}: has {name!r}, which the document does not name"
                inner = known.get(name, rest if isinstance(rest, dict) else {})
                if found := self.trouble(inner, one, f"{place}.{name}"):
                    return found
        elif isinstance(value, list):
            for index, one in enumerate(value):
                if found := self.trouble(schema.get("items", {}), one, f"{place}[{index}]"):
                    return found
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                return f"{place}: {value} is out of range"
        return None


class Served(ProgramTest):
    """With `assay serve` over the test's store."""

    def serve(self, *arguments):
        return Server(self, *arguments)

    def stored(self, text=SUITE, *arguments):
        """A run made by the command line; its id."""
        return self.run_json(self.write("suite.yaml", text), *arguments, code=0)["run_id"]

    def raw(self, server, text, timeout=20):
        with socket.create_connection((server.host, server.port), timeout=timeout) as connection:
            connection.sendall(text if isinstance(text, bytes) else text.encode())
            received = b""
            try:
                while part := connection.recv(65536):
                    received += part
            except (TimeoutError, ConnectionResetError):
                pass
            return received
