"""Models that judge: how they are asked, how far they agree, and who should not have judged."""

import json
import unittest

from scripted_server import Script, ServerTest

VOTE = '{"reason": "r", "verdict": "pass", "score": 1}'


class Models(Script):
    """Two models that vote."""

    def do_GET(self):
        self.answer(200, '{"data": [{"id": "Qwen2.5-7B-Instruct"}, {"id": "qwen3:8b"}, {"id": "gemma-2b"}]}')

    def chat(self, prompt):
        super().chat(VOTE)


class Stubborn(Models):
    """Takes no schema."""

    def chat(self, prompt):
        if "response_format" in self.body:
            self.answer(400, '{"error": {"message": "response_format is not supported"}}')
        else:
            super().chat(prompt)


class Judges(ServerTest):
    def test_judges_that_differ_or_disagree_are_told(self):
        say = 'fake:say {"reason": "r", "verdict": "%s", "score": 1}'
        suite = """\
assay: 1
prompt: "{{q}}"
cases: [{id: a, vars: {q: x}}, {id: b, vars: {q: y}}]
evaluate: [{type: llm-rubric, value: is kind, judges: ['%s', '%s'], threshold: 0.5}]
models: ["fake:say Lovely."]
warmup: 0
"""
        first = self.run_json(self.write("a.yaml", suite % (say % "pass", say % "pass" + '; @2 say {"verdict": "fail"}')))
        self.assertEqual((first["judging"]["voted"], first["judging"]["agreed"]), (2, 1))
        again = self.run_json(self.write("a.yaml", suite % (say % "pass", say % "pass")))
        changes = json.loads(self.assay("compare", first["run_id"], again["run_id"], "--json").stdout)["changes"]
        self.assertIn("judges", [change["what"] for change in changes])
        self.assertNotIn("judge prompt", [change["what"] for change in changes])
        other = self.run_json(self.write("a.yaml", (suite % (say % "pass", say % "pass")).replace("is kind", "is rude")))
        changes = json.loads(self.assay("compare", again["run_id"], other["run_id"], "--json").stdout)["changes"]
        self.assertEqual([change["what"] for change in changes if "judge" in change["what"]], ["judge prompt"])
        self.run_json(self.write("n.yaml", suite.replace("{type: llm-rubric, value: is kind, judges: ['%s', '%s'], threshold: 0.5}",
                                                         "{type: contains, value: L}")))
        self.assertNotIn("judging", json.loads(self.assay("show", "last", "--json").stdout))

    def judged(self, server, model, judges, code=0):
        address = f"openai:http://127.0.0.1:{server.server_port}/v1#"
        listed = ", ".join(f"'{address}{judge}'" for judge in judges)
        suite = f"""\
assay: 1
prompt: "{{{{q}}}}"
cases: [{{id: a, vars: {{q: x}}}}, {{id: b, vars: {{q: y}}}}]
evaluate: {{type: llm-rubric, value: is good, judges: [{listed}]}}
warmup: 0
"""
        return self.run_json(self.write("s.yaml", suite), "--model", address + model, code=code)

    def schemas(self, server):
        return ["response_format" in body for body in server.bodies if "RUBRIC" in body["messages"][-1]["content"]]

    def test_a_reply_is_held_to_a_schema_where_the_engine_can_do_that(self):
        server = self.serve(Models)
        self.assertEqual(self.judged(server, "gemma-2b", ["qwen3:8b"])["rows"][0]["passed"], 2)
        self.assertEqual(self.schemas(server), [True, True])
        schema = server.bodies[-1]["response_format"]["json_schema"]["schema"]
        self.assertEqual(schema["required"], ["reason", "verdict", "score"])
        self.assertNotIn("response_format", server.bodies[0], "the model that is judged is free")

    def test_a_server_that_fails_with_a_schema_is_asked_without(self):
        server = self.serve(Stubborn)
        self.assertEqual(self.judged(server, "gemma-2b", ["qwen3:8b"])["rows"][0]["passed"], 2)
        self.assertEqual(self.schemas(server), [True, False, False], "once is enough to know")

    def test_a_judge_of_the_models_family_is_told(self):
        notes = [note["text"] for note in self.judged(self.serve(Models), "Qwen2.5-7B-Instruct", ["qwen3:8b", "gemma-2b"])["notes"]
                 if note["kind"] == "self_judged"]
        self.assertEqual(len(notes), 1)
        self.assertIn("self-judged, its judge 'openai:http", notes[0])
        self.assertIn("is of the same family (qwen)", notes[0])

    def test_a_judge_with_the_models_file_is_told(self):
        lines = "".join(json.dumps({"case": case, "output": VOTE}) + "\n" for case in ("a", "judge"))
        one, two = self.write("one.gguf", lines), self.write("two.gguf", lines)
        result = self.run_json(self.write("s.yaml", f"""\
assay: 1
prompt: x
cases: [{{id: a}}]
evaluate: {{type: llm-rubric, value: is good, judges: ["answers:{two}"]}}
warmup: 0
"""), "--model", f"answers:{one}")
        self.assertIn("is the same file", " ".join(note["text"] for note in result["notes"]))


if __name__ == "__main__":
    unittest.main()
