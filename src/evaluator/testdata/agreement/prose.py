"""Answers and references in prose, our own words: written by hand for the nasty ones, and damaged at random for the rest."""

import random

LONG = "the river turns north behind the mill and then " * 40

# answer, references
WRITTEN = [
    ("The cat sat on the mat.", ["The cat is on the mat."]),
    ("A dog runs.", ["A small dog runs across the green field."]),
    ("the cat", ["the cats"]),
    ("", ["Something was expected here."]),
    ("Something came instead.", ["..."]),
    ("?!... --", ["Why would anybody do that?"]),
    ("?!...", ["?!..."]),
    ("same words here", ["same words here"]),
    ("It costs 3.5 euros, she said.", ["It costs 3.5 euros, he said.", "She said it costs 3.5 euros."]),
    ("Costs rose to 1,234.50 in 2021-2022.", ["Costs rose to 1234.50 in 2021 - 2022.", "They rose to 1,234.5."]),
    ("1,000 and 2.5% of 10,000,000", ["1000 and 2.5 % of 10,000,000"]),
    ("a a a a a a a a", ["a a b b", "a"]),
    ("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"]),
    ("one\ntwo\nthree", ["one two three"]),
    ("one two\n\n\nthree four\n", ["three four\none two"]),
    ("four five six.\none two three.", ["one two three.\nfour five six."]),
    ("The first line is here.\nThe second one is not.\nA third.", ["A third.\nThe first line was here.\nNothing else."]),
    ("tabs\tand  double   blanks", ["tabs and double blanks"]),
    ("  leading and trailing  ", ["leading and trailing"]),
    ("Über größere Bäume läuft der Hund.", ["Über große Bäume lief ein Hund.", "Der Hund läuft über größere Bäume."]),
    ("Кошка сидит на окне.", ["Кошка сидела на окне."]),
    ("猫は窓の上に座っている。", ["猫が窓に座っている。"]),
    ("naïve café “quotes” — dashes…", ["naive cafe \"quotes\" - dashes..."]),
    ("İstanbul’da bir gün", ["istanbul'da bir gün"]),
    ("emoji 😀😀 and 👩‍👩‍👧 here", ["emoji 😀 and 👩‍👩‍👧 there"]),
    ("e\u0301tude and étude", ["étude and étude"]),
    ("non\u00a0breaking\u00a0space", ["non breaking space"]),
    ("thin\u2009space and \u3000wide", ["thin space and wide"]),
    ("file\x1cseparator here\x1f", ["file separator here"]),
    ("a\x1dthe\x1etower", ["a the tower"]),
    ("&quot;He&quot; said &amp; left &lt;b&gt;", ["\"He\" said & left <b>", "He said and left"]),
    ("<skipped> words", ["words"]),
    ("hy-\nphen at a line's end", ["hyphen at a line's end"]),
    ("ends with a hy-\n", ["ends with a hy-", "it ends with hy"]),
    ("It's Anna's; don't (can't) won't!", ["It is Anna's, do not, can not, will not!"]),
    ("state-of-the-art", ["state of the art"]),
    ("$5.00", ["5"]),
    ("An apple, a pear and the plum", ["apple pear and plum"]),
    ("“The tower” of Eiffel", ["tower of Eiffel"]),
    ("the—cat and a…dog", ["cat and dog"]),
    ("A", ["the"]),
    ("The", ["a an the"]),
    ("Running runners ran generously", ["run runner runs generous"]),
    ("police kill the gunman", ["police killed the gunman"]),
    ("the gunman kill police", ["police killed the gunman"]),
    ("organisations were organising skies happily", ["organisation organises the sky, happy"]),
    ("A MIXED Case Answer", ["a mixed case answer"]),
    ("x", ["x"]),
    ("x", ["y"]),
    ("....", ["...."]),
    ("(a+b)*c = [d] {e} @ #1 ~x^2_3 | y\\z", ["(a + b) * c = [d] {e} @ # 1 ~ x ^ 2 _ 3 | y \\ z"]),
    ("http://example.org/a-b_c?d=1&e=2", ["example.org a b c"]),
    ("one two three four five six seven eight nine ten", ["ten nine eight seven six five four three two one"]),
    ("a b c d e f g", ["a b c d e f g", "a b c d", "a b c d e f g h i"]),
    ("short", ["a much longer reference that says far more than was asked for", "short one"]),
    (LONG, ["the river turns north behind the mill"]),
    ("the river turns north behind the mill", [LONG]),
    (LONG + "stop", [LONG + "go on"]),
]

SENTENCES = [
    "The old lighthouse keeper counted eleven ships before the fog came in.",
    "Nobody in the village remembered who had painted the bridge blue.",
    "When the baker opened at six, three children were waiting with a coin each.",
    "Snow fell on the orchard for two days, and then the roads were closed.",
    "She measured the rope twice, cut it once, and still it was too short.",
    "The second train leaves at 7:45 p.m., unless the river is above 3.2 metres.",
    "His grandmother's recipes call for butter, patience and a very hot oven.",
    "Most of the maps were wrong; the mountains were further south than anyone thought.",
]
OTHER = "winter because green quickly seven, shoes. never (perhaps) 42 under between large-scale don't".split()


CONTROLS = str.maketrans(dict.fromkeys("\x1c\x1d\x1e\x1f", "\ue000"))


def without_controls(texts):
    """The same with a letter of nobody's in the place of U+001C to U+001F, which Python takes for white space."""
    return [text.translate(CONTROLS) for text in texts]


def damaged(draw, sentence, share):
    words = []
    for word in sentence.split():
        at = draw.random()
        if at < share / 3:
            continue
        if at < 2 * share / 3:
            word = draw.choice(OTHER)
        if at > 1 - share / 3:
            words.append(draw.choice([word, word.upper(), draw.choice(OTHER)]))
        words.append(word)
    return draw.choice([" ", " ", " ", "\n"]).join(words)


def pairs(count, seed=11):
    """(answer, references): the written ones, and `count` more."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        sentence = draw.choice(SENTENCES)
        references = [sentence]
        if draw.random() < 0.3:
            references = [damaged(draw, sentence, 0.2), damaged(draw, sentence, 0.3)]
        if draw.random() < 0.2:
            references[0] += "\n" + draw.choice(SENTENCES)
        source = draw.choice([references[0], references[-1], draw.choice(SENTENCES)])
        made.append((damaged(draw, source, draw.choice([0, 0.1, 0.5, 0.8])), references))
    return WRITTEN + made
