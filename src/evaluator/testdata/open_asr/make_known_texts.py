"""Writes known_texts.jsonl: texts, and what the normaliser of the Open ASR Leaderboard makes of them.

    pip install regex more-itertools
    pip download openai-whisper==20250625 --no-deps --no-binary :all:     and unpack it
    python make_known_texts.py UNPACKED/whisper > known_texts.jsonl

The leaderboard is no package. Its normaliser of August 2026 is whisper's program with other lists and three more steps; so
numbers, symbols and contractions are whisper's own code here, and the lists are those that assay ships (open_asr_words.json).
The seed is fixed.
"""

import importlib.util
import json
import pathlib
import random
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LISTS = json.loads((HERE / "../../open_asr_words.json").read_text())

HAND = [
    "Mr. Smith's colour TV cost $20 million.",
    "Uh, I won't go (laughs) to the Wi-Fi meeting at 3:30 p.m.",
    "It was twenty-one point five percent, ah, right?",
    "[noise] The B B C said nineteen sixty eight.",
    "she's got 1,234.50 euros",
    "Mr. Smith's colour TV cost $20 million, uh, ALL RIGHT?",
    "mister smith is color tv cost 20 million dollars alright",
    "", " ", "uh", "Ah, um - ehehe!", "the umbrella hums, ahead of the emu", "hum hmmm mhm mmmm",
    "it's he's she's what's that's who's here's there's how's when's where's why's this's", "dog's James' let's 's it 's", "This's Who's",
    "it's been, she's gone, dog's been, cat's got", "e-mail, E-mail; e mails, email", "a.m. and p.m., A M, am", "I am a m", "ok O.K. o k kay",
    "et cetera etcetera et   cetera", "all right alright al right all rights", "how ever however", "x-ray t-shirt sci-fi hi-fi lo-fi",
    "5 g and 4 k", "a b", "a b c", "i a", "b i", "b b", "a", "i o u", "a 5", "2 a 5", "five a", "é b", "½ b", "Ⅷ x", "〇 x", "x ² y", "$ a %",
    "U.S. and U.S.A. and u s", "the u k is a b c", "$5 b c", "one b two", "oh a b", "A. A. Milne", "J. R. R. Tolkien", "r 2 d 2",
    "Alan, Allan and Allen", "Katherine's Stephen", "MacDonald Mohamed", "Mark Marc", "archaeology archaeological archeological",
    "cancellation cancelation", "flyer flier", "travelogue travelog", "pummelled pummelling snowploughs", "mm mmm", "Micheal 's 5 dollars",
]
SOUNDS = "a b c i é 1 2 0 s x . ' - $ %".split()
PLAIN = """the of dog ran twenty one oh five hundred point and minus percent dollars isn't i'm they're we've 1st 2 5% $5 €3 3.14
(laughs) [noise] , ! — wi-fi e-mail p.m. U.S.A. it's dog's that's x 5 g Å""".split()


def load(folder):
    package = importlib.util.spec_from_file_location("normalizers", folder / "normalizers/__init__.py",
                                                     submodule_search_locations=[str(folder / "normalizers")])
    module = importlib.util.module_from_spec(package)
    sys.modules["normalizers"] = module
    package.loader.exec_module(module)
    return sys.modules["normalizers.english"]


class OpenAsr:
    def __init__(self, english):
        whisper = english.EnglishTextNormalizer()
        self.symbols = english.remove_symbols_and_diacritics
        self.numbers = whisper.standardize_numbers
        self.spelling = dict(whisper.standardize_spellings.mapping)
        for word in LISTS["spelling_of_whisper_only"]:
            del self.spelling[word]
        self.spelling.update(LISTS["spelling_beyond_whisper"])
        fillers, pronouns = "|".join(LISTS["fillers"]), "|".join(LISTS["is_after"])
        self.early = [(r"[<\[][^>\]]*[>\]]", ""), (r"\(([^)]+?)\)", ""), (rf"\b({fillers})\b", ""), (r"\s+'", "'")]
        for pattern, text in whisper.replacers.items():
            self.early.append((rf"\b({pronouns})'s\b", r"\1 is") if pattern == r"'s\b" else (pattern, text))
        self.early += [(r"(\d),(\d)", r"\1\2"), (r"\.([^0-9]|$)", r" \1")]
        self.compounds = [(r"\b" + r"\s+".join(words.split()) + r"\b", joined) for words, joined in LISTS["compounds"]]

    def __call__(self, text):
        text = self.symbols(replace(self.early, text.lower()), keep=".%$¢€£")
        words = self.numbers(replace(self.compounds, text)).split()
        for other in (self.spelling, LISTS["names"]):
            words = [other.get(word, word) for word in words]
        text = " ".join(join_single(words))
        return replace([(r"[.$¢€£]([^0-9])", r" \1"), (r"([^0-9])%", r"\1 "), (r"\s+", " ")], text)


def replace(rules, text):
    for pattern, other in rules:
        text = re.sub(pattern, other, text)
    return text


def join_single(words):
    joined, run = [], []
    for word in words + [""]:
        if len(word) == 1 and word.isalnum():
            run.append(word)
            continue
        enough = len(run) >= (3 if {"a", "i"} & set(run) else 2)
        joined += ["".join(run)] if enough else run
        joined += [word] if word else []
        run = []
    return joined


def main():
    normalise = OpenAsr(load(pathlib.Path(sys.argv[1])))
    words = PLAIN + LISTS["fillers"] + [part for words, _ in LISTS["compounds"] for part in words.split()]
    words += list(LISTS["names"])[::5] + list(normalise.spelling)[::40]
    draw = random.Random(7)
    texts = HAND + [" ".join(draw.choices(words, k=draw.randint(2, 9))) for _ in range(700)]
    texts += [" ".join(draw.choices(SOUNDS, k=draw.randint(2, 9))) for _ in range(200)]
    texts += [" ".join(LISTS["names"]), " ".join(LISTS["spelling_beyond_whisper"]), " ".join(LISTS["spelling_of_whisper_only"])]
    for text in texts:
        print(json.dumps({"text": text, "gives": normalise(text)}, ensure_ascii=False))


main()
