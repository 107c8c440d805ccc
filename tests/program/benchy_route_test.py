"""assay serve --benchy-route: what an old client of Benchy sends and gets, and who may send."""

import json
import signal
import socket
import sys
import threading
import unittest

import harness
import scripted_server
from serve_client import DOCUMENT, Schema, Served, Server

PATH = "/iso-speed-bench"
SUITE = """\
benchmark_name: Echo
purpose: Says a word
base_prompt: |
  Say {{word}}.
evaluator: raw_string_evaluator
models: [ "fake~say alpha" ]
prompts:
  - { dynamic_variables: { word: alpha }, expectation: alpha }
  - { dynamic_variables: { word: 3 }, expectation: "ü" }
"""
SLOW = SUITE.replace("say alpha", "wait 30s; say alpha")
CODE = SUITE.replace("raw_string_evaluator", "execute_python_code_with_num_output").replace("ü", "1")


class Ollama(scripted_server.Script):
    """Ollama's dialect: says the second word that it was sent."""

    def do_GET(self):
        self.answer(200, '{"version": "0.0-test", "models": []}')

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/generate":
            self.server.loads.append(body["model"])
            self.server.may_load.wait(timeout=60)
        if self.path != "/api/chat":
            return self.answer(200, "{}")
        word = body["messages"][-1]["content"].split()[1].strip(".")
        last = {"done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 1}
        lines = [{"message": {"role": "assistant", "content": word}, "done": False}, last]
        self.answer(200, "".join(json.dumps(line) + "\n" for line in lines), Content_Type="application/x-ndjson")


class Route(Served):
    def ollama(self, may_load=True):
        server = scripted_server.Server(("127.0.0.1", 0), Ollama)
        server.loads, server.may_load = [], threading.Event()
        if may_load:
            server.may_load.set()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(server.may_load.set)
        return server

    def serve(self, *arguments, **extra):
        return Server(self, "--benchy-route", *arguments, **extra)

    def send(self, server, body, kind="application/yaml", **headers):
        """→ (status, headers, text); an old client sends no token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        status, got, reply = server.ask("POST", PATH, body.encode() if isinstance(body, str) else body,
                                        headers={"Content-Type": kind, **named} if kind else named)
        schema = DOCUMENT["paths"][PATH]["post"]["responses"][str(status)]["content"]["application/json"]["schema"]
        self.assertIsNone(Schema(DOCUMENT).trouble(schema, json.loads(reply)), reply)
        self.assertEqual(got["Content-Type"], "application/json")
        return status, got, reply.decode()

    def error(self, status, server, body, **more):
        """The sentence of a refusal; nothing was run."""
        got, headers, reply = self.send(server, body, **more)
        self.assertEqual(got, status, reply)
        self.assertNotIn("X-Assay-Run", headers)
        return json.loads(reply)["error"]

    def waiting(self, server, suite=SLOW):
        """A request in a thread whose run has begun; → (what will hold its answer, the thread, the run)."""
        answer = []
        client = threading.Thread(target=lambda: answer.append(self.send(server, suite)))
        client.start()
        self.addCleanup(client.join, 60)
        return answer, client, self.begun(server)

    def begun(self, server):
        while not (runs := server.get("/api/runs")["runs"]):
            pass
        return runs[0]["id"]


class Answers(Route):
    def test_the_report_comes_back_on_one_line_and_the_run_is_stored(self):
        server = self.serve()
        status, headers, text = self.send(server, SUITE)
        self.assertEqual(status, 200)
        report = json.loads(text)
        # Python's own compact form, to the byte: floats with a point, letters as they are.
        self.assertEqual(text, json.dumps(report, ensure_ascii=False, separators=(",", ":")))
        self.assertIn('"ü"', text)
        [model] = report["models"]
        self.assertEqual((report["benchmark_name"], model["model"]), ("Echo", "fake~say alpha"))
        self.assertEqual([(result["index"], result["correct"]) for result in model["results"]], [(1, True), (2, False)])
        self.assertEqual(model["results"][1]["input_prompt"], "Say 3.\n")
        self.assertEqual(report["overall_accuracy"], 0.5)
        run = headers["X-Assay-Run"]
        self.assertEqual(report["assay"]["run"], run)
        stored = server.get(f"/api/runs/{run}")["run"]
        self.assertEqual((stored["state"], stored["stored"]), ("finished", 2))
        self.assertEqual(json.loads(self.assay("report", run, "-f", "benchy").stdout), report)
        self.assay("import", self.write("report.json", text), "--verify")

    def test_a_model_without_provider_is_asked_at_ollamas_address(self):
        ollama = self.ollama()
        server = self.serve(OLLAMA_HOST=f"127.0.0.1:{ollama.server_port}")
        status, _, text = self.send(server, SUITE.replace("fake~say alpha", "tiny:1b"))
        self.assertEqual(status, 200)
        [model] = json.loads(text)["models"]
        self.assertEqual(model["model"], "ollama~tiny:1b")
        self.assertEqual([result["execution_result"] for result in model["results"]], ["alpha", "3"])
        self.assertEqual({result["prompt_response"]["provider"] for result in model["results"]}, {"ollama"})

    def test_trials_without_verdict_are_in_the_report_as_errored(self):
        server = self.serve()
        status, _, text = self.send(server, SUITE.replace("say alpha", "error engine out of order"))
        self.assertEqual(status, 200)
        for result in json.loads(text)["models"][0]["results"]:
            self.assertEqual((result["prompt_response"]["errored"], result["correct"]), (True, False))

    def test_types_of_yaml_with_and_without_parameters(self):
        server = self.serve()
        for kind in ("application/yaml", "application/yaml; charset=utf-8", "Application/X-YAML", "text/yaml;a=b"):
            with self.subTest(kind):
                self.assertEqual(self.send(server, SUITE, kind=kind)[0], 200)
        for kind in (None, "", "text/plain", "application/json", "application/x-www-form-urlencoded",
                     "text/plain; application/yaml", "multipart/form-data; boundary=x"):
            with self.subTest(kind):
                self.assertIn("expected", self.error(415, server, SUITE, kind=kind))
        self.assertEqual(len(server.get("/api/runs")["runs"]), 4)

    def test_every_fault_of_the_input_is_400_with_a_sentence(self):
        server = self.serve(OLLAMA_HOST="127.0.0.1:9")  # nobody listens at the discard port
        without = lambda begin: "".join(line for line in SUITE.splitlines(True) if not line.startswith(begin))
        for body, words in (
                ("", "the file is empty"),
                ("word", "expected a suite of Benchy"),
                ("a: [", "suite.yaml:1"),
                (b"benchmark_name: \xff\n", "UTF-8"),
                ("[1, 2]", "expected a suite of Benchy"),
                ("benchmark_name: [1]\nbase_prompt: x\n", "no 'prompts'"),
                (without("models:"), "model"),
                (without("  - ").replace("prompts:", "prompts: []"), "prompts is an empty list"),
                (SUITE.replace("fake~", "fakes~"), "suite.yaml:6:11: unknown provider 'fakes'"),
                (SUITE.replace("raw_string_evaluator", "raw"), "unknown evaluator 'raw'"),
                (SUITE.replace("fake~say alpha", "tiny:1b"), "no server answers at http://127.0.0.1:9"),
                (SUITE.replace("fake~say alpha", "llama~nothing.gguf"), "nothing.gguf"),
                (SUITE.replace("say alpha", "load fails"), "told to fail its load")):
            with self.subTest(words):
                self.assertIn(words, self.error(400, server, body))
        both = self.error(400, server, SUITE.replace("fake~", "fakes~").replace("raw_string_evaluator", "raw"))
        self.assertEqual(len(both.splitlines()), 2, both)
        self.assertEqual(server.get("/api/runs")["runs"], [])

    def test_a_grader_that_is_missing_is_400(self):
        only = self.folder / "bin"
        only.mkdir()
        (only / "python3").symlink_to(sys.executable)  # and nothing that makes a sandbox
        server = self.serve(PATH=str(only))
        self.assertIn("sandbox", self.error(400, server, CODE))

    def test_a_suite_of_assays_own_may_name_programs_and_is_not_taken(self):
        server = self.serve()
        own = self.assay("suite", "show", self.write("s.yaml", SUITE)).stdout
        for body in (own, harness.SUITE):
            self.assertIn("a suite of assay's own", self.error(400, server, body))

    def test_a_body_over_the_limit_is_refused_unread(self):
        server = self.serve()
        with socket.create_connection((server.host, server.port), timeout=20) as connection:
            connection.sendall((f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                                f"Content-Type: application/yaml\r\nContent-Length: {500 << 20}\r\n\r\n").encode())
            answer = b""
            while part := connection.recv(65536):  # before a single byte of the body was sent
                answer += part
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertIn("at most 16777216", json.loads(answer.partition(b"\r\n\r\n")[2])["error"])


class WhileItWaits(Route):
    def test_others_are_answered_and_a_second_suite_is_refused(self):
        server = self.serve()
        answer, client, run = self.waiting(server)
        for _ in range(3):
            self.assertIn(run, self.error(409, server, SUITE))
        self.assertEqual(server.get("/api/about")["running"], run)
        server.post(f"/api/runs/{run}/cancel")
        client.join(timeout=60)
        [(status, headers, text)] = answer
        self.assertEqual((status, headers["X-Assay-Run"]), (500, run), "half a report would look like a whole one")
        self.assertIn(f"run {run} was stopped before its end", json.loads(text)["error"])
        self.assertEqual(self.send(server, SUITE)[0], 200)

    def test_the_run_goes_on_when_the_client_leaves(self):
        server = self.serve()
        with socket.create_connection((server.host, server.port), timeout=20) as connection:
            body = SUITE.replace("say alpha", "wait 500ms; say alpha")
            connection.sendall((f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: text/yaml\r\n"
                                f"Content-Length: {len(body.encode())}\r\n\r\n{body}").encode())
            run = self.begun(server)
        events = list(server.follow(run))
        self.assertEqual((events[-1][0], events[-1][1]), ("end", {"state": "finished", "stored": 2}))

    def test_ctrl_c_ends_the_request_the_run_and_the_server(self):
        server = self.serve()
        answer, client, run = self.waiting(server)
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.process.wait(timeout=30), 0)
        client.join(timeout=60)
        [(status, headers, text)] = answer
        self.assertEqual((status, headers["X-Assay-Run"]), (500, run))
        self.assertRegex(json.loads(text)["error"], f"run {run} .* can be resumed")
        self.assertEqual(self.serve().get(f"/api/runs/{run}")["run"]["state"], "interrupted")

    def test_ctrl_c_while_a_model_loads_proves_no_other(self):
        ollama = self.ollama(may_load=False)
        server = self.serve(OLLAMA_HOST=f"127.0.0.1:{ollama.server_port}")
        answer, suite = [], SUITE.replace('"fake~say alpha"', "a, b, c")
        client = threading.Thread(target=lambda: answer.append(self.send(server, suite)))
        client.start()
        while not ollama.loads:
            pass
        server.process.send_signal(signal.SIGINT)
        while self.listens(server):
            pass
        ollama.may_load.set()
        self.assertEqual(server.process.wait(timeout=60), 0)
        client.join(timeout=60)
        self.assertEqual((answer[0][0], ollama.loads), (500, ["c:latest"]))

    def listens(self, server):
        try:
            socket.create_connection((server.host, server.port), timeout=20).close()
        except OSError:
            return False
        return True


class WhoMayAsk(Route):
    def test_without_the_flag_there_is_nothing(self):
        server = Server(self)
        for path in (PATH, "/iso-speed-benches"):
            status, _, body = server.ask("POST", path, SUITE, headers={"Content-Type": "application/yaml"})
            error = json.loads(body)["error"]
            self.assertEqual((status, error["code"]), (404, "not_found"))
            self.assertIn(f"there is no '{path}' here", error["message"])
        status, _, body = server.ask("POST", PATH, SUITE, token=True, headers={"Content-Type": "application/yaml"})
        self.assertEqual(status, 404)
        self.assertIn("assay serve --benchy-route", json.loads(body)["error"]["message"])
        self.assertEqual(server.get("/api/runs")["runs"], [])

    def test_only_on_loopback(self):
        for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
            done = self.assay("serve", "--benchy-route", "--host", host, code=2)
            self.assertEqual(done.stdout, "")
            self.assertIn(f"--benchy-route together with --host {host}", done.stderr)
            self.assertIn("old clients send no token", done.stderr)

    def test_pages_of_other_sites_start_nothing(self):
        server = self.serve()
        ours = f"127.0.0.1:{server.port}"
        for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{server.port}"}, {"Origin": "null"},
                        {"Origin": "http://evil.example"}, {"Origin": "http://localhost:5173"},
                        {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
            with self.subTest(headers):
                self.error(403, server, SUITE, **headers)
        self.assertEqual(server.get("/api/runs")["runs"], [])
        self.assertEqual(self.send(server, SUITE, Origin=f"http://{ours}", Sec_Fetch_Site="same-origin")[0], 200)

    def test_a_browser_that_asks_first_gets_no_permission(self):
        server = self.serve()
        for origin in ({}, {"Origin": "http://evil.example"}, {"Origin": f"http://127.0.0.1:{server.port}"}):
            asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
            status, headers, _ = server.ask("OPTIONS", PATH, headers=asked)
            self.assertIn(status, (403, 405))
            self.assertEqual([name for name in headers if name.lower().startswith("access-control-")], [])

    def test_nothing_else_is_open_and_benchys_other_routes_are_not_there(self):
        server = self.serve()
        self.assertEqual(server.ask("POST", "/api/runs", json.dumps({"suite": SUITE}))[0], 403)
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            status, headers, _ = server.ask(method, PATH)
            self.assertEqual((status, headers["Allow"]), (405, "POST"), method)
        for path in ("/prompt", "/thought-prompt", "/iso-speed-bench/", "/reports"):
            self.assertEqual(server.ask("POST", path, SUITE)[0], 404, path)


if __name__ == "__main__":
    unittest.main()
