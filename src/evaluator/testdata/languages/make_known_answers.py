"""Writes known_answers.jsonl: the answers of answers.py, and the language that IFEval's reference finds in each.

    pip install langdetect==1.0.9
    python make_known_answers.py > known_answers.jsonl

The reference asks langdetect, which draws at random: `detect` is its answer with the seed 0, `others` how often seeds 1 to 20
gave another one. null: it refuses to answer, which IFEval counts as followed. `ours` and `differs` stand where assay finds
another language, and why.
"""

import collections
import json

import answers
import langdetect

SEEDS = range(1, 21)


def detect(text, seed):
    langdetect.DetectorFactory.seed = seed
    try:
        return langdetect.detect(text)
    except langdetect.LangDetectException:
        return None


def main():
    print(json.dumps({"reference": "langdetect 1.0.9, seed 0", "detector": "cld2-V2.0-20141016"}))
    for kind, rows in answers.ANSWERS.items():
        for asked, text, *difference in rows:
            row = {"kind": kind, "asked": asked, "text": text, "detect": detect(text, 0)}
            found = collections.Counter(str(detect(text, seed)) for seed in SEEDS)
            del found[str(row["detect"])]
            if found:
                row["others"] = dict(sorted(found.items()))
            if difference:
                row["ours"], row["differs"] = difference
            print(json.dumps(row, ensure_ascii=False))


main()
