"""Writes vqa.jsonl, anls.jsonl and relaxed_number.jsonl: what the harness lmms-eval, the package anls and the VQA evaluation's
own cleaning (as LAVIS has it) say of short answers, our own words.

    pip install anls==0.0.2
    pip download --no-deps lmms-eval==0.7.3 salesforce-lavis==1.0.2
    python make_short_answers.py
"""

import re
import statistics

from anls import anls_score

import common

# people's answers, answers of a model
PEOPLE = [
    (["yes"] + ["no"] * 9, ["yes", "no", "Yes.", "maybe", ""]),
    (["yes"] * 10, ["yes", "Yes", "no", "yes.", "yes\n"]),
    (["2", "2", "two"] + ["3"] * 7, ["Two", "2.", "three", "3", "23"]),
    (["red bus"] * 4 + ["bus"] * 6, ["the red bus.", "a bus", "Red  Bus", "bus, red", "red-bus"]),
    (["1000"] * 5 + ["1,000"] * 4 + ["1,,000"], ["1,000", "1000", "1 000", "1,,000", "1.000", "1,000 - 2"]),
    (["don't know"] * 3 + ["x"] * 7, ["dont know", "Don't know!", "do not know", "DONT know"]),
    (["3.5"] * 9 + ["3"], ["3.5", "3.5.", "3. 5", ".5", "3 .5"]),
    (["red/blue"] * 6 + ["red and blue"] * 4, ["red/blue", "red blue", "red / blue", "red and blue", "redblue"]),
    (["none"] * 5 + ["0"] * 5, ["none", "zero", "0", "None of them", "o"]),
    (["café"] * 8 + ["coffee shop"] * 2, ["CAFÉ", "café", "cafe", "Coffee-Shop"]),
    (["joe's diner"] * 6 + ["joes diner"] * 4, ["Joe's Diner", "joes diner", "joe 's diner", "Joe’s diner"]),
    (["a"] * 7 + ["an a"] * 3, ["a", "A", "the", "an"]),
    (["st. mary's"] * 5 + ["saint marys"] * 5, ["St. Mary's", "st marys", "st mary's", "st.mary's"]),
    (["left; right"] * 5 + ["left right"] * 5, ["left;right", "left ; right", "left, right?", "(left) [right]"]),
    (["10:30"] * 8 + ["half past ten"] * 2, ["10:30", "10:30 am", "half past 10", "10-30"]),
    (["he's"] * 5 + ["hes"] * 5, ["hes", "he's", "HES", "he s"]),
    (["..."] * 5 + ["?"] * 5, ["...", "?", "!", ""]),
    (["somebody'd"] * 6 + ["somebodyd"] * 4, ["somebody'd", "somebodyd", "Somebody'd"]),
    (["x"] * 2, ["x", "y"]),
    (["Yes ", " yes", "yes"] + ["no"] * 7, ["yes", " yes ", "\tyes\n"]),
    (["two dogs"] * 5 + ["2 dogs"] * 5, ["2 dogs", "two dogs", "two-dogs", "dogs " * 30]),
]

COMMAS = "lmms-eval takes several commas between digits for one; here, as in the VQA evaluation's own script, they are none."
TYPES = ["vqa-v2", "always", "evalai"]


def accuracy(people, answer):
    """The mean over the lists that lack one person."""
    shares = []
    for at in range(len(people)):
        same = sum(other == answer for i, other in enumerate(people) if i != at)
        shares.append(min(1.0, same / 3))
    return statistics.mean(shares)


def stripped(text):
    return text.replace("\n", " ").replace("\t", " ").strip()


def vqa():
    lavis = common.taken_from(
        common.wheel("salesforce_lavis"), "lavis/common/vqa_tools/vqa_eval.py", ["VQAEval"], {"re": re, "sys": None}
    )
    script = lavis["VQAEval"]()
    harness = common.taken_from(
        common.wheel("lmms_eval"), "lmms_eval/tasks/_task_utils/vqa_eval_metric.py", ["EvalAIAnswerProcessor"], {"re": re}
    )["EvalAIAnswerProcessor"]
    given = {"EvalAIAnswerProcessor": harness, "statistics": statistics}
    always = common.taken_from(
        common.wheel("lmms_eval"), "lmms_eval/tasks/vqav2/utils.py", ["vqav2_process_results"], dict(given)
    )["vqav2_process_results"]
    text_vqa = common.taken_from(
        common.wheel("lmms_eval"), "lmms_eval/tasks/textvqa/utils.py", ["textvqa_process_results"], dict(given)
    )["textvqa_process_results"]

    def cleaned(text):
        return script.processDigitArticle(script.processPunctuation(text))

    def guarded(people, answer):
        """The script's evaluate(): nobody's text is cleaned when all people say the same."""
        people, answer = [stripped(one) for one in people], stripped(answer)
        if len(set(people)) > 1:
            people, answer = [cleaned(one) for one in people], cleaned(answer)
        return accuracy(people, answer)

    def unguarded(people, answer):
        answers = [{"answer": one, "answer_id": i} for i, one in enumerate(people)]
        return always({"answers": answers, "question_id": 0}, [answer])["exact_match"]

    def evalai(people, answer):
        return text_vqa({"answers": list(people), "question_id": 0}, [answer])["exact_match"]

    head = {
        "reference": "VQA evaluation's cleaning as in LAVIS 1.0.2 behind the guard of its evaluate(); lmms-eval 0.7.3",
        "decides": "vqa-v2",
        "passes_from": 0.5,
        "checks": {
            "vqa-v2": {"check": {"type": "vqa", "threshold": 0}, "pipeline": ["reasoning-split"]},
            "always": {"check": {"type": "vqa", "threshold": 0, "guard": False}, "pipeline": ["reasoning-split"]},
            "evalai": {"check": {"type": "vqa", "threshold": 0, "processor": "evalai"}, "pipeline": ["reasoning-split"]},
        },
        "differences": {"commas": COMMAS},
    }
    rows = []
    for at, (people, answers) in enumerate(PEOPLE):
        others = ["something else", PEOPLE[(at + 7) % len(PEOPLE)][0][0]]
        for answer in answers + others:
            scores = {"vqa-v2": guarded(people, answer), "always": unguarded(people, answer), "evalai": evalai(people, answer)}
            row = {"answer": answer, "expect": people, "scores": scores}
            # Both sides of the question hold the text that is read in two ways.
            people_clean, answer_clean = [cleaned(stripped(one)) for one in people], cleaned(stripped(answer))
            if scores["always"] != accuracy(people_clean, answer_clean):
                row["differs"] = {"always": "commas"}
            rows.append(row)
    common.write("vqa", head, rows)


ANLS = [
    (["Acme Ltd"], ["acme limited", "ACME  LTD", "Acme Ltd.", "acme", "", "The answer is Acme Ltd"]),
    (["abcdefg"], ["abc", "abcd", "abcdefg", "ABCDEFG ", "gfedcba"]),
    (["12 May 2019", "May 12, 2019"], ["12 may 2019", "may 12 2019", "12/05/2019", "2019", "12  May\n2019"]),
    (["$1,234.50"], ["$1,234.50", "1234.50", "$1,234", "1,234.50 dollars", "$ 1 , 2 3 4 . 5 0"]),
    (["straße"], ["STRASSE", "straße", "Straße", "strasse"]),
    (["Maß"], ["Mas", "Maß", "mass", "Spaß", "Maßband"]),
    (["ΟΔΥΣΣΕΥΣ"], ["οδυσσευς", "οδυσσευσ", "odysseus"]),
    (["日本語の文書"], ["日本語の文書", "日本の文書", "文書"]),
    ([""], ["", "x", " "]),
    (["a"], ["a", "b", "ab", "aab"]),
    (["yes", "no"], ["Yes", "NO", "maybe", "yes no"]),
    (["  padded   text  "], ["padded text", "padded", "  padded   text  ", "p a d d e d"]),
    (["line\nbreak"], ["line break", "linebreak", "line\n\nbreak"]),
    (["no\u00a0break"], ["no break", "nobreak"]),
    (["e\u0301tude"], ["étude", "etude"]),
    (["word " * 60], ["word " * 60, "word " * 59, "sword " * 60, "other " * 60]),
    (["?!"], ["?!", "!?", "."]),
    (["half", "halves"], ["hal", "halv", "ha", "have"]),
]


def anls():
    given = common.taken_from(common.wheel("lmms_eval"), "lmms_eval/api/metrics.py", ["anls", "levenshtein_distance"], {})
    harness = given["anls"]

    def by_formula(answer, references, raw):
        """1 - distance / the longer text, as Biten 2019 has it."""
        best = 0
        for one in references:
            sides = [" ".join(text.strip().lower().split()) for text in (one, answer)]
            longest = max(map(len, [one, answer] if raw else sides))
            best = max(best, 1 - given["levenshtein_distance"](*sides) / longest if longest else 1)
        return best if best >= 0.5 else 0

    head = {
        "reference": "anls 0.0.2 (clean); lmms-eval 0.7.3, api/metrics.py (raw)",
        "decides": "clean",
        "passes_from": 0.8,
        "checks": {
            "clean": {"check": {"type": "anls", "threshold": 0}, "pipeline": ["reasoning-split"]},
            "raw": {"check": {"type": "anls", "threshold": 0, "length": "raw"}, "pipeline": ["reasoning-split"]},
        },
        "differences": {"half": HALF, "sharp s": SHARP},
    }
    rows = []
    for references, answers in ANLS:
        for answer in answers:
            scores = {"clean": anls_score(answer, references), "raw": harness(references, [answer])["anls"]}
            row = {"answer": answer, "expect": references[0] if len(references) == 1 else references, "scores": scores}
            for name in scores:
                if abs(by_formula(answer, references, name == "raw") - scores[name]) > 1e-9:
                    upper = any(len(text.upper()) != len(text) for text in [answer, *references])
                    row.setdefault("differs", {})[name] = "sharp s" if upper else "half"
            rows.append(row)
    common.write("anls", head, rows)


SHARP = "The package anls and lmms-eval take lengths of the upper-case texts, where `ß` is two letters; here it is one."
HALF = "The package anls counts a similarity of exactly a half as 0; here it counts, as in DocVQA's script and lmms-eval."

CHARTS = [
    ("100", ["100", "105", "95", "106", "94.9", "105.0001", "1e2", "100%", "$100", "100.", "1,00", "about 100", ""]),
    ("50%", ["0.52", "52", "50%", "0.5", "50 %", "52.5%", "52.6%", "47.5%%", "fifty"]),
    ("0", ["0", "0.0", "-0", "0%", "1e-9", "zero"]),
    ("-12.5", ["-12.5", "-13", "12.5", "-13.2", "−12.5"]),
    ("2010", ["2010", "2013", "2115", "2010.0", "20_10", "MMX"]),
    ("Yes", ["yes", "Yes.", "YES", "no", "yes ", "true"]),
    ("1,050", ["1,050", "1050", "1,051", "1,050 "]),
    ("$5", ["$5", "5", "$5.00"]),
    ("nan", ["nan", "NaN", "1", "inf"]),
    ("inf", ["inf", "Infinity", "1e999", "5"]),
    ("3.14", ["3.14", "\x1c3.14", "3.14\x1f", "\u00a03.14\u2009", "3", "3.297", "3.3", "٣.١٤", "0x3", "3.14e0", " 3.14\n", "+3.14", "314e-2"]),
    ("Ünited Kingdom", ["ünited kingdom", "ÜNITED KINGDOM", "united kingdom", "UK"]),
    ("[3, 4]", ["[3, 4]", "[4, 3]", "3, 4"]),
    ("%", ["%", "", "0"]),
    ("0.05", ["5%", "0.0525", "0.0526", ".05", "5"]),
]


def relaxed():
    script = common.taken_from(common.wheel("lmms_eval"), "lmms_eval/tasks/chartqa/utils.py", ["relaxed_correctness"], {})
    head = {
        "reference": "lmms-eval 0.7.3, tasks/chartqa/utils.py",
        "decides": "relaxed-number",
        "passes_from": 1,
        "checks": {
            "relaxed-number": {"check": {"type": "relaxed-number"}, "pipeline": ["reasoning-split"]},
            "one in ten": {"check": {"type": "relaxed-number", "rel": 0.1}, "pipeline": ["reasoning-split"]},
        },
    }
    rows = []
    for target, answers in CHARTS:
        for answer in answers:
            scores = {
                "relaxed-number": float(script["relaxed_correctness"](answer, target)),
                "one in ten": float(script["relaxed_correctness"](answer, target, 0.1)),
            }
            rows.append({"answer": answer, "expect": target, "scores": scores})
    common.write("relaxed_number", head, rows)


vqa()
anls()
relaxed()
