"""Writes overlap.jsonl, rouge.jsonl, error_rate.jsonl and squad.jsonl: what sacreBLEU, rouge_score, jiwer (also behind
whisper's normalisers) and the SQuAD script (as transformers has it) say of the answers in prose.py.

    pip install sacrebleu==2.6.0 rouge_score==0.1.2 jiwer==4.0.0 regex more-itertools
    pip download --no-deps transformers==4.46.3 openai-whisper==20250625      and unpack the second
    python make_overlap.py UNPACKED [HOW_MANY_RANDOM_ANSWERS]
"""

import collections
import re
import string
import sys

sys.path.insert(0, f"{sys.argv[1]}/whisper")  # its __init__.py would load a deep learning stack

import jiwer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF

import normalizers

import common
import prose

SPOKEN = [
    ("Mr. Smith's colour TV cost $20 million, uh, ALL RIGHT?", "mister smith is color tv cost 20 million dollars alright"),
    ("it was twenty one point five percent", "It was 21.5 %, right?"), ("[noise] um, hello?", "hello"), ("hello", "(laughs)"), ("", "Uh, um..."),
    ("he won't organise it", "He will not organize it."), ("nineteen eighty four", "1984"), ("five dollars and seven cents", "$5.07"), ("naïve café", "naive cafe"),
    ("two two two", "222"), ("the whitepaper", "The white paper."),
]  # fmt: skip


def as_value(references):
    return references[0] if len(references) == 1 else references


def by_references(pairs):
    groups = collections.defaultdict(list)
    for answer, references in pairs:
        groups[len(references)].append((answer, references))
    return groups


def streams(group):
    return [answer for answer, _ in group], [list(column) for column in zip(*(references for _, references in group))]


def by_controls(answer, references, scores, again):
    """{check: "controls"} for the scores that another idea of white space changes; `again` scores the texts without them."""
    plain_answer, *plain = prose.without_controls([answer, *references])
    if (plain_answer, plain) == (answer, references):
        return {}
    changed = again(plain_answer, plain)
    return {name: "controls" for name in scores if abs(scores[name] - changed[name]) > 1e-9}


def overlap(pairs):
    checks = {
        "bleu": ({}, BLEU(effective_order=True), BLEU()),
        "bleu lower": ({"lower": True}, BLEU(lowercase=True, effective_order=True), BLEU(lowercase=True)),
        "bleu-2": ({"max_n": 2}, BLEU(max_ngram_order=2, effective_order=True), BLEU(max_ngram_order=2)),
        "chrf": ({}, CHRF(), CHRF()),
        "chrf++": ({"word_order": 2}, CHRF(word_order=2), CHRF(word_order=2)),
        "chrf beta 1": ({"beta": 1}, CHRF(beta=1), CHRF(beta=1)),
    }

    def scored(answer, references):
        return {name: sentence.sentence_score(answer, references).score / 100 for name, (_, sentence, _) in checks.items()}

    def differing(answer, references):
        return by_controls(answer, references, scored(answer, references), scored)

    head = {"reference": "sacrebleu 2.6.0", "decides": "bleu", "passes_from": 0.5, "checks": {}, "corpus": {}}
    head["differences"] = {"controls": CONTROLS}
    for name, (options, _, corpus) in checks.items():
        head["checks"][name] = {
            "check": {"type": name.split("-")[0].split(" ")[0].rstrip("+"), "threshold": 0, **options},
            "pipeline": ["reasoning-split"],
        }
        head["corpus"][name] = {
            str(count): corpus.corpus_score(*streams(group)).score / 100
            for count, group in by_references(pair for pair in pairs if name not in differing(*pair)).items()
        }
    rows = []
    for answer, references in pairs:
        row = {"answer": answer, "expect": as_value(references), "scores": scored(answer, references)}
        if found := differing(answer, references):
            row["differs"] = found
        rows.append(row)
    common.write("overlap", head, rows)


def rouge(pairs):
    head = {"reference": "rouge_score 0.1.2, nltk's stemmer", "decides": "rouge1", "passes_from": 0.75, "checks": {}}
    kinds = {
        "rouge1": {"type": "rouge-n"},
        "rouge2": {"type": "rouge-n", "n": 2},
        "rougeL": {"type": "rouge-l"},
        "rougeLsum": {"type": "rouge-l", "summary": True},
    }
    for name, check in kinds.items():
        head["checks"][name] = {"check": {**check, "threshold": 0}, "pipeline": ["reasoning-split"]}
        head["checks"][name + " stem"] = {"check": {**check, "threshold": 0, "stem": True}, "pipeline": ["reasoning-split"]}
    scorers = {"": rouge_scorer.RougeScorer(list(kinds)), " stem": rouge_scorer.RougeScorer(list(kinds), use_stemmer=True)}
    rows = []
    for answer, references in pairs:
        scores = {}
        for ending, scorer in scorers.items():
            for name, score in scorer.score_multi(references, answer).items():
                scores[name + ending] = float(score.fmeasure)
        rows.append({"answer": answer, "expect": as_value(references), "scores": scores})
    common.write("rouge", head, rows)


CONTROLS = "Python takes U+001C to U+001F for white space; here, as in Unicode's White_Space, they are none."
LINES = "jiwer takes a single line break, tab or no-break space for a letter of a word; here each is white space between words."


def measured(process, prepared, references, answers):
    """jiwer's rate, and [errors, length of the references]."""
    result = process([prepared(text) for text in references], [prepared(text) for text in answers])
    rate = result.wer if process is jiwer.process_words else result.cer
    wrong = result.substitutions + result.deletions
    return rate, [wrong + result.insertions, wrong + result.hits]


def one_blank(text):
    """What no word rule can disagree about."""
    return re.sub(r"[^\S\x1c-\x1f]+", " ", text).strip(" ")


def error_rate(pairs):
    """Each pair as it is, and once more with single blanks where that is another text; what is said aloud at the end."""
    singles = []
    for answer, references in pairs:
        for one in references[:1]:
            singles.append((answer, one))
            if (one_blank(answer), one_blank(one)) != (answer.strip(), one.strip()):
                singles.append((one_blank(answer), one_blank(one)))
    singles += [("", ""), ("a word", ""), ("", "a word"), ("  ", "a"), *SPOKEN]
    english, basic = normalizers.EnglishTextNormalizer(), normalizers.BasicTextNormalizer()
    measures = {
        "wer": (jiwer.process_words, str),
        "cer": (jiwer.process_characters, str),
        "wer whisper-en-1": (jiwer.process_words, english),
        "cer whisper-en-1": (jiwer.process_characters, english),
        "wer whisper-basic-1": (jiwer.process_words, basic),
    }
    head = {"reference": "jiwer 4.0.0, openai-whisper 20250625", "decides": "wer", "passes_from": 0.5, "checks": {}, "corpus": {}}
    head["differences"] = {"lines": LINES, "controls": CONTROLS}
    for name in measures:
        kind, *normalizer = name.split(" ")
        check = {"type": kind, "weight": 0, "empty_ref": "count"}
        if normalizer:
            check["normalizer"] = normalizer[0]
        head["checks"][name] = {"check": check, "pipeline": ["reasoning-split"]}
    rows = []
    kept = {name: [] for name in measures}
    for answer, reference in singles:
        row = {"answer": answer, "expect": reference, "scores": {}, "errors": {}}
        for name, measure in measures.items():
            rate, errors = measured(*measure, [reference], [answer])
            row["scores"][name] = max(0, 1 - rate)
            row["errors"][name] = errors

            def again(*texts):
                return measured(*measure, *([text] for text in texts))[1]

            if " " not in name and again(*prose.without_controls([reference, answer])) != errors:
                row.setdefault("differs", {})[name] = "controls"
            elif name == "wer" and again(one_blank(reference), one_blank(answer)) != errors:
                row.setdefault("differs", {})["wer"] = "lines"
            else:
                kept[name].append((reference, answer))
        rows.append(row)
    head["corpus"] = {name: {"1": measured(*measure, *zip(*kept[name]))[0]} for name, measure in measures.items()}
    common.write("error_rate", head, rows)


def squad(pairs):
    script = common.taken_from(
        common.wheel("transformers"),
        "transformers/data/metrics/squad_metrics.py",
        ["normalize_answer", "get_tokens", "compute_exact", "compute_f1"],
        {"re": re, "string": string, "collections": collections},
    )
    more = [
        ("a", ["a"]), ("the", [""]), ("Paris.", ["paris"]), ("paris france", ["Paris, France", "Paris"]),
        ("The Eiffel Tower!", ["eiffel tower"]), ("the tower of Eiffel in Paris", ["Eiffel Tower"]),
        ("thé à la menthe", ["the a la menthe"]), ("vitamin a", ["vitamin"]), ("a\u0301 la carte", ["la carte"]),
        ("«the» book", ["book"]), ("¡a la playa!", ["la playa"]), ("the\u00a0end", ["end"]), ("the_end", ["end", "theend"]),
        ("¾ of an inch", ["¾ of inch"]), ("x²a", ["x²"]), ("日本the本", ["日本本"]), ("no", ["yes", "no idea", "NO!"]),
        ("١٢٣ a", ["١٢٣"]), ("ΟΔΥΣΣΕΥΣ", ["οδυσσευς"]), ("an-other", ["another"]), ("a.an.the", ["aanthe"]),
    ]  # fmt: skip
    head = {
        "reference": "SQuAD 2.0's script as in transformers 4.46.3 (data/metrics/squad_metrics.py)",
        "decides": "f1",
        "passes_from": 1,
        "checks": {
            "exact": {"check": {"type": "exact"}, "pipeline": ["reasoning-split"]},
            "f1": {"check": {"type": "f1", "threshold": 0}, "pipeline": ["reasoning-split"]},
        },
    }
    head["differences"] = {"controls": CONTROLS}

    def scored(answer, references):
        return {name: max(script[f"compute_{name}"](one, answer) for one in references) for name in ("exact", "f1")}

    rows = []
    for answer, references in pairs + more:
        row = {"answer": answer, "expect": as_value(references), "scores": scored(answer, references)}
        if found := by_controls(answer, references, row["scores"], scored):
            row["differs"] = found
        rows.append(row)
    common.write("squad", head, rows)


def main():
    pairs = prose.pairs(int(sys.argv[2]) if len(sys.argv) > 2 else 45)
    overlap(pairs)
    rouge(pairs)
    error_rate(pairs)
    squad(pairs)


main()
