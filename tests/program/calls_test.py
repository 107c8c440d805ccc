"""Tools that a suite offers, and what becomes of the calls, from the outside."""

import json
import unittest

from scripted_server import Script, ServerTest

SUITE = """\
assay: 1
prompt: "Weather in {{city}}?"
tools:
  - name: weather
    parameters: {type: object, properties: {city: {type: string}}, required: [city]}
evaluate: {type: tool-call, arguments: subset}
warmup: 0
cases:
  - {id: bonn, vars: {city: Bonn}, expect: [{name: weather, arguments: {city: Bonn}}]}
  - {id: sum, vars: {city: none}, expect: []}
"""
CALL = '{"city": "Bonn", "days": 2}'


class Calling(Script):
    """Calls a tool in pieces, when it is offered one."""

    def chat(self, prompt):
        self.begin()
        if "tools" in self.body:
            for piece in ({"id": "x", "type": "function", "function": {"name": "weather", "arguments": ""}},
                          {"function": {"arguments": '{"city": '}}, {"function": {"arguments": '"Bonn"}'}}):
                self.event(choices=[{"index": 0, "delta": {"tool_calls": [{"index": 0, **piece}]}, "finish_reason": None}])
        self.event(choices=[{"index": 0, "delta": {}, "finish_reason": "tool_calls"}])
        self.done(output=4)


class Calls(ServerTest):
    def by_case(self):
        return {line["case"]: line for line in self.samples()}

    def test_a_call_is_stored_judged_and_shown(self):
        path = self.write("s.yaml", SUITE)
        row = self.run_json(path, "--model", f"fake:call weather {CALL}")["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1), "in the second case no call is allowed")
        sample = self.by_case()["bonn"]
        self.assertEqual(sample["tool_calls"], [{"name": "weather", "arguments": CALL}])
        self.assertEqual((sample["raw"], sample["finish"], sample["verdict"]), ("", "tool_calls", "pass"))
        self.assertIn("weather({", self.assay("samples", "last", "--case", "bonn").stdout)

    def test_stored_answers_are_judged_without_a_model(self):
        path = self.write("s.yaml", SUITE)
        self.run_json(path, "--model", f"fake:call weather {CALL}")
        answers = self.write("answers.jsonl", self.assay("samples", "last", "--json").stdout)
        row = self.run_json(path, "--model", f"answers:{answers}")["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1))
        bad = self.write("bad.jsonl", "".join(
            json.dumps({"case": case, "tool_calls": [{"function": {"name": "weather", "arguments": arguments}}]}) + "\n"
            for case, arguments in (("bonn", {"town": "Bonn"}), ("sum", "{city"))))
        self.run_json(path, "--model", f"answers:{bad}")
        reasons = {case: line["verdict_reason"] for case, line in self.by_case().items()}
        self.assertEqual(reasons, {"bonn": "bad_format", "sum": "bad_format"})
        self.assertIsNone(self.run_and_sample(path, "fake:say no"), "no calls are no empty list")

    def run_and_sample(self, path, model):
        self.run_json(path, "--model", model)
        return self.by_case()["bonn"]["tool_calls"]

    def test_tools_are_sent_and_calls_come_in_pieces(self):
        server = self.serve(Calling)
        row = self.run_json(self.write("s.yaml", SUITE), "--model", self.model(server))["rows"][0]
        self.assertEqual((row["passed"], row["failed"]), (1, 1))
        self.assertEqual(server.bodies[0]["tools"], [{"type": "function", "function": {"name": "weather", "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}])
        sample = self.by_case()["bonn"]
        self.assertEqual(sample["tool_calls"], [{"name": "weather", "arguments": '{"city": "Bonn"}'}])
        self.assertEqual([kind for _, _, kind in sample["tokens"]], ["tool"] * 3)

    def test_a_suite_with_mistakes_in_its_tools_is_refused(self):
        wrong = self.write("w.yaml", SUITE.replace("name: weather, arguments", "name: wether, arguments"))
        done = self.assay("suite", "check", wrong, code=2)
        self.assertIn("no tool has that name", done.stderr)
        self.assertIn("Did you mean 'weather'?", done.stderr)
        schema = self.write("x.yaml", SUITE.replace("type: string", "type: strong"))
        self.assertIn("parameters of the tool 'weather'", self.assay("suite", "check", schema, code=2).stderr)


if __name__ == "__main__":
    unittest.main()
