"""assay serve: what it gives, who may ask, live runs, and everything that can go wrong on a socket."""

import gzip
import json
import signal
import socket
import threading
import time
import unittest

from harness import SOURCE, SUITE, ProgramTest
from serve_client import Schema, Server

DOCUMENT = json.loads((SOURCE / "src/server/openapi.json").read_text())
SLOW = SUITE.replace('["fake:"]', '["fake:wait 150ms; say alpha"]')
REPORT = SOURCE / "src/exchange/testdata/plain_sums.json"


class Served(ProgramTest):
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


class Reading(Served):
    def check(self, server, path, template, method="get", **query):
        """The answer fits the document."""
        answer = server.get(path, **query)
        schema = DOCUMENT["paths"][template][method]["responses"]["200"]["content"]["application/json"]["schema"]
        self.assertIsNone(Schema(DOCUMENT).trouble(schema, answer), path)
        return answer

    def test_every_reading_route_fits_the_document(self):
        run = self.stored()
        server = self.serve()
        self.check(server, "/api/about", "/api/about")
        self.check(server, "/api/runs", "/api/runs")
        detail = self.check(server, f"/api/runs/{run}", "/api/runs/{id}")
        self.assertEqual(detail["summary_state"], "ready")
        self.assertEqual(detail["summary"], json.loads(self.assay("show", run, "--json").stdout))
        wall = self.check(server, f"/api/runs/{run}/wall", "/api/runs/{id}/wall")
        self.assertEqual(wall["cases"], ["one", "two", "three"])
        self.assertEqual({len(column) for column in wall["samples"].values()}, {3})
        page = self.check(server, f"/api/runs/{run}/samples", "/api/runs/{id}/samples")
        self.assertEqual((page["total"], page["next"]), (3, None))
        one = self.check(server, f"/api/runs/{run}/samples/1", "/api/runs/{id}/samples/{sequence}")
        self.assertEqual(one["sample"], self.samples(run)[1])
        self.assertEqual((one["previous"], one["next"]), (0, 2))
        self.check(server, f"/api/runs/{run}/disagree", "/api/runs/{id}/disagree")
        rows = self.check(server, "/api/runs", "/api/runs")["runs"][0]["rows"]
        self.assertEqual(rows[0]["accuracy"], detail["summary"]["rows"][0]["accuracy"])
        points = self.check(server, "/api/trends", "/api/trends", suite="Echo")["points"]
        self.assertEqual([point["run"] for point in points], [run])
        other = self.stored()
        self.check(server, "/api/compare", "/api/compare", a=run, b=other)

    def test_the_rows_of_a_list_follow_a_new_grading(self):
        run = self.stored()
        server = self.serve()
        before = server.get(f"/api/runs/{run}")["summary"]["rows"][0]["accuracy"]
        self.assay("grade", run)
        self.assertEqual(server.get(f"/api/runs/{run}")["summary"]["rows"][0]["accuracy"], before)
        self.assertEqual(len(server.get(f"/api/runs/{run}")["run"]["layers"]), 2)

    def test_filters_of_a_page(self):
        run = self.stored()
        server = self.serve()
        path = f"/api/runs/{run}/samples"
        cases = lambda **query: [row["case"] for row in server.get(path, **query)["samples"]]
        self.assertEqual(cases(verdict="fail"), ["three"])
        self.assertEqual(cases(verdict="pass", limit=1), [cases(verdict="pass")[0]])
        self.assertEqual(cases(case="two"), ["two"])
        self.assertEqual(cases(q="BETA"), ["two"])
        self.assertEqual(cases(q="%"), [])
        self.assertEqual(cases(status="error"), [])
        self.assertEqual(cases(tag="none"), [])
        first = server.get(path, limit=2)
        rest = server.get(path, limit=2, after=first["next"])
        self.assertEqual(len(first["samples"]) + len(rest["samples"]), 3)
        self.assertIsNone(rest["next"])

    def test_what_a_browser_gets_is_packed_by_gzip_alone(self):
        self.stored()
        server = self.serve()
        for taken, packed in (("gzip, deflate, br, zstd", "gzip"), ("br", None), ("identity", None), ("gzip;q=0", None)):
            status, headers, body = server.ask("GET", "/api/openapi.json", headers={"Accept-Encoding": taken})
            self.assertEqual((status, headers.get("Content-Encoding")), (200, packed), taken)
            self.assertIn("openapi", json.loads(gzip.decompress(body) if packed else body))

    def test_wrong_questions_get_sentences(self):
        run = self.stored()
        server = self.serve()
        for path, status, words in (
                ("/api/runs?limit=0", 400, "whole number from 1 to 1000"),
                ("/api/runs?limit=ten", 400, "'limit' is 'ten'"),
                ("/api/runs?limit=1&limit=2", 400, "given 2 times"),
                ("/api/runs?before=nothing", 404, "no run 'nothing'"),
                ("/api/runs/nothing", 404, "no run 'nothing'"),
                (f"/api/runs/{run}/samples?verdict=good", 400, "one of: pass, fail"),
                (f"/api/runs/{run}/samples?model=gpt", 400, "no model 'gpt'"),
                (f"/api/runs/{run}/samples?cell=hot", 400, "no cell 'hot'"),
                (f"/api/runs/{run}/samples?flag=red", 400, "no flag 'red'"),
                (f"/api/runs/{run}/samples?q=%ff", 400, "no text in UTF-8"),
                (f"/api/runs/{run}/samples/99", 404, "no sample 99"),
                (f"/api/runs/{run}/samples/x", 400, "whole number"),
                (f"/api/runs/{run}/samples/99/tokens", 404, "no sample 99"),
                (f"/api/runs/{run}/samples/x/tokens", 400, "whole number"),
                (f"/api/runs/{run}/samples/1/tokens", 400, "the engine 'fake' does not show its vocabulary"),
                (f"/api/runs/{run}/report?format=pdf", 400, "one of: md"),
                (f"/api/runs/{run}/benchy-settings", 404, "not come from a report"),
                (f"/api/runs/{run}/events?from=-1", 400, "whole number"),
                ("/api/compare?a=last", 400, "a side of the comparison is missing"),
                (f"/api/compare?a={run}&b={run}", 400, "compared with itself"),
                ("/api/trends", 400, "neither a suite nor a model"),
                ("/api/nothing", 404, "there is no '/api/nothing'")):
            with self.subTest(path):
                error = server.get(path, expect=status)["error"]
                self.assertIn(words, error["message"])

    def test_documents(self):
        run = self.stored()
        server = self.serve()
        for format, begins in (("md", b"#"), ("csv", b"schema,"), ("json", b"{"), ("junit", b"<?xml"), ("benchy", b"{")):
            status, headers, body = server.ask("GET", f"/api/runs/{run}/report?format={format}")
            self.assertEqual(status, 200)
            self.assertIn("attachment", headers["Content-Disposition"])
            if format in ("csv", "json"):
                self.assertTrue(body.startswith(begins), body[:50])
                self.assertEqual(body.decode().replace("\r\n", "\n"), self.assay("report", run, "-f", format).stdout)

    def test_a_read_only_store_is_shown_and_not_changed(self):
        run = self.stored()
        self.store.chmod(0o444)
        self.folder.chmod(0o555)
        self.addCleanup(self.folder.chmod, 0o755)
        if __import__("os").geteuid() == 0:
            self.skipTest("root may write everywhere")
        server = self.serve()
        self.assertEqual(server.get(f"/api/runs/{run}")["run"]["id"], run)
        self.assertIn("can only be read", server.post("/api/runs", {"suite": SUITE}, status=403)["error"]["message"])


class Access(Served):
    def test_token_cookie_and_redirect(self):
        server = self.serve()
        status, headers, _ = server.ask("GET", f"/runs?token={server.token}")
        self.assertEqual((status, headers["Location"]), (303, "/runs"))
        self.assertEqual(headers["Set-Cookie"], f"assay_token={server.token}; HttpOnly; SameSite=Strict; Path=/")
        self.assertEqual(server.ask("GET", "/?token=" + "0" * 32)[0], 401)
        self.assertEqual(server.ask("GET", f"//evil.example/?token={server.token}")[1].get("Location", "/"), "/")
        about = lambda **more: json.loads(server.ask("GET", "/api/about", **more)[2])["may_change"]
        self.assertFalse(about())
        self.assertTrue(about(token=True))
        self.assertTrue(about(headers={"Authorization": f"Bearer {server.token}"}))

    def test_changes_need_the_token(self):
        run = self.stored()
        server = self.serve()
        for path in ("/api/runs", f"/api/runs/{run}/cancel", f"/api/runs/{run}/resume", "/api/import",
                     "/api/suites/check"):
            status, _, body = server.ask("POST", path, "x")
            self.assertEqual(status, 403, path)
            self.assertIn("needs the token", json.loads(body)["error"]["message"])
            wrong = server.ask("POST", path, "x", headers={"Cookie": "assay_token=" + "0" * 32})
            self.assertEqual(wrong[0], 403, path)

    def test_host_and_origin_must_be_ours(self):
        server = self.serve()
        ours = f"127.0.0.1:{server.port}"
        for host, status in ((ours, 200), (f"localhost:{server.port}", 200), (f"LOCALHOST:{server.port}", 200),
                             ("evil.example", 403), (f"evil.example:{server.port}", 403), ("127.0.0.1", 403),
                             ("", 403), (f"127.0.0.1.evil.example:{server.port}", 403)):
            with self.subTest(host):
                self.assertEqual(server.ask("GET", "/api/about", headers={"Host": host})[0], status)
        for origin, status in ((f"http://{ours}", 200), ("http://evil.example", 403), ("null", 403),
                               (f"https://{ours}", 403), (f"http://{ours}.evil.example", 403)):
            with self.subTest(origin):
                got = server.ask("POST", "/api/suites/check", SUITE, token=True,
                                 headers={"Origin": origin, "Content-Type": "text/yaml"})[0]
                self.assertEqual(got, status)
        crossing = {"Sec-Fetch-Site": "cross-site"}
        self.assertEqual(server.ask("POST", "/api/suites/check", SUITE, token=True, headers=crossing)[0], 403)
        two = self.raw(server, f"GET /api/about HTTP/1.1\r\nHost: {ours}\r\nHost: evil.example\r\n\r\n")
        self.assertIn(b" 403 ", two.split(b"\r\n")[0])

    def test_elsewhere_everything_needs_the_token(self):
        server = self.serve("--host", "0.0.0.0")
        server.host = "127.0.0.1"
        for path in ("/api/about", "/api/runs", "/"):
            self.assertEqual(server.ask("GET", path)[0], 401, path)
            self.assertEqual(server.ask("GET", path, token=True)[0], 200, path)

    def test_headers_keep_a_page_harmless(self):
        server = self.serve()
        for path in ("/", "/api/about", "/api/nothing"):
            headers = server.ask("GET", path)[1]
            self.assertIn("default-src 'self'", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertNotIn("Access-Control-Allow-Origin", headers)

    def test_an_address_that_is_taken(self):
        server = self.serve()
        done = self.assay("serve", "--port", server.port, code=4)
        self.assertIn(f"cannot listen on 127.0.0.1:{server.port}", done.stderr)


class Trouble(Served):
    """Bytes that no browser sends."""

    def test_path_tricks_find_nothing(self):
        server = self.serve()
        host = f"Host: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n"
        for path in ("/../../../../etc/passwd", "/assets/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                     "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/..%5c..%5cetc%5cpasswd", "/api/runs/..%2f..%2fx",
                     "/api/runs/%00", "/api/runs//samples", "/api/runs/%ff", "/assets/nothing.js", "//etc/passwd",
                     "/api/runs/" + "a" * 5000, "/" + "x" * 7000):
            with self.subTest(path[:60]):
                answer = self.raw(server, f"GET {path} HTTP/1.1\r\n{host}")
                self.assertNotIn(b"root:", answer)
                self.assertRegex(answer.split(b"\r\n")[0], rb" (200|404|400|414) ")
                if b" 200 " in answer.split(b"\r\n")[0]:
                    self.assertIn(b"text/html", answer)  # the page, which finds its way by the address
        self.assertEqual(server.get("/api/runs")["runs"], [])

    def test_a_body_over_the_limit_is_refused_unread(self):
        server = self.serve()
        with socket.create_connection((server.host, server.port), timeout=20) as connection:
            connection.sendall((f"POST /api/import HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                                f"Cookie: assay_token={server.token}\r\nContent-Type: application/json\r\n"
                                f"Content-Length: {500 << 20}\r\n\r\n").encode())
            answer = b""
            while part := connection.recv(65536):  # before a single byte of the body was sent
                answer += part
        self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertIn(b"at most 67108864", answer)
        # Without a length it is counted as it comes.
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        with socket.create_connection((server.host, server.port), timeout=20) as connection:
            connection.sendall((f"POST /api/suites/check HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                                f"Cookie: assay_token={server.token}\r\nTransfer-Encoding: chunked\r\n\r\n").encode())
            sent = 0
            try:
                while sent < 500 << 20:
                    connection.sendall(chunk)
                    sent += 65536
            except OSError:
                pass
        self.assertLess(sent, 100 << 20)
        self.assertEqual(server.get("/api/runs")["runs"], [])

    def test_what_follows_a_refused_body_is_no_request(self):
        server = self.serve()
        inner = f"GET /api/about HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
        answer = self.raw(server, f"POST /api/nothing HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                                  f"Content-Length: {len(inner)}\r\n\r\n{inner}")
        self.assertEqual(answer.count(b"HTTP/1.1"), 1, answer)

    def test_other_methods_are_named(self):
        server = self.serve()
        for method in ("PUT", "DELETE", "PATCH"):
            status, headers, _ = server.ask(method, "/api/runs", token=True)
            self.assertEqual(status, 405)
            self.assertIn("GET", headers["Allow"] + "GET")
        self.assertEqual(server.ask("POST", "/api/about", token=True)[0], 405)

    def test_slow_and_vanishing_clients_disturb_nobody(self):
        run = self.stored()
        server = self.serve()
        held = []
        for text in (b"GET /api/runs HTTP/1.1\r\nHost: ", b"", b"POST /api/import HTTP/1.1\r\nContent-Length: 100\r\n"):
            for _ in range(10):
                connection = socket.create_connection((server.host, server.port))
                connection.sendall(text)
                held.append(connection)
        begun = time.monotonic()
        self.assertEqual(server.get(f"/api/runs/{run}")["run"]["id"], run)
        self.assertLess(time.monotonic() - begun, 4)  # shorter than the time that a slow one is waited for
        for connection in held:
            connection.close()
        for _ in range(50):  # vanish in the middle of an answer
            connection = socket.create_connection((server.host, server.port))
            connection.sendall(f"GET /api/runs/{run}/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
            connection.close()
        self.assertEqual(server.get("/api/runs")["runs"][0]["id"], run)

    def test_broken_requests(self):
        server = self.serve()
        for text in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"\r\n\r\n\r\n",
                     b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n"):
            with self.subTest(text[:20]):
                answer = self.raw(server, text, timeout=8)
                self.assertNotIn(b" 200 ", answer.split(b"\r\n")[0])
        answer = self.raw(server, f"BREW / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: close\r\n\r\n")
        self.assertIn(b"no request that the server understands", answer)
        long = self.raw(server, f"GET /api/runs?q={'a' * 9000} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n", timeout=8)
        self.assertIn(b" 414 ", long.split(b"\r\n")[0])
        self.assertIn(b"longer than 8 KiB", long)
        run = self.stored()
        again = server.ask("GET", f"/api/runs/{run}/events", headers={"Last-Event-ID": "x1"})
        self.assertEqual(again[0], 400)
        self.assertIn(b"'Last-Event-ID' is 'x1'", again[2])
        server.get("/api/about")

    def test_broken_bodies_get_sentences(self):
        server = self.serve()
        deep = "[" * 100000
        for path, body, words in (
                ("/api/runs", "{", "JSON"), ("/api/runs", "[]", "no JSON object"), ("/api/runs", "{}", "'suite' is missing"),
                ("/api/runs", {"suite": 1}, "'suite' is of the wrong kind"), ("/api/runs", deep, ""),
                ("/api/runs", {"suite": "x", "sweet": 1}, "'sweet' is unknown"),
                ("/api/runs", {"suite": "x", "options": {"repeats": 0}}, "whole number from 1"),
                ("/api/runs", {"suite": "x", "options": {"repeat": 2}}, "'options.repeat' is unknown"),
                ("/api/runs", {"suite": SUITE, "options": {"params": {"heat": 1}}}, "unknown parameter 'heat'"),
                ("/api/runs", {"suite": SUITE, "models": ["nothing:x"]}, "nothing"),
                ("/api/import", "no json", ""), ("/api/import", "{}", ""), ("/api/import", b"\xff\xfe", ""),
                ("/api/import", deep, "")):
            with self.subTest(str(body)[:40]):
                error = server.post(path, body, status=400)["error"]
                self.assertIn(words, error["message"])
        self.assertEqual(server.get("/api/runs")["runs"], [])

    def test_hostile_text_comes_back_as_it_is(self):
        text = "<script>alert(1)</script>\u202e\x1b[31m"
        run = self.stored(SUITE.replace("alpha", json.dumps(text)))
        server = self.serve()
        _, headers, body = server.ask("GET", f"/api/runs/{run}/samples/0")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(server.get(f"/api/runs/{run}/samples")["samples"][0]["output_head"], text)
        self.assertEqual(json.loads(body)["sample"]["raw"], text)


class Live(Served):
    def finished(self, events):
        return [data for event, data, _ in events if event == "end"]

    def test_a_suite_is_checked(self):
        server = self.serve()
        post = lambda text: server.ask("POST", "/api/suites/check", text, token=True, headers={"Content-Type": "text/yaml"})
        status, _, body = post(SUITE)
        answer = json.loads(body)
        schema = DOCUMENT["components"]["schemas"]["SuiteCheck"]
        self.assertIsNone(Schema(DOCUMENT).trouble(schema, answer))
        self.assertEqual((status, answer["plan"]["trials"], answer["errors"]), (200, 3, []))
        wrong = json.loads(post(SUITE.replace("prompt:", "promt:"))[2])
        self.assertIsNone(wrong["plan"])
        self.assertIsNone(Schema(DOCUMENT).trouble(schema, wrong))
        places = [(error["line"], error["column"]) for error in wrong["errors"] if "promt" in error["message"]]
        self.assertEqual(places, [(3, 1)])

    def test_a_run_is_started_and_followed_by_two_pages(self):
        server = self.serve()
        run = server.post("/api/runs", {"suite": SLOW, "label": "page", "options": {"repeats": 2}})["id"]
        seen = {}
        def watch(name):
            seen[name] = list(server.follow(run))
        pages = [threading.Thread(target=watch, args=(name,)) for name in "ab"]
        for page in pages:
            page.start()
        self.assertEqual(server.post("/api/runs", {"suite": SUITE}, status=409)["error"]["code"], "conflict")
        for page in pages:
            page.join(timeout=60)
        for events in seen.values():
            samples = [data for event, data, _ in events if event == "sample"]
            self.assertEqual([sample["sequence"] for sample in samples], list(range(6)))
            judged = {data["sequence"]: data["verdict"] for event, data, _ in events if event == "verdict"}
            for sample in samples:
                self.assertIn(sample["verdict"] or judged[sample["sequence"]], ("pass", "fail"))
                self.assertIsNone(Schema(DOCUMENT).trouble(DOCUMENT["components"]["schemas"]["WallRow"], sample))
            self.assertEqual(self.finished(events), [{"state": "finished", "stored": 6}])
        self.assertTrue(any(event == "progress" for event, _, _ in seen["a"]))
        stored = server.get(f"/api/runs/{run}")
        self.assertEqual((stored["run"]["label"], stored["run"]["here"]), ("page", False))
        self.assertEqual(stored["summary"], json.loads(self.assay("show", run, "--json").stdout))

    def test_cancel_and_resume(self):
        server = self.serve()
        run = server.post("/api/runs", {"suite": SLOW, "options": {"repeats": 5}})["id"]
        for event, _, ident in server.follow(run):
            if event == "sample":
                break
        server.post(f"/api/runs/{run}/cancel")
        rest = list(server.follow(run, after=ident))
        self.assertEqual(self.finished(rest)[0]["state"], "interrupted")
        self.assertNotIn(0, [data["sequence"] for event, data, _ in rest if event == "sample"])
        self.assertEqual(server.post(f"/api/runs/{run}/resume")["id"], run)
        self.assertEqual(self.finished(server.follow(run))[0]["state"], "finished")
        done = [sample for sample in self.samples(run)]
        self.assertEqual(len({(sample["case"], sample["repeat"]) for sample in done}), 15)
        self.assertEqual(server.post(f"/api/runs/{run}/resume", status=409)["error"]["code"], "conflict")

    def test_a_run_of_another_process_is_followed(self):
        server = self.serve()
        other = self.start("run", self.write("slow.yaml", SLOW), "-n", "3", "-q")
        self.addCleanup(lambda: (other.stdout.close(), other.stderr.close()))
        while not server.get("/api/runs")["runs"]:
            time.sleep(0.05)
        events = list(server.follow("last"))
        other.wait(timeout=60)
        self.assertEqual([data["sequence"] for event, data, _ in events if event == "sample"], list(range(9)))
        self.assertEqual(self.finished(events), [{"state": "finished", "stored": 9}])
        run = server.get("/api/runs")["runs"][0]["id"]
        self.assertEqual(server.post(f"/api/runs/{run}/cancel", status=409)["error"]["code"], "conflict")

    def test_the_server_dies_under_a_page_and_comes_back(self):
        first = self.serve()
        run = first.post("/api/runs", {"suite": SLOW, "options": {"repeats": 10}})["id"]
        for event, data, ident in first.follow(run):
            if event == "sample" and data["sequence"] == 1:
                break
        first.stop(kill=True)
        second = Server(self, "--port", first.port)
        self.assertNotEqual(second.token, first.token)
        rest = list(second.follow(run, after=ident))
        sequences = [data["sequence"] for event, data, _ in rest if event == "sample"]
        self.assertEqual(sequences, list(range(2, 2 + len(sequences))))
        self.assertEqual(self.finished(rest)[0]["state"], "interrupted")
        second.post(f"/api/runs/{run}/resume")
        self.assertEqual(self.finished(second.follow(run))[0], {"state": "finished", "stored": 30})

    def test_ctrl_c_stops_the_run_and_keeps_it(self):
        server = self.serve()
        run = server.post("/api/runs", {"suite": SLOW, "options": {"repeats": 50}})["id"]
        for event, _, _ in server.follow(run):
            if event == "sample":
                break
        server.process.send_signal(signal.SIGINT)
        self.assertEqual(server.process.wait(timeout=30), 0)
        again = self.serve()
        self.assertEqual(again.get(f"/api/runs/{run}")["run"]["state"], "interrupted")

    def test_a_model_that_cannot_be_loaded_starts_nothing(self):
        server = self.serve()
        error = server.post("/api/runs", {"suite": SUITE, "models": ["llama:nothing.gguf"]}, status=404)["error"]
        self.assertIn("nothing.gguf", error["message"])
        self.assertEqual(server.get("/api/runs")["runs"], [])
        self.assertIsNone(server.get("/api/about")["running"])

    def test_a_report_is_imported(self):
        server = self.serve()
        answer = server.post("/api/import?label=old&path=plain_sums.json", REPORT.read_bytes(), status=201)
        self.assertIsNone(Schema(DOCUMENT).trouble(DOCUMENT["components"]["schemas"]["Imported"], answer))
        self.assertEqual(answer["verified"]["verdicts"]["different"], 0)
        self.assertEqual(server.get(f"/api/runs/{answer['id']}/benchy-settings"), {"settings": {}})
        status, _, body = server.ask("GET", f"/api/runs/{answer['id']}/report?format=benchy")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body)["models"][0]["model"], json.loads(REPORT.read_text())["models"][0]["model"])
        self.assertTrue(server.get(f"/api/runs/{answer['id']}")["run"]["imported"])


if __name__ == "__main__":
    unittest.main()
