"""Writes known_sets.jsonl: small sets of captions, and the CIDEr-D that pycocoevalcap gives each answer.

    pip install pycocoevalcap numpy
    python make_known_sets.py 60 > known_sets.jsonl

Words are plain, so that tokens are the same whoever makes them; the seed is fixed.
"""

import json
import random
import sys

from pycocoevalcap.cider.cider_scorer import CiderScorer

WORDS = "a the dog cat man woman runs sits on in red blue field street two bike ball with and near big small".split()


def image(draw):
    references = [" ".join(draw.choices(WORDS, k=draw.randint(1, 12))) for _ in range(draw.randint(1, 5))]
    answer = [draw.choice(WORDS) if draw.random() < 0.3 else word for word in draw.choice(references).split()]
    if draw.random() < 0.2:
        answer = draw.choices(WORDS, k=draw.randint(1, 14))
    if draw.random() < 0.2:
        answer += draw.choices(WORDS, k=draw.randint(1, 6))
    return {"references": references, "answer": " ".join(answer)}


def main():
    draw = random.Random(3)
    for _ in range(int(sys.argv[1])):
        images = [image(draw) for _ in range(draw.randint(2, 6))]
        scorer = CiderScorer(n=4, sigma=6.0)
        for one in images:
            scorer += (one["answer"], one["references"])
        mean, scores = scorer.compute_score()
        for one, score in zip(images, scores):
            one["cider"] = float(score)
        print(json.dumps({"mean": float(mean), "images": images}))


main()
