"""A store that somebody wrote into by hand, or a disk damaged: whatever stands there, a sentence or an absent figure."""

import contextlib
import json
import sqlite3
import unittest

from harness import ProgramTest
from serve_client import Server

SUITE = """\
assay: 1
name: Echo
prompt: "{{word}}"
cases:
  - {id: one, vars: {word: alpha}, expect: alpha}
  - {id: two, vars: {word: beta}, expect: beta}
pipelines:
  main: [trim]
  maj: [trim, majority]
evaluate:
  - {type: equals}
  - {type: bleu, weight: 0, threshold: 0, metric: b}
sweep: {temperature: [0, 0.5]}
repeats: 2
models: ["fake:"]
"""

VALUES = [None, "x", -1, 1e300, 2**64 - 1, [], {}, [7], True]

# (table, column, what of it): JSON that is read back when a run is shown, printed, reported or graded again.
DOCUMENTS = [("verdict", "body", "id = (SELECT min(id) FROM verdict)"), ("model", "record", "1"), ("run", "cells", "1"),
             ("run", "load", "1"), ("run", "machine", "1"), ("run", "options", "1"), ("layer", "versions", "1"),
             ("content", "body", "body LIKE '{%'")]


def places(value, place=()):
    """Every place inside a document, itself included; of a list the first two items."""
    yield place
    for key in value if isinstance(value, dict) else range(min(2, len(value))) if isinstance(value, list) else []:
        yield from places(value[key], (*place, key))


def replaced(value, place, new):
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = replaced(value[place[0]], place[1:], new)
    return copy


class Damaged(ProgramTest):
    def setUp(self):
        super().setUp()
        self.run_id = self.run_json(self.write("suite.yaml", SUITE))["run_id"]

    def change(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            store.execute(sql, values)
            store.commit()

    def one(self, sql):
        with contextlib.closing(sqlite3.connect(self.store)) as store:
            return store.execute(sql).fetchone()

    def survives(self, *arguments):
        done = self.assay(*arguments, code=None)
        self.assertIn(done.returncode, (0, 1, 2, 3, 4), f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def test_no_value_of_a_stored_document_ends_the_program(self):
        # Each place takes another value of the list, so that all of them come round; two commands read all of it.
        turn = 0
        for table, column, which in DOCUMENTS:
            before = self.one(f"SELECT {column} FROM {table} WHERE {which}")[0]
            document = json.loads(before)
            for place in places(document):
                turn += 1
                changed = json.dumps(replaced(document, place, VALUES[turn % len(VALUES)]))
                with self.subTest(table=table, column=column, place=place, value=VALUES[turn % len(VALUES)]):
                    self.change(f"UPDATE {table} SET {column} = ? WHERE {which}", changed)
                    self.survives("show", "last", "--json")
                    self.survives("samples", "last", "--json")
            self.change(f"UPDATE {table} SET {column} = ? WHERE {which}", before)
        self.assertGreater(turn, 100)

    def test_a_vote_that_cannot_be_read_is_left_out_and_told(self):
        before, = self.one("SELECT body FROM verdict WHERE id = (SELECT min(id) FROM verdict)")
        body = json.loads(before)
        body["steps"]["pipelines"]["maj"]["across"]["checks"] = [99]
        self.change("UPDATE verdict SET body = ? WHERE id = (SELECT min(id) FROM verdict)", json.dumps(body))
        self.assertIn("1 sample has no vote", self.assay("show").stdout.replace("\n", " "))
        self.assay("grade", "last", "--json")
        self.assertNotIn("no vote", self.assay("show").stdout)

    def test_a_sample_of_a_model_that_is_not_there_is_a_sentence(self):
        self.change("UPDATE sample SET model = 9 WHERE id = (SELECT max(id) FROM sample)")
        for command in (["show"], ["samples"], ["report", "last", "-f", "junit"], ["grade", "last"]):
            done = self.survives(*command)
            self.assertEqual(done.returncode, 2, command)
            self.assertIn("is damaged: it names model 9", done.stderr)

    def test_a_run_is_not_resumed_by_settings_that_nobody_gave(self):
        self.change("UPDATE run SET state = 'interrupted'")
        record, = self.one("SELECT record FROM model")
        options, = self.one("SELECT options FROM run")
        server = Server(self)

        def refused():
            return server.post(f"/api/runs/{self.run_id}/resume", status=400)["error"]["message"]

        self.change("UPDATE run SET options = ?", json.dumps({**json.loads(options), "cases": "one"}))
        self.assertIn("the option 'cases' is no list", refused())
        self.change("UPDATE run SET options = '[7]'")
        damaged = json.loads(record)
        damaged["spec"]["params"] = {"context": "long"}
        self.change("UPDATE model SET record = ?", json.dumps(damaged))
        self.assertIn("context is \"long\"", refused())

    def test_what_a_server_kept_of_a_run_is_made_again(self):
        server = Server(self)
        before = server.get(f"/api/runs/{self.run_id}")["summary"]
        server.stop()
        for name in ("assay-rows.json", "assay-summary.json"):
            kept, = self.one(f"SELECT CAST(body AS TEXT) FROM attachment WHERE name = '{name}'")
            key = kept.split("\n")[0]
            for damage in ("", "[7]", "{", "null", '{"notes":1}', "[{}]"):
                with self.subTest(name=name, damage=damage):
                    self.change("UPDATE attachment SET body = CAST(? AS BLOB) WHERE name = ?", f"{key}\n{damage}", name)
                    server = Server(self)
                    server.get("/api/runs")
                    server.get("/api/trends", suite="Echo")
                    self.assertEqual(server.get(f"/api/runs/{self.run_id}")["summary"], before)
                    server.stop()


if __name__ == "__main__":
    unittest.main()
