"""assay serve: who may ask, and everything that can go wrong on a socket."""

import json
import socket
import time
import unittest

from harness import SUITE
from serve_client import Served


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

if __name__ == "__main__":
    unittest.main()
