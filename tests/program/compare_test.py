"""assay compare: two runs by case, what else differs, and gates for build servers."""

import json
import unittest

from harness import ProgramTest

CASES = 24


def suite(right=CASES):
    """Cases that a model which says `yes` passes for the first `right` of them."""
    rows = "\n".join(f'  - {{id: c{i:02}, vars: {{word: w{i:02}}}, expect: "{"yes" if i < right else "no"}"}}'
                     for i in range(CASES))
    return f'assay: 1\nname: Yes\nprompt: "{{{{word}}}}"\ncases:\n{rows}\nevaluate: equals\nmodels: ["fake:"]\nwarmup: 0\n'


class Compare(ProgramTest):
    def run_as(self, label, answers, right=CASES):
        """One run of one model that says `answers`."""
        path = self.write("yes.yaml", suite(right))
        self.assay("run", path, "--model", f"fake:{answers}", "--label", label, "--quiet")

    def setUp(self):
        super().setUp()
        self.run_as("before", "say yes; 5 tokens every 1ms")

    def compare(self, *arguments, code=0):
        return self.assay("compare", *arguments, code=code).stdout

    def test_a_loss_that_is_shown_fails_the_gate(self):
        # Only the first eight answers are right any more: sixteen cases that one side alone passes.
        self.run_as("after", "say yes; @9+ say no; 5 tokens every 1ms")
        text = self.compare("before", "after", "--gate", "accuracy -2", code=1)
        self.assertIn("is more accurate than", text)
        self.assertIn("+67 points", text)
        self.assertRegex(text, r"only A: \S.* passes 16 cases")
        self.assertRegex(text, r"✗ accuracy -2: B: .*−67 points, p < 0.001")

    def test_a_loss_that_chance_explains_passes(self):
        self.run_as("after", "say yes; @24 say no; 5 tokens every 1ms")
        text = self.compare("before", "after", "--gate", "accuracy -2")
        self.assertIn("no difference in accuracy shown", text)
        self.assertRegex(text, r"✓ accuracy -2: .*which chance explains as well")

    def test_slower_by_half(self):
        self.run_as("after", "say yes; 5 tokens every 4ms")
        text = self.compare("before", "after", "--gate", "decode_tps -5%", code=1)
        self.assertIn("times as fast", text)
        self.assertIn("✗ decode_tps -5%", text)
        self.compare("after", "before", "--gate", "decode_tps -5%")

    def test_what_differs_comes_before_any_number(self):
        self.run_as("after", "say yes; 5 tokens every 1ms", right=12)
        text = self.compare("before", "after")
        self.assertLess(text.index("What else differs"), text.index("accuracy"))
        self.assertRegex(text, r"suite file +[0-9a-f]{12}  →  [0-9a-f]{12}")

    def test_json_has_changes_rows_differences_and_gates(self):
        self.run_as("after", "say yes; @9+ say no; 5 tokens every 1ms")
        done = json.loads(self.compare("before", "after", "--json", "--gate", "accuracy -2", code=1))
        self.assertEqual(done["schema"], "assay.comparison/1")
        self.assertEqual([row["passed"] for row in done["rows"]], [24, 8])
        self.assertEqual(done["gates"][0]["passed"], False)
        self.assertEqual({difference["metric"] for difference in done["differences"]}, {"accuracy", "decode_tps"})

    def test_runs_that_were_judged_differently_are_marked(self):
        self.run_as("after", "say yes; 5 tokens every 1ms")
        self.assertNotIn("judged", self.compare("before", "after"))
        changed = self.write("icase.yaml", suite().replace("evaluate: equals", "evaluate: iequals"))
        self.assay("grade", "after", "--suite", changed)
        text = self.compare("before", "after")
        self.assertRegex(text, r"judged by: evaluator equals +1  →  –")
        self.assertRegex(text, r"judged by: evaluator iequals +–  →  1")
        self.assertIn("A and B were judged differently", " ".join(text.split()))
        notes = json.loads(self.compare("before", "after", "--json"))["notes"]
        self.assertIn("judged_differently", [note["kind"] for note in notes])

    def test_two_models_of_a_run(self):
        path = self.write("yes.yaml", suite().replace('"fake:"', '{engine: fake, model: say yes, label: good}, '
                                                                 '{engine: fake, model: say no, label: bad}'))
        self.assay("run", path, "--quiet")
        text = self.compare("last#good", "last#bad")
        self.assertIn("A: good is more accurate than B: bad: 100 % against 0 %", text)

    def test_error_rates_of_two_models_are_compared_over_the_corpus(self):
        rows = "\n".join(f'  - {{id: c{i:02}, vars: {{word: w{i:02}}}, expect: "a b c {"d" if i % 2 else "e"}"}}'
                         for i in range(CASES))
        path = self.write("words.yaml", f'assay: 1\nname: Words\nprompt: "{{{{word}}}}"\ncases:\n{rows}\n'
                          'evaluate: {type: wer, threshold: 1}\nwarmup: 0\nmodels: '
                          '[{engine: fake, model: say a b c d, label: good}, {engine: fake, model: say a x y d, label: bad}]\n')
        row = self.run_json(path)["rows"][0]
        figure = row["corpus"][0]
        self.assertEqual((figure["score"], figure["method"], figure["units"]), (0.125, "ratio of sums, t", CASES))
        self.assertLess(figure["ci95"][0], 0.125)
        self.assertGreater(figure["se"], 0)
        done = json.loads(self.compare("last#good", "last#bad", "--json"))
        found = next(one for one in done["differences"] if one["metric"] == "corpus:wer")
        self.assertEqual((found["better"]["model"], found["better_value"], found["worse_value"]), ("A: good", 0.125, 0.625))
        self.assertTrue(found["shown"])
        self.assertEqual((found["bootstrap"]["draws"], found["bootstrap"]["seed"]), (4000, 1))
        self.assertIn("A: good is better than B: bad in wer over the corpus: 0.1250 against 0.6250",
                      " ".join(self.compare("last#good", "last#bad").split()))

    def test_power_before_a_run(self):
        text = self.compare("--power")
        for figure in ("4361", "2181", "873", "1570", "785", "314", "393", "197", "79"):
            self.assertIn(f"{figure} cases", text)
        done = json.loads(self.compare("--power", "--discordant", "9", "--detect", "5", "--json"))
        self.assertEqual((done["schema"], done["power"][0]["to_find"]), ("assay.power/1", [{"difference": 0.05, "cases": 275}]))
        done = json.loads(self.compare("--power", "--correlation", "0.5", "--cases", "164", "--json"))
        self.assertAlmostEqual(done["power"][0]["smallest"][0]["difference"], 0.109, places=3)

    def test_power_after_a_run(self):
        self.run_as("after", "say yes; @20+ say no; 5 tokens every 1ms")
        text = self.compare("before", "after", "--power")
        self.assertIn("Another run like these", text)
        self.assertIn("24 cases in pairs", text)
        line = json.loads(self.compare("before", "after", "--power", "--json", "--cases", "96"))["power"][0]
        self.assertEqual(line["n"], CASES)
        self.assertEqual([one["cases"] for one in line["smallest"]], [CASES, 96])
        self.assertLess(line["smallest"][1]["difference"], line["smallest"][0]["difference"])
        self.assertEqual(line["repeats"], [], "one answer to a case says nothing of its own scatter")

    def test_power_from_repeats_says_what_more_of_them_are_worth(self):
        path = self.write("yes.yaml", suite().replace("warmup: 0", "warmup: 0\nrepeats: 3"))
        self.assay("run", path, "--model", "fake:say yes; @40+ say no", "--label", "one", "--quiet")
        self.assay("run", path, "--model", "fake:say yes; @60+ say no", "--label", "two", "--quiet")
        line = json.loads(self.compare("one", "two", "--power", "--json"))["power"][0]
        self.assertEqual([one["repeats"] for one in line["repeats"]], [1, 2, 4, 8])
        errors = [one["se"] for one in line["repeats"]]
        self.assertEqual(errors, sorted(errors, reverse=True))
        difference = json.loads(self.compare("one", "two", "--json"))["differences"][0]
        self.assertFalse(difference["sign_flip"]["exact"])
        self.assertEqual((difference["sign_flip"]["patterns"], difference["sign_flip"]["seed"]), (100000, 1))

    def test_options_that_do_not_go_together_are_said(self):
        for arguments, said in (([], "no run to compare"), (["before"], "none to compare it with"),
                                (["--cases", "5"], "without --power"),
                                (["before", "before", "--power", "--correlation", "0.5"], "assumptions beside runs"),
                                (["--power", "--detect", "0"], "points above 0"),
                                (["--power", "--correlation", "1"], "below 1")):
            done = self.assay("compare", *arguments, code=2)
            self.assertIn(said, done.stderr, arguments)

    def test_models_of_one_name_are_paired_and_not_mixed(self):
        both = '{engine: fake, model: say yes, label: good}, {engine: fake, model: say no, label: bad}'
        path = self.write("yes.yaml", suite().replace('"fake:"', both))
        for label in ("one", "two"):
            self.assay("run", path, "--quiet", "--label", label)
        done = json.loads(self.compare("one", "two", "--json"))
        self.assertEqual([row["model"] for row in done["rows"]], ["A: good", "B: good", "A: bad", "B: bad"])
        for difference in done["differences"]:
            sides = {difference[side]["model"].split(": ")[1] for side in ("better", "worse")}
            self.assertEqual(len(sides), 1, "good is not compared with bad")

    def test_one_baseline_and_several_others(self):
        self.run_as("same", "say yes; 5 tokens every 1ms")
        self.run_as("worse", "say yes; @9+ say no; 5 tokens every 1ms")
        text = self.compare("before", "same", "worse")
        self.assertIn("B: say yes", text)
        self.assertIn("is more accurate than C: say yes", text)
        two = json.loads(self.compare("before", "worse", "--json"))
        all_ = json.loads(self.compare("before", "same", "worse", "--json", "--gate", "accuracy -2", code=1))
        self.assertEqual((all_["schema"], len(all_["comparisons"])), ("assay.comparisons/1", 2))
        accuracy = lambda told: next(one for one in told["differences"] if one["metric"] == "accuracy")
        self.assertEqual(accuracy(all_["comparisons"][1])["comparisons"], 4, "Holm counts them all")
        self.assertGreater(accuracy(all_["comparisons"][1])["p_adjusted"], accuracy(two)["p_adjusted"])
        self.assertEqual([one["gates"][0]["passed"] for one in all_["comparisons"]], [True, False])
        many = self.assay("compare", *["before"] * 10, code=2)
        self.assertIn("expected 1 to 8", many.stderr)

    def test_mistakes_are_sentences(self):
        for arguments, words in (
                (["before", "before"], "a run is compared with itself"),
                (["before", "nowhere"], "nowhere"),
                (["before", "before#x"], "has no model 'x'"),
                (["before", "before", "--gate", "speed -5%"], "expected a metric and a signed limit"),
                (["before", "before", "--gate", "decode_tps 5%"], "signed limit"),
                (["before", "before", "--gate", "decode_tps -5"], "signed limit")):
            with self.subTest(arguments):
                done = self.start("compare", *arguments)
                _, errors = done.communicate(timeout=60)
                self.assertIn(done.returncode, (2, 4))
                self.assertIn(words, errors)

    def test_a_gate_that_cannot_be_decided_fails(self):
        self.run_as("after", "say yes")
        text = self.compare("before", "after", "--gate", "peak_memory_mib +10%", code=1)
        self.assertIn("not measured on both sides", text)


if __name__ == "__main__":
    unittest.main()
