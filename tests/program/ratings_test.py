"""People judge: sheets for them, and what becomes of their ratings."""

import csv
import json
import unittest

from harness import ProgramTest

SUITE = """\
assay: 1
prompt: "{{q}}"
evaluate: {type: human, value: "Is it kind?"}
warmup: 0
models: [{engine: fake, model: "say =Hello there", label: secret-a}, {engine: fake, model: say Go away, label: secret-b}]
cases: [{id: one, vars: {q: Hi}}, {id: two, vars: {q: Ho}}]
"""


class Ratings(ProgramTest):
    def setUp(self):
        super().setUp()
        self.run_json(self.write("s.yaml", SUITE))

    def sheet(self, name, *options):
        path = str(self.folder / name)
        self.assay("grade", "last", "--rating-sheet", path, *options)
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def rate(self, name, rows, code=0):
        return self.assay("grade", "last", "--json", "--ratings", self.write(name, "".join(
            json.dumps(row) + "\n" for row in rows)), code=code)

    def rating(self, case, model, rater, rating, **more):
        return {"case": case, "model": model, "rater": rater, "rating": rating, **more}

    def counts(self, done):
        return {row["model"]: (row["passed"], row["failed"], row["ungraded"]) for row in json.loads(done.stdout)["rows"]}

    def test_a_blind_sheet_comes_back_filled_in(self):
        rows = self.sheet("sheet.csv", "--blind")
        self.assertEqual(len(rows), 4)
        self.assertNotIn("model", rows[0])
        self.assertNotIn("secret", json.dumps(rows))
        self.assertEqual(sorted(row["sample"] for row in rows), [row["sample"] for row in rows])
        self.assertEqual({row["question"] for row in rows}, {"Is it kind?"})
        self.assertEqual({row["answer"] for row in rows}, {"'=Hello there", "Go away"}, "no formula for a spreadsheet")
        for row in rows[:3]:
            row.update(rater="Ann", rating="pass" if "Hello" in row["answer"] else "0.2", comment="so it is")
        with open(self.folder / "filled.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        done = self.assay("grade", "last", "--json", "--ratings", str(self.folder / "filled.csv"))
        self.assertIn("3 ratings read", done.stderr)
        self.assertEqual(sum(count[2] for count in self.counts(done).values()), 1, "one row was left empty")
        votes = [line["votes"][0] for line in map(json.loads, self.assay("samples", "last", "--json").stdout.splitlines())
                 if line["votes"]]
        self.assertEqual([(vote[0]["rater"], vote[0]["reason"]) for vote in votes], [("Ann", "so it is")] * 3)
        self.assertTrue(all(vote[0]["time"] for vote in votes))

    def test_the_majority_decides_and_ratings_stay_with_the_run(self):
        first = self.rate("a.jsonl", [self.rating("one", "secret-a", "Ann", "pass"),
                                      self.rating("one", "secret-a", "Ben", "fail", time="2026-01-01T00:00:00Z"),
                                      self.rating("one", "secret-b", "Ann", 0)])
        self.assertEqual(self.counts(first), {"secret-a": (0, 0, 2), "secret-b": (0, 1, 1)}, "a tie stays ungraded")
        second = self.rate("b.jsonl", [self.rating("one", "secret-a", "Cy", 0.9, repeat=0)])
        self.assertEqual(self.counts(second)["secret-a"], (1, 0, 1))
        self.assertEqual(self.counts(self.assay("grade", "last", "--json"))["secret-a"], (1, 0, 1))
        third = self.rate("c.jsonl", [self.rating("one", "secret-a", "Ann", "fail")])
        self.assertIn("1 of them in place of an earlier one", third.stderr)
        self.assertEqual(self.counts(third)["secret-a"], (0, 1, 1))

    def test_wrong_lines_have_their_place_and_nothing_is_kept(self):
        good = self.rating("one", "secret-a", "Ann", "pass")
        for bad, words in (({**good, "rater": None}, "without 'rater'"),
                           ({**good, "rating": "good"}, "the rating is 'good'"),
                           ({**good, "rating": 1.5}, "the rating is '1.5'"),
                           ({**good, "model": None}, "a rating without 'model'"),
                           ({**good, "model": "other"}, "the run has no model 'other'"),
                           ({**good, "case": "three"}, "no answer to case 'three'"),
                           ({**good, "repeat": 7}, "repeat 7"),
                           ({**good, "sample": "0123"}, "no sample '0123'"),
                           ({**good, "notes": "x"}, "unknown column 'notes'"),
                           (good, "a second rating of this answer by 'Ann'")):
            with self.subTest(words):
                done = self.rate("bad.jsonl", [good, bad], code=2)
                self.assertIn(words, done.stderr)
                self.assertIn("bad.jsonl:2", done.stderr)
        self.assertEqual(self.counts(self.assay("grade", "last", "--json"))["secret-a"], (0, 0, 2))
        self.assertIn("no ratings", self.rate("none.jsonl", [{**good, "rating": ""}], code=2).stderr)

    def test_a_rating_may_name_one_of_several_checks(self):
        self.run_json(self.write("two.yaml", SUITE.replace(
            '{type: human, value: "Is it kind?"}', '[{type: human, value: "Is it kind?", metric: kind}, {type: human, value: "Is it short?"}]')))
        rows = self.sheet("two.csv")
        self.assertEqual(len(rows), 8, "a row for each answer and check")
        self.assertEqual({(row["check"], row["question"]) for row in rows}, {("kind", "Is it kind?"), ("Is it short?", "Is it short?")})
        done = self.rate("two.jsonl", [self.rating("one", "secret-a", "Ann", "pass", check="kind"),
                                       self.rating("one", "secret-a", "Ann", "fail", check="Is it short?"),
                                       self.rating("two", "secret-a", "Ann", "pass")])
        self.assertEqual(self.counts(done)["secret-a"], (1, 1, 0), "one rating for all checks, and one for each")
        sample = next(one for one in self.samples() if one["case"] == "one" and one["model"] == "secret-a")
        self.assertEqual([one["verdict"] for one in sample["assertions"]], ["pass", "fail"])
        again = self.rate("more.jsonl", [self.rating("one", "secret-a", "Ann", "pass", check="Is it short?")])
        self.assertIn("1 of them in place of an earlier one", again.stderr)
        self.assertEqual(self.counts(again)["secret-a"], (2, 0, 0))
        bad = self.rate("bad.jsonl", [self.rating("one", "secret-a", "Ann", "pass", check="nice")], code=2)
        self.assertIn("bad.jsonl:1:1: the suite has no human check 'nice'; expected one of: kind, Is it short?", bad.stderr)

    def test_a_check_that_reads_like_a_formula_comes_back_from_its_sheet(self):
        self.run_json(self.write("odd.yaml", SUITE.replace(
            '{type: human, value: "Is it kind?"}', '[{type: human, metric: "=kind"}, {type: human, metric: short}]')))
        rows = self.sheet("odd.csv")
        self.assertEqual({row["check"] for row in rows}, {"'=kind", "short"})
        for row in rows:
            row.update(rater="Ann", rating="pass" if row["check"] == "short" else "fail")
        with open(self.folder / "odd_filled.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.assay("grade", "last", "--ratings", str(self.folder / "odd_filled.csv"))
        self.assertEqual([[one["verdict"] for one in sample["assertions"]] for sample in self.samples()], [["fail", "pass"]] * 4)

    def test_a_suite_may_want_its_sheets_blind_or_ask_nobody(self):
        self.assertIn("model", self.sheet("open.csv")[0])
        self.run_json(self.write("b.yaml", SUITE.replace("type: human", "type: human, blind: true")))
        self.assertNotIn("model", self.sheet("blind.csv")[0])
        self.run_json(self.write("n.yaml", SUITE.replace("type: human, value: \"Is it kind?\"", "type: contains, value: o")))
        done = self.assay("grade", "last", "--rating-sheet", str(self.folder / "x.csv"), code=2)
        self.assertIn("asks people nothing", done.stderr)


if __name__ == "__main__":
    unittest.main()
