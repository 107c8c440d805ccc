"""Writes words.txt: "word stem" by NLTK's PorterStemmer, which rouge_score uses. Needs nltk.

    python3 make_words.py > words.txt
"""

from nltk.stem import PorterStemmer

BASES = """abil act add adopt agree air allow analog bake bell bless bore broad call captain care class cloud compute
conform control create decide defens demand depend direct drop effect electric excel fail fall feel fill form free
general geolog grace happ hesit hiss hope hop ideal inform initial kill level lively logic meet mor motor nation norm
operat oper organ perc plan plaster play plott poni radic ration real relat replac rev rid sense size sk snow stat step
sky sullen tan theor thorough tie tool track tr trouble try univers use valen vari vietnam wave with work y""".split()
ENDINGS = """ s es ies ed ied eed ing y al ally ance ence er ers ic able ible ant ement ment ent ion ions ation ational tional
ou ism ate ity iviti ous ousness ous ive iveness ize izer ization ful fulness fully ness ative icate logi logy ll e""".split()
IRREGULAR = "skies sky dying lying tying news innings inning outings cannings howe proceed exceed succeed died dies flies".split()

if __name__ == "__main__":
    stemmer = PorterStemmer()
    words = sorted({base + end for base in BASES for end in [""] + ENDINGS} | set(IRREGULAR))
    for word in words[::7] + IRREGULAR:
        print(word, stemmer.stem(word))
