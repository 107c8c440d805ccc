"""Writes gsm8k.jsonl, math.jsonl and multiple_choice.jsonl: what the protocols of lm-eval extract from answers, our own words,
and whether they take them for right.

    pip install numpy
    pip download --no-deps lm-eval==0.4.13
    python make_exams.py
"""

import re
import string

import numpy

import common


def harness():
    filters = common.taken_from(
        common.wheel("lm_eval"), "lm_eval/filters/extraction.py", ["RegexFilter"],
        {"re": re, "Filter": object, "Iterable": list, "Sequence": list, "Any": object},
    )  # fmt: skip
    metrics = common.taken_from(
        common.wheel("lm_eval"), "lm_eval/api/metrics.py", ["exact_match_hf_evaluate"], {"re": re, "np": numpy, "string": string}
    )
    return filters["RegexFilter"], metrics["exact_match_hf_evaluate"]


SUMS = [
    "9*2=18\n#### 18", "The answer is 18.", "So she makes $18.00.", "#### 18\nQuestion: next 5", "18 dollars, 3 eggs left",
    "#### 18.", "#### 18,", "#### -18", "####18", "#### $18", "#### 1,8", "#### 18 #### 19", "#### 19\n#### 18", "18", "eighteen", "",
    "...", "It is 18!", "It is 18 of 20", "$18", "-18", "18.0", "#### .", "#### ,", "#### 18..", "Step 1: 9+9 = 18", "x = 18;", "(18)",
    "**18**", "\\boxed{18}", "18%", "1 8", "18\n", "18 eggs\n\nSo: 18", "It costs 18,000.00", "3-18", "#### eighteen", "#### 18abc",
    "１８", "#### １８", "####  18", "#### 18\n\n", "1.8e1", "#### 18.0", "The total is $18.", "9 x 2 = 18 and 18 - 0 = 18.", "about -$18.",
    "#### -$18", "#### 0018", "18 " * 60, "no numbers " * 40, "#### 18 eggs, of 20",
]  # fmt: skip
LARGE = ["#### 1,450", "#### 1450", "It is $1,450.", "1,450.00", "1450 or 1,450", "#### 1,450.", "14,50", "#### 1.450", "1,450 and 2", "-1,450"]


def gsm8k():
    regex, exact = harness()
    ignored = [",", "\\$", "(?s).*#### ", "\\.$"]  # gsm8k.yaml, version 3
    patterns = {
        "strict": (regex("#### (\\-?[0-9\\.\\,]+)"), {"type": "regex", "pattern": "#### (\\-?[0-9\\.\\,]+)"}),
        "flexible": (
            regex("(-?[$0-9.,]{2,})|(-?[0-9]+)", -1),
            {"type": "regex", "pattern": "(-?[$0-9.,]{2,})|(-?[0-9]+)", "pick": "last"},
        ),
    }
    after = [{"type": "replace", "pattern": "[,$]"}, {"type": "replace", "pattern": "\\.$"}]
    head = {"reference": "lm-eval 0.4.13, gsm8k version 3", "decides": "strict", "passes_from": 1, "checks": {}}
    for name, (_, ours) in patterns.items():
        head["checks"][name] = {"check": {"type": "iequals"}, "pipeline": ["reasoning-split", ours, *after]}
    rows = []
    for answer, gold in [(one, "18") for one in SUMS] + [(one, "1,450") for one in LARGE]:
        row = {"answer": answer, "expect": gold.replace(",", ""), "scores": {}, "gives": {}}
        for name, (theirs, _) in patterns.items():
            found = theirs.apply([[answer]], [{}])[0][0]
            score = exact([found], [f"so it is\n#### {gold}"], regexes_to_ignore=ignored, ignore_case=True)["exact_match"]
            row["scores"][name] = float(score)
            row["gives"][name] = None if found == "[invalid]" else plain(found, ignored)
        rows.append(row)
    common.write("gsm8k", head, rows)


def plain(text, ignored):
    for pattern in ignored:
        text = re.sub(pattern, "", text)
    return text


LATEX = [
    ("\\frac{1}{2}", ["\\frac12", "1/2", "0.5", ".5", "\\dfrac{1}{2}", "\\tfrac 12", "\\frac{1}{3}", "2/4", "\\frac{1}2", "50\\%", "\\left\\frac{1}{2}\\right"]),
    ("5", ["5\\text{ cm}", "5 \\text{ cm}", "x=5", "k = 5", "xyz=5", "5.", "5\\%", "5^\\circ", "5^{\\circ}", "\\$5", "\\!5", "5\n", "6", "5.0", "", "five", "05"]),
    ("\\frac{1}{4}", ["0.25", "\\frac14", "1/4", "\\frac1{4}", "-\\frac14"]),
    ("1000", ["1,000", "1\\!000", "1000", "1 000", "10^3"]),
    ("x+2", ["2+x", "x + 2", "x+2", "y=x+2", "f(x)=x+2", "x+2=x+2"]),
    ("\\sqrt{3}", ["\\sqrt3", "\\sqrt 3", "\\sqrt{3}", "\\sqrt{ 3 }", "3^{1/2}", "2\\sqrt3", "\\sqrt{3}\\text{ units}"]),
    ("0.5x", [".5x", "0.5x", "\\frac{1}{2}x", "{.5}x"]),
    ("(3,4)", ["(3, 4)", "(4,3)", "\\left(3,4\\right)", "( 3 , 4 )", "(3,4)."]),
    ("\\text{east}", ["\\text{east}", "east", "\\text{west}", "\\text{ east}"]),
    ("90", ["90^\\circ", "90^{\\circ}", "90\\text{ degrees}", "90°", "ninety"]),
    ("-\\frac{3}{7}", ["-3/7", "-\\frac37", "\\frac{-3}{7}", "3/7", "- 3/7"]),
    ("2\\\\3", ["2\\3", "2\\\\3", "23"]),
    ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", ["\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix}2\\\\1\\end{pmatrix}"]),
    ("x/2", ["x/2", "x / 2", "\\frac{x}{2}", "2/x", "x/3", "\\frac{2}{x}"]),
    ("12\\text{ cm}", ["12", "12\\text{ m}", "13", "21\\text{ cm}", "\\text{ cm}12", "12\\text{ cm}\\text{ long}", "12cm"]),
]  # fmt: skip
BOXED = [
    ("7", ["so \\boxed{7}", "\\boxed{6} no, \\boxed{7}", "\\fbox{7}", "\\boxed{8}", "\\boxed{\\text{7}}", "\\boxed{ 7 }", "\\boxed{x=7}.", "\\boxed{7} or 8",
           "$\\boxed{7}$", "\\boxed{7", "\\boxed{}", "\\boxed 7", "\\boxed{7}{8}", "\\boxed{70}", "17", "1/7", "seven, so \\boxed{VII}", "\\boxed 7$ or"]),
    ("\\frac{a}{b}", ["\\boxed{\\frac{a}{b}}", "\\boxed{\\frac ab}", "\\boxed{a/b}", "\\boxed{{\\frac{a}{b}}}"]),
]  # fmt: skip

RAISES = "MATH's script gives a text up that its rules stumble over (`x / 2`, two units, `\\frac` or `\\sqrt` at the end) and compares it as it is; here the other rules still apply."
FRAMED = "MATH's script finds `\\fbox{7}` and then stops at it; here it is a box like any other."
NO_BRACES = "MATH's script also reads `\\boxed 7`, a box without braces; here only braces make a box."


def math():
    names = ["is_equiv", "remove_boxed", "last_boxed_only_string", "fix_fracs", "fix_a_slash_b", "remove_right_units", "fix_sqrt", "strip_string"]
    script = common.taken_from(common.wheel("lm_eval"), "lm_eval/tasks/hendrycks_math/utils.py", names, {})

    def read(answer):
        box = script["last_boxed_only_string"](answer)
        if box is not None:
            try:
                return script["remove_boxed"](box)
            except AssertionError:
                return None
        return None if "\\boxed" in answer or "\\fbox" in answer else answer

    def stumbles(text):
        try:
            script["strip_string"](text)
            return False
        except Exception:
            return True

    def without(text):
        return text.split("\\text{ ")[0].replace(" ", "")

    head = {
        "reference": "lm-eval 0.4.13, tasks/hendrycks_math/utils.py: is_equiv of the last box, or of all the text when there is none",
        "decides": "math",
        "passes_from": 1,
        "checks": {"math": {"check": {"type": "math", "stages": 1}, "pipeline": ["reasoning-split"]}},
        "differences": {"raises": RAISES, "framed": FRAMED, "no braces": NO_BRACES},
    }
    rows = []
    for gold, answers in LATEX + BOXED:
        for answer in answers:
            found = read(answer)
            row = {"answer": answer, "expect": f"We see that it is $\\boxed{{{gold}}}$.", "scores": {}}
            row["scores"]["math"] = float(found is not None and script["is_equiv"](found, gold))
            tolerant = found is not None and (stumbles(found) or stumbles(gold))
            if tolerant and not row["scores"]["math"] and without(found) == without(gold):
                row["differs"] = {"math": "raises"}
            if answer == f"\\fbox{{{gold}}}":
                row["differs"] = {"math": "framed"}
            if "\\boxed " in answer and row["scores"]["math"] == 1:
                row["differs"] = {"math": "no braces"}
            rows.append(row)
    common.write("math", head, rows)


LETTERS = [
    "The answer is (C).", "the answer is C", "The answer is C.", "answer is (C", "answer is: C", "The answer is c", "The answer is (c)", "Answer: C", "answer:C",
    "ANSWER :  $C$", "Answer:\nC", "C", "(C)", "I think C", "The answer is A. No, the answer is C.", "The answer is C. No, the answer is A.", "Answer: A\nAnswer: C",
    "Answer: C\nAnswer: A", "The answer is Cat", "Answer: Cat", "The answer is  C", "The answer is\nC", "The correct answer is (B)", "Answer: B", "Answer is (J)",
    "The answer is (K)", "Answer: E", "", "?!", "The answer is (A) or (C)", "Final Answer: C", "Answer - C", "Answer: (C)", "Answer: **C**", "**Answer: C**",
    "The answer is **C**", "The answer is \\boxed{C}", "Answer: \\boxed{C}", "Die Antwort ist C", "The answer is Ｃ", "Answer: Ｃ", "Answer\t:\tC", "Answer: $C",
    "answer is ((C))", "The answer isC", "My answer is C because the answer is B", "so C.\n\nanswer is (C)", "Answer: D or C", "word " * 80 + "answer is C",
    "Answer: " * 20 + "C", "The answer is not (C)", "The answer is (C)(D)", "aNSWER: c", "Answer:C!", "answer is (G)", "answer is (I)", "I. The answer is (B)",
]  # fmt: skip


def multiple_choice():
    regex, exact = harness()
    professional = "answer is \\(?([ABCDEFGHIJ])\\)?"
    simple = "(?i)Answer[ \\t]*:[ \\t]*\\$?([A-D])\\$?"
    head = {
        "reference": "lm-eval 0.4.13, mmlu_pro version 3.1; the pattern that simple-evals publishes for MMLU, by Python's re",
        "decides": "mmlu-pro",
        "passes_from": 1,
        "checks": {
            "mmlu-pro": {"check": {"type": "iequals"}, "pipeline": ["reasoning-split", {"type": "regex", "pattern": professional}]},
            "simple-evals": {"check": {"type": "equals"}, "pipeline": ["reasoning-split", {"type": "regex", "pattern": simple}]},
        },
    }
    rows = []
    for answer in LETTERS:
        found = regex(professional).apply([[answer]], [{}])[0][0]
        score = exact([found], ["C"], ignore_case=True, ignore_punctuation=True)["exact_match"]
        match = re.search(simple, answer)
        row = {"answer": answer, "expect": "C"}
        row["scores"] = {"mmlu-pro": float(score), "simple-evals": float(match is not None and match[1] == "C")}
        row["gives"] = {"mmlu-pro": None if found == "[invalid]" else found, "simple-evals": match[1] if match else None}
        rows.append(row)
    common.write("multiple_choice", head, rows)


gsm8k()
math()
multiple_choice()
