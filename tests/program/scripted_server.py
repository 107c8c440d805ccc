"""A server of OpenAI's protocol that does what a test says."""

import http.server
import json
import threading

from harness import SUITE, ProgramTest


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # many may come at once

    def handle_error(self, request, client_address):
        pass  # a client that goes is no fault here


class Script(http.server.BaseHTTPRequestHandler):
    """Answers the small questions; a subclass answers the chat."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, **headers):
        data = body.encode()
        self.send_response(status)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def begin(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def piece(self, text):
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, **chunk):
        self.piece("data: " + json.dumps(chunk) + "\n\n")

    def text(self, content, finish=None):
        self.event(choices=[{"index": 0, "delta": {"content": content}, "finish_reason": finish}])

    def done(self, prompt=10, output=None):
        if output is not None:
            self.event(choices=[], usage={"prompt_tokens": prompt, "completion_tokens": output})
        self.piece("data: [DONE]\n\n")
        self.piece("")

    def do_GET(self):
        self.answer(200, '{"data": [{"id": "tiny"}]}')

    def do_POST(self):
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(self.body)
        self.server.keys.add(self.headers.get("Authorization"))
        self.chat(self.body["messages"][-1]["content"])

    def chat(self, prompt):
        self.begin()
        self.text(prompt)
        self.text("", "stop")
        self.done(output=2)


class ServerTest(ProgramTest):
    def serve(self, script):
        server = Server(("127.0.0.1", 0), script)
        server.bodies, server.keys = [], set()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def model(self, server):
        return f"openai:http://127.0.0.1:{server.server_port}/v1#tiny"

    def run_on(self, script, *arguments, code=0):
        server = self.serve(script)
        row = self.run_json(self.write("s.yaml", SUITE), "--model", self.model(server), *arguments, code=code)["rows"][0]
        return server, row, {sample["case"]: sample for sample in self.samples()}
