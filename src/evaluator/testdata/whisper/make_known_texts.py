"""Writes known_texts.jsonl: texts, and what the normalisers of openai-whisper make of them.

    pip install regex more-itertools
    pip download openai-whisper==20250625 --no-deps --no-binary :all:     and unpack it
    python make_known_texts.py UNPACKED/whisper > known_texts.jsonl

Only whisper/normalizers is loaded; nothing of it needs torch or a model. The seed is fixed.
"""

import importlib.util
import json
import pathlib
import random
import sys

HAND = [
    "Mr. Smith's colour TV cost $20 million.",
    "Uh, I won't go (laughs) to the Wi-Fi meeting at 3:30 p.m.",
    "It was twenty-one point five percent, ah, right?",
    "[noise] The B B C said nineteen sixty eight.",
    "she's got 1,234.50 euros",
    "Mr. Smith's colour TV cost $20 million, uh, ALL RIGHT?",
    "mister smith is color tv cost 20 million dollars alright",
    "", " ", "...", "?!", "'", "\"quoted\" — and dashed–words",
    "one oh one", "nineteen eighty four", "two thousand and twenty", "one hundred and one dalmatians",
    "double oh seven", "triple five", "double trouble", "point five", "three point one four one five nine",
    "two and a half million", "two and a half", "and a half", "hundred and a half of it", "a dog and a half",
    "minus five degrees", "negative feedback", "plus 1.5", "positive ten", "minus minus two",
    "five dollars and seven cents", "$2 and ¢7", "$2 ¢70", "twenty cents", "0.5 dollars", "$0.07", "$0.020", "$0.00",
    "seventy per cent", "seventy per head", "per cent", "5%", "50 %", "100 percent sure", "% of $ and ¢",
    "first second third fourth fifth sixth ninth nineth twelfth twentieth thirty first", "the twenties", "two hundreds",
    "1 st and 2 nd, 3rd; 60 s, the 1960s", "ones and twos", "1", "1s", "11", "a1b2", "1,2,3", "1,000,000", "1.000.000",
    "127.0.0.1", "one two seven point zero point zero point one", "10.50", "5.00 euros", "007", "0 hundred", "zero million",
    "nine hundred ninety nine decillion nine hundred ninety nine nonillion and one", "one point five hundredths",
    "one thousand thousand", "1.5 million", "1.55 hundred", "1.555 hundred", "five hundred thousandth",
    "I'd've done it", "he'd been, she's been, he'd gone, she's gone, I'd done", "y'all wanna, gotta, gonna", "I 'm here",
    "ma'am, I'ma go; imma stay", "St. John's Dr. Who, Prof. X, Capt. Hook, Gov. Y, Gen. Z", "Esq. Jr. Sr. Hon. Asst.",
    "can't won't don't ain't let's", "isn’t — curly", "Ünïcödé naïve café œuvre Øresund straße Þór Łódź đ ð",
    "ﬁne ① ² ½ ＡＢＣ １２３", "٣ ٣٫٥ १२", "日本語 の テキスト", "Привет, МИР!", "e\u0301t\u00e9 e\u0308", "a\u200bb", "tab\tnew\nline\r\n",
    "(a) (b (c) d)", "<unk> [x] <y] [z> (", "[[a]]", "()", "(())", "<>", "$abc ¢x £ €", "3.", ".5", "5.x", "x.5", "$5 $6.", "$1.23.45",
    "grey theatre programme, aluminium aeroplane; organise the catalogue", "cancelled travelling jewellery",
    "four hundred and", "and four hundred", "hundred hundred", "hundredth", "millions and billions", "oh no", "o", "zero zero seven",
    "twenty twenty", "twenty ten", "ten twenty", "twenty five hundred", "nineteen hundred and five", "thirteen fourteen", "thirty-two thirds",
    "one twenty three", "five six seven", "a hundred million dollars", "three pounds", "pounds", "sixty five euros and ten cents",
    "İstanbul", "ΌΣΟΣ", "_under_score_", "5_000", "x²", "10km 5kg 3d", "2nd 3st 4s", "\x1c\x1d separators \x1f here", "no. 1", "p.m", "1.2.3",
]
WORDS = """zero oh o one two three four five six seven eight nine ten eleven twelve thirteen nineteen twenty thirty ninety
hundred thousand million billion decillion hundreds thousandth first second third fifth ninth twelfth twentieth twenties ones sixes
minus negative plus positive pound pounds euros dollar dollars cent cents per percent and double triple point and a half
the of dog colour theatre uh mm hmm mr dr st won't he's it'll they've I'm n't 's o'clock 0 1 2 7 10 25 100 1.5 0.07 3.14 1,000 $5 £3 €0.50 ¢9
5% % . , - ( ) [ ] < > 1st 2nd 60s a1 café NASA""".split()


def load(folder):
    package = importlib.util.spec_from_file_location("normalizers", folder / "normalizers/__init__.py",
                                                     submodule_search_locations=[str(folder / "normalizers")])
    module = importlib.util.module_from_spec(package)
    sys.modules["normalizers"] = module
    package.loader.exec_module(module)
    return module


def main():
    whisper = load(pathlib.Path(sys.argv[1]))
    english, basic = whisper.EnglishTextNormalizer(), whisper.BasicTextNormalizer()
    draw = random.Random(7)
    texts = HAND + [" ".join(draw.choices(WORDS, k=draw.randint(2, 9))) for _ in range(900)]
    texts += ["".join(draw.choices("ab1 0.,$%¢€'()[]<>-st", k=draw.randint(3, 16))) for _ in range(300)]
    for text in texts:
        print(json.dumps({"text": text, "english": english(text), "basic": basic(text)}, ensure_ascii=False))


main()
