"""assay serve: what it gives, and live runs. Who may ask and what can go wrong on a socket: serve_access_test.py."""

import gzip
import json
import signal
import threading
import time
import unittest

from harness import SUITE
from serve_client import DOCUMENT, REPORT, Schema, Served, Server

SLOW = SUITE.replace('["fake:"]', '["fake:wait 150ms; say alpha"]')


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
