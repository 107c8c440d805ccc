"""Runs over HTTP against a scripted server: what becomes of a fault in the record, and that a key is nowhere."""

import json
import os
import re
import subprocess
import threading
import time
import unittest

from harness import ASSAY, SUITE
from scripted_server import Script, ServerTest

KEY = "sk-not-to-be-seen-anywhere"


class Servers(ServerTest):
    def test_a_run_over_http_has_every_figure_with_its_source(self):
        server, row, samples = self.run_on(Script)
        self.assertEqual((row["passed"], row["failed"]), (2, 1))
        sample = samples["one"]
        self.assertEqual(sample["raw"], "alpha")
        self.assertEqual(sample["count_source"], "usage")
        self.assertEqual((sample["prompt_tokens"], sample["output_tokens"]), (10, 2))
        self.assertEqual(len(sample["tokens"]), 2, "the end of the generation is an event")
        self.assertLess(sample["sent_ns"], sample["first_token_ns"])
        self.assertEqual(sample["effective"]["temperature"], {"how": "unverified", "value": 0})
        self.assertIn("param_unverified", sample["flags"])
        self.assertIsNone(row["load_ms"], "somebody else loaded it")
        self.assertIsNone(row["peak_memory_mib"], "nobody can see it")
        self.assertEqual(server.bodies[0]["temperature"], 0)
        self.assertEqual(server.bodies[0]["max_tokens"], 512)

    def test_a_sweep_reaches_the_server(self):
        server = self.serve(Script)
        suite = self.write("s.yaml", SUITE + "sweep: {temperature: [0, 0.7]}\n")
        self.assay("run", suite, "--model", self.model(server))
        self.assertEqual({body["temperature"] for body in server.bodies}, {0, 0.7})

    def test_a_parameter_that_does_not_arrive_stops_the_run_before_it(self):
        server = self.serve(Script)
        done = self.assay("run", self.write("s.yaml", SUITE), "--model", self.model(server), "--param", "top_k=5",
                          code=4)
        self.assertIn("does not apply 'top_k'", done.stderr)
        self.assertEqual(server.bodies, [])

    def test_more_tokens_than_chunks_are_flagged(self):
        class Bundles(Script):
            def chat(self, prompt):
                self.begin()
                self.text("one two three", None)
                self.text(" four five six", "stop")
                self.done(output=7)

        _, _, samples = self.run_on(Bundles)
        self.assertIn("count_mismatch", samples["one"]["flags"])
        self.assertEqual(samples["one"]["output_tokens"], 7, "the server's count, not the chunks'")

    def test_without_usage_the_count_is_marked_as_an_estimate(self):
        class Silent(Script):
            def chat(self, prompt):
                self.begin()
                self.text(prompt, "stop")
                self.done()

        _, _, samples = self.run_on(Silent)
        self.assertEqual(samples["one"]["count_source"], "chunks")
        self.assertIn("estimated_count", samples["one"]["flags"])

    def test_a_server_that_ignores_max_tokens_is_seen(self):
        class Chatty(Script):
            def chat(self, prompt):
                self.begin()
                for _ in range(40):
                    self.text("x ")
                self.text("", "stop")
                self.done(output=41)

        _, _, samples = self.run_on(Chatty, "--param", "max_tokens=8")
        self.assertEqual(samples["one"]["output_tokens"], 41)
        self.assertIn("param_unverified", samples["one"]["flags"])
        self.assertEqual(samples["one"]["effective"]["max_tokens"], {"how": "not_supported", "value": None})

    def test_a_server_that_ignores_stop_and_temperature_is_seen_as_far_as_it_shows(self):
        class Deaf(Script):
            def chat(self, prompt):
                self.begin()
                for piece in (prompt, " EN", "D and on" if prompt == "alpha" else ""):
                    self.text(piece)
                self.text("", "stop")
                self.done(output=4)

        server, _, samples = self.run_on(Deaf, "--param", 'stop="END"', "--param", "temperature=0.7")
        self.assertEqual(server.bodies[0]["stop"], ["END"])
        self.assertEqual(samples["one"]["raw"], "alpha END and on", "as it came")
        self.assertEqual(samples["one"]["effective"]["stop"], {"how": "not_supported", "value": None})
        self.assertEqual(samples["two"]["effective"]["stop"], {"how": "unverified", "value": ["END"]})
        self.assertEqual(samples["one"]["effective"]["temperature"], {"how": "unverified", "value": 0.7})

    def test_each_fault_is_one_sample_with_its_words_and_nothing_else_is_lost(self):
        class Broken(Script):
            def chat(self, prompt):
                if prompt.isdigit():
                    return self.answer(int(prompt), json.dumps({"error": {"message": f"words of {prompt}"}}))
                if prompt == "page":
                    return self.answer(200, "<html>welcome</html>", Content_Type="text/html")
                if prompt == "cut":
                    return self.answer(200, '{"choices": [{"message": {"cont')
                if prompt == "elsewhere":
                    return self.answer(302, "", Location="http://127.0.0.1:9/")
                if prompt == "length":
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"choices":')
                    raise ConnectionAbortedError
                self.begin()
                self.event(choices=[{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])
                self.text("half" if prompt in ("error", "endless") else prompt)
                if prompt == "error":
                    self.event(error={"message": "out of slots"})
                elif prompt == "garbage":
                    self.piece("data: {\n\n")
                elif prompt == "endless":
                    self.piece("")
                else:
                    self.text("", "stop")
                    if prompt == "after":
                        self.piece("data: [DONE]\n\n")
                        self.text("more")
                    self.piece("")

        expected = {"400": "words of 400", "401": "words of 401", "404": "words of 404", "413": "words of 413",
                    "500": "words of 500", "page": "a web page", "cut": "is no JSON object", "elsewhere": "follows no redirects",
                    "length": "before the length that was announced", "error": "out of slots", "garbage": "is no JSON object",
                    "endless": "without a finish reason"}
        good = ("fine", "after")
        cases = ", ".join(f'{{id: "c-{word}", vars: {{word: "{word}"}}, expect: "{word}"}}' for word in (*expected, *good))
        server = self.serve(Broken)
        suite = self.write("faults.yaml", f'assay: 1\nname: Faults\nprompt: "{{{{word}}}}"\ncases: [{cases}]\n'
                                          "evaluate: equals\nwarmup: 0\n")
        row = self.run_json(suite, "--model", self.model(server), code=3)["rows"][0]
        self.assertEqual((row["errors"], row["passed"], row["missing"]), (len(expected), len(good), 0))
        samples = {sample["case"].removeprefix("c-"): sample for sample in self.samples()}
        for word, sentence in expected.items():
            sample = samples[word]
            self.assertEqual((sample["status"], sample["verdict"]), ("error", "error"), word)
            self.assertEqual(sample["reason"], "transport" if word in ("length", "endless") else "http", word)
            self.assertIn(sentence, sample["detail"], word)
        self.assertEqual((samples["error"]["raw"], samples["garbage"]["raw"], samples["endless"]["raw"]), ("half", "garbage", "half"))
        for word in good:
            self.assertEqual((samples[word]["status"], samples[word]["raw"]), ("ok", word))

    def test_logprobs_are_in_the_record_and_a_server_without_them_is_told(self):
        class Sure(Script):
            def chat(self, prompt):
                self.begin()
                entry = {"token": prompt, "logprob": -0.25, "top_logprobs": [{"token": prompt, "logprob": -0.25}]}
                told = {"logprobs": {"content": [entry]}} if prompt == "alpha" else {}
                self.event(choices=[{"index": 0, "delta": {"content": prompt}, "finish_reason": None, **told}])
                self.text("", "stop")
                self.done(output=2)

        server, _, samples = self.run_on(Sure, "--param", "logprobs=1")
        self.assertEqual((server.bodies[0]["logprobs"], server.bodies[0]["top_logprobs"]), (True, 1))
        self.assertEqual(samples["one"]["claimed_logprobs"], [
            {"token": "alpha", "logprob": -0.25, "top": [{"token": "alpha", "logprob": -0.25}], "event": 0}])
        self.assertEqual(samples["one"]["effective"]["logprobs"], {"how": "verified", "value": 1})
        self.assertNotIn("claimed_logprobs", samples["two"])
        self.assertEqual(samples["two"]["effective"]["logprobs"], {"how": "not_supported", "value": None})
        done = self.assay("run", self.write("s.yaml", SUITE), "--model", self.model(server), "--param", "logprobs=21", code=2)
        self.assertIn("logprobs is 21; expected a whole number from 1 to 20", done.stderr)

    def test_headers_then_silence_is_stalled(self):
        class Mute(Script):
            def chat(self, prompt):
                self.begin()
                self.wfile.flush()
                time.sleep(30)

        _, row, samples = self.run_on(Mute, "--timeout", "300ms", "--warmup", "0", code=3)
        self.assertEqual(row["errors"], 3)
        self.assertEqual((samples["one"]["status"], samples["one"]["reason"]), ("error", "stalled"))

    def test_a_byte_at_a_time_is_a_time_out_with_what_came(self):
        class Slow(Script):
            def chat(self, prompt):
                self.begin()
                self.text("slow")
                for byte in "data: {}":
                    self.piece(byte)
                    time.sleep(0.1)

        _, row, samples = self.run_on(Slow, "--timeout", "400ms", "--warmup", "0")
        self.assertEqual(row["incomplete"], 3)
        self.assertEqual((samples["one"]["status"], samples["one"]["raw"]), ("timeout", "slow"))

    def test_a_broken_connection_costs_its_sample_and_no_other(self):
        class Reset(Script):
            def chat(self, prompt):
                if prompt != "beta":
                    return super().chat(prompt)
                self.begin()
                self.text("be")
                raise ConnectionAbortedError  # the server closes the connection in the middle

        _, row, samples = self.run_on(Reset, code=3)
        self.assertEqual((row["passed"], row["failed"], row["errors"]), (1, 1, 1))
        self.assertEqual((samples["two"]["reason"], samples["two"]["raw"]), ("transport", "be"))

    def test_too_many_requests_are_repeated_and_counted(self):
        class Busy(Script):
            refused = set()

            def chat(self, prompt):
                if prompt not in self.refused:
                    self.refused.add(prompt)
                    return self.answer(429, '{"error": {"message": "slow down"}}', Retry_After="0")
                return super().chat(prompt)

        _, row, samples = self.run_on(Busy, "--warmup", "0")
        self.assertEqual(row["errors"], 0)
        self.assertEqual([samples[case]["attempt"] for case in ("one", "two", "three")], [1, 1, 1])
        failed = samples["two"]["attempts"][0]
        self.assertEqual((failed["number"], failed["reason"], failed["http_status"], failed["retry_after"]), (1, "http", 429, "0"))
        self.assertIn("slow down", failed["detail"])
        self.assertLessEqual(failed["began_ns"] + failed["took_ns"], samples["two"]["sent_ns"])
        self.assertIn("http 429 3", self.assay("show", "last").stdout)
        self.assertIn("tried      once before", self.assay("samples", "last", "--case", "two").stdout)

    def test_a_key_is_in_no_store_no_output_no_error(self):
        class Leaky(Script):
            def chat(self, prompt):
                if prompt == "beta":
                    return self.answer(401, json.dumps({"error": {"message": "bad " + self.headers["Authorization"]}}))
                return super().chat(prompt)

        server = self.serve(Leaky)
        suite = self.write("s.yaml", SUITE)
        done = self.assay("run", suite, "--model", self.model(server), code=3, OPENAI_API_KEY=KEY)
        self.assertEqual(server.keys, {"Bearer " + KEY}, "it was sent")
        seen = done.stdout + done.stderr
        for arguments in (["samples", "last", "--json"], ["show", "last"], ["report", "last", "-f", "json"],
                          ["report", "last", "-f", "md"], ["list", "--json"]):
            seen += self.assay(*arguments).stdout
        self.assertIn("[key]", seen)
        self.assertNotIn(KEY, seen)
        for path in self.folder.iterdir():
            self.assertNotIn(KEY.encode(), path.read_bytes(), path)

    def test_a_key_does_not_follow_the_address_of_a_suite(self):
        server = self.serve(Script)
        with_name = f"http://localhost.localdomain:{server.server_port}/v1"
        text = SUITE.replace('"fake:"', f'{{engine: openai, model: tiny, url: "{with_name}"}}')
        self.assay("run", self.write("s.yaml", text), code=4, OPENAI_API_KEY=KEY)
        self.assertNotIn("Bearer " + KEY, server.keys)

    def test_several_in_flight(self):
        server, row, _ = self.run_on(Script, "--parallel", "3")
        self.assertEqual((row["passed"], row["failed"]), (2, 1))
        self.assertEqual(len(server.bodies), 4, "three cases and a warm-up")

    def test_more_in_flight_than_a_mac_lets_a_program_open_files(self):
        count = 60

        class Together(Script):
            all_here = threading.Barrier(count)

            def chat(self, prompt):
                if len(self.server.bodies) > 1:  # the warm-up comes alone
                    self.all_here.wait(60)
                super().chat(prompt)

        server = self.serve(Together)
        cases = "".join(f'  - {{vars: {{word: "w{i}"}}, expect: "w{i}"}}\n' for i in range(count))
        text = re.sub(r"cases:\n(  .*\n)+", "cases:\n" + cases, SUITE)
        few = ["sh", "-c", 'ulimit -S -n 40; exec "$0" "$@"', ASSAY, "run", self.write("s.yaml", text), "--json", "--model",
               self.model(server), "--parallel", str(count)]
        done = subprocess.run(few, cwd=self.folder, env=self.environment(), capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["rows"][0]["passed"], count)

    def test_a_server_that_assay_starts_is_stopped(self):
        script = self.write("server.py", """
import http.server, json, sys
class S(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def reply(self, data):
        self.send_response(200); self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data))); self.end_headers(); self.wfile.write(data)
    def do_GET(self): self.reply(b'{"data": [{"id": "tiny"}]}')
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        self.reply(json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}).encode())
open("pid", "w").write(str(__import__("os").getpid()))
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), S).serve_forever()
""")
        start = f"exec python3 {script} {{port}}"
        row = self.run_json(self.write("s.yaml", SUITE), "--model", "openai:tiny", "--start", start)["rows"][0]
        self.assertEqual(row["passed"], 2)
        self.assertGreater(row["peak_memory_mib"], 1, "its process tree can be seen")
        self.assertIsNotNone(row["load_ms"])
        self.assertFalse(self.alive(int((self.folder / "pid").read_text())))

    def test_a_server_that_does_not_start_says_its_last_words(self):
        done = self.assay("run", self.write("s.yaml", SUITE), "--model", "openai:tiny", "--start",
                          "echo no such device >&2; exit 3", code=4)
        self.assertIn("the server ended before it could be asked. It ended (exit code 3). Its last words: no such device",
                      done.stderr)

    @staticmethod
    def alive(pid):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            if os.path.exists("/proc"):
                return False
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout  # macOS
        return state.strip() != "" and not state.startswith("Z")


if __name__ == "__main__":
    unittest.main()
