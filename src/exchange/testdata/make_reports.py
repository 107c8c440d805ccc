#!/usr/bin/env python3
"""Writes the reports beside it: one small report of three cases and two models, and changes of it.

  python3 make_reports.py
"""

import copy
import json
import pathlib

HERE = pathlib.Path(__file__).parent


def total(values):
    """Neumaier's sum, as Python's sum() from 3.12 on."""
    s = c = 0.0
    for x in values:
        t = s + x
        c += (s - t) + x if abs(s) >= abs(x) else (x - t) + s
        s = t
    return s + c if c else s


def mean(values):
    return total(values) / len(values)


CASES = [({"x": 1, "y": 2}, "3"), ({"x": 2, "y": 2.0}, "4.0"), ({}, "9")]
BASE_PROMPT = "Add {{x}} and {{y}}. Print the sum.\n"
PROMPTS = ["Add 1 and 2. Print the sum.\n", "Add 2 and 2.0. Print the sum.\n", BASE_PROMPT]
L, C = "ollama~tiny:1b", "openai~cloud-x"
#     model, index, expected, result, tps, total, load, cost, errored, correct
ROWS = [(L, 1, "3", "3.0", 40.1, 700.1, 600.2, 0.0, None, True),
        (L, 2, "4.0", "five", 40.2, 100.2, 0.1, 0.0, None, False),
        (L, 3, "9", "Error: x", 0.0, 0.0, 0.0, 0.0, True, False),
        (C, 1, "3", "3.0", 0.0, 812.0, 0.0, 0.00012, None, True),
        (C, 2, "4.0", "4.0", 0.0, 640.0, 0.0, 0.000121, None, True),
        (C, 3, "9", "9.0", 0.0, 905.0, 0.0, 0.000119, None, True)]


def result(row):
    label, index, expected, executed, tps, duration, load, cost, errored, correct = row
    return {"prompt_response": {"response": f"print({executed!r})", "tokens_per_second": tps,
                                "provider": label.split("~")[0], "total_duration_ms": duration,
                                "load_duration_ms": load, "inputAndOutputCost": cost, "errored": errored},
            "execution_result": executed, "expected_result": expected, "input_prompt": PROMPTS[index - 1],
            "model": label, "correct": correct, "index": index}


def with_figures(report):
    def averages(items):
        return {f"average_{name}": mean([item[name] for item in items])
                for name in ("tokens_per_second", "total_duration_ms", "load_duration_ms")}
    for model in report["models"]:
        results = model["results"]
        correct = sum(one["correct"] for one in results)
        model |= {"correct_count": correct, "incorrect_count": len(results) - correct,
                  "accuracy": correct / len(results)}
        model |= averages([one["prompt_response"] for one in results])
        model["total_cost"] = total([one["prompt_response"]["inputAndOutputCost"] for one in results])
    models = report["models"]
    correct = sum(model["correct_count"] for model in models)
    wrong = sum(model["incorrect_count"] for model in models)
    report |= {"overall_correct_count": correct, "overall_incorrect_count": wrong,
               "overall_accuracy": correct / (correct + wrong)}
    for name in ("tokens_per_second", "total_duration_ms", "load_duration_ms"):
        report[f"average_{name}"] = mean([model[f"average_{name}"] for model in models])
    return report


def base():
    return with_figures({
        "benchmark_name": "Unit sums: A/B", "purpose": "Little sums – über alles", "base_prompt": BASE_PROMPT,
        "prompt_iterations": [{"dynamic_variables": variables, "expectation": expectation}
                              for variables, expectation in CASES],
        "models": [{"model": label, "results": [result(row) for row in ROWS if row[0] == label]}
                   for label in (L, C)]})


def second_generation():
    report = base()
    del report["prompt_iterations"]
    for model in report["models"]:
        del model["total_cost"]
        for one in model["results"]:
            del one["prompt_response"]["inputAndOutputCost"]
    return report


def write(name, report):
    text = json.dumps(report, indent=4, ensure_ascii=False) + "\n"
    (HERE / f"{name}.json").write_text(text, encoding="utf-8")


def main():
    write("i01_base_20260102_030405", base())
    write("i02_second_generation", second_generation())
    report = second_generation()
    del report["base_prompt"]
    for model in report["models"]:
        model["model"] = model["model"].split("~")[1]
    write("i03_first_generation", report)
    report = base()
    report["models"][0]["results"][1]["correct"] = True
    write("i04_verdict_changed", report)
    report = base()
    report["models"][0]["average_tokens_per_second"] = 26.7
    write("i05_mean_changed", report)
    report = base()
    report["models"][0]["results"][1]["prompt_response"]["tokens_per_second"] = None
    write("i06_speed_unknown", report)
    report = base()
    report["models"][0]["results"] += copy.deepcopy(report["models"][0]["results"])
    write("i07_repetitions", with_figures(report))
    report = base()
    del report["models"][1]["results"][1:]
    write("i08_unequal_rows", with_figures(report))
    report = base()
    report["models"] = {}
    write("fail_i09_models_object", report)
    report["models"] = []
    write("fail_i09_models_empty", report)
    report = base()
    del report["benchmark_name"]
    write("fail_i09_no_name", report)
    report = base()
    del report["models"][1]["results"][2]["expected_result"]
    write("fail_i09_no_expected", report)
    report = base()
    report["models"][0]["results"][0]["correct"] = "true"
    write("fail_i09_correct_text", report)
    report = base()
    report["models"][0]["model"] = "ollama~ollama:tiny:1b"
    write("i10_provider_twice", report)
    write("i11_no_such_date_20261301_000000", base())
    report = base()
    report["z"] = {"list": [1, 1.50, None], "e": 1e5}
    report["models"][0]["z"] = True
    report["models"][0]["results"][0]["z"] = "kept\u00a0"
    report["models"][0]["results"][0]["prompt_response"]["z"] = -0.0
    report["prompt_iterations"][0]["z"] = []
    write("i12_unknown_keys", report)
    report = base()
    report["models"][0]["results"][0]["prompt_response"] |= {"tokens_per_second": "40.1", "errored": 1}
    report["models"][0]["results"][1]["index"] = 1.5
    report["models"][0]["results"][2]["prompt_response"] = "none"
    report["overall_accuracy"] = {"not": "a number"}
    report["models"].append(copy.deepcopy(report["models"][1]))
    report["assay"] = 5
    write("wrong_kinds", report)
    report = base()
    report["models"][1]["results"] = []
    write("no_results", report)
    report = base()
    for model in report["models"]:
        numbers = [one["prompt_response"]["total_duration_ms"] for one in model["results"]]
        model["average_total_duration_ms"] = (numbers[0] + numbers[1] + numbers[2]) / 3
    report["models"][0]["results"][0]["prompt_response"]["load_duration_ms"] = 0.1
    report["models"][0]["results"][1]["prompt_response"]["load_duration_ms"] = 0.2
    report["models"][0]["results"][2]["prompt_response"]["load_duration_ms"] = 0.3
    report["models"][0]["average_load_duration_ms"] = (0.1 + 0.2 + 0.3) / 3
    report["average_load_duration_ms"] = ((0.1 + 0.2 + 0.3) / 3 + 0.0) / 2
    write("plain_sums", report)
    report = base()
    text = json.dumps(report, indent=4, ensure_ascii=False)
    (HERE / "fail_nan.json").write_text(text.replace("40.2", "NaN"), encoding="utf-8")
    (HERE / "fail_out_of_range.json").write_text(text.replace("40.2", "1e999"), encoding="utf-8")
    (HERE / "fail_cut.json").write_text(text[:400], encoding="utf-8")
    (HERE / "fail_latin1.json").write_bytes(text.encode("utf-8").replace("ü".encode(), b"\xfc"))
    (HERE / "fail_deep.json").write_text("[" * 300 + "]" * 300, encoding="utf-8")
    (HERE / "fail_error_page.json").write_text('{"error": "no models"}', encoding="utf-8")


main()
