"""Run by transformers_test.py with the worker's own Python. Prints a JSON object: check → "" or what was wrong.

    torch_checks.py FOLDER      FOLDER is made by make_folder.py, for its tokenizer; models are made in it

Models of many shapes with random weights: our own decode loop must give the tokens of the library's generate(), and the
sampler what its definition says.
"""

import json
import os
import pathlib
import random
import shutil
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "workers/transformers"))

import engine  # noqa: E402  (its place is known now)
import torch  # noqa: E402
from params import Settings  # noqa: E402
from sampling import Picker  # noqa: E402
from text_stream import TextStream  # noqa: E402
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer  # noqa: E402

IDS = {"vocab_size": 640, "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 0}
LLAMA = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "max_position_embeddings": 3000, "head_dim": 16}
SMALL = {"hidden_size": 64, "num_hidden_layers": 2}
# What differs between them: learned positions, a window, experts, a recurrent state, both kinds of layers, eyes unused.
SHAPES = {
    "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 3000},
    "qwen3": LLAMA,
    "gemma2": {**LLAMA, "sliding_window": 32},
    "mixtral": {**LLAMA, "num_local_experts": 4},
    "mamba": {**SMALL, "state_size": 8},
    "rwkv": {**SMALL, "attention_hidden_size": 64},
    "lfm2": {**LLAMA, "full_attn_idxs": [1]},
    "gemma3": {"text_config": {**LLAMA, "vocab_size": 640, "sliding_window": 32},
               "vision_config": {**SMALL, "intermediate_size": 64, "num_attention_heads": 4, "image_size": 28, "patch_size": 14},
               "image_token_index": 639, "boi_token_index": 637, "eoi_token_index": 638},
}
PROMPTS = {"short": [1, 352, 201, 382, 354, 223, 21, 388], "long": [(i * 37) % 600 + 3 for i in range(engine.PIECE + 300)]}
STEPS = 8


def make_model(name, folder):
    target = folder / f"shape-{name}"
    torch.manual_seed(1)
    AutoModelForCausalLM.from_config(AutoConfig.for_model(name, **{**IDS, **SHAPES[name]})).save_pretrained(target)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / file, target / file)
    return target


def ours(model, ids):
    step, got = model.begin(ids, Settings()), []
    while len(got) < STEPS and not (got and got[-1] in model.ends):
        result = step()
        if result is not None:
            got.append(result[1])
    return got


@torch.inference_mode()
def theirs(model, ids):
    return model.model.generate(torch.tensor([ids]), max_new_tokens=STEPS, do_sample=False)[0][len(ids):].tolist()


def check_shape(name, folder):
    model = engine.open_model(str(make_model(name, folder)), {"threads": 1})
    for kind, ids in PROMPTS.items():
        got, wanted = ours(model, ids), theirs(model, ids)
        if got != wanted:
            return f"{kind} prompt: {got}, generate() gives {wanted}"
    return ""


SCORES = torch.tensor([1.0, 3.0, 2.0, -1.0])


def draws(count, **settings):
    picker = Picker(Settings(temperature=settings.pop("temperature", 1.0), seed=5, **settings), [], "cpu")
    return [picker.pick(SCORES) for _ in range(count)]


def check_shares():
    count = 4000
    drawn = draws(count, temperature=2.0)
    for token, share in enumerate((SCORES / 2.0).softmax(dim=0).tolist()):
        seen = drawn.count(token) / count
        if abs(seen - share) > 5 * (share * (1 - share) / count) ** 0.5:
            return f"token {token} was drawn in {seen:.3f} of the draws, its share is {share:.3f}"
    return ""


def check_cuts():
    for settings, wanted in (({"top_k": 1}, {1}), ({"top_k": 2}, {1, 2}), ({"top_p": 0.0}, {1}), ({"top_p": 0.7}, {1, 2}),
                             ({"min_p": 1.0}, {1}), ({"min_p": 0.3}, {1, 2})):
        seen = set(draws(500, **settings))
        if seen != wanted:
            return f"{settings}: drew {seen}, expected {wanted}"
    return ""


def check_penalty():
    picker = Picker(Settings(repeat_penalty=2.0), [1], "cpu")
    got = [picker.pick(SCORES) for _ in range(3)]
    return "" if got == [2, 1, 1] else f"drew {got}, expected 2 (3 ÷ 2 < 2), then 1 (1.5 > 2 ÷ 2) twice"


def check_numbers():
    try:
        Picker(Settings(), [], "cpu").pick(torch.tensor([0.0, float("nan")]))
    except engine.Failure as failure:
        return "" if failure.reason == "engine" else failure.reason
    return "scores that are no numbers were taken"


def check_text(folder):
    """Pieces put together are the whole text, wherever batches end; half characters and invalid bytes included."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    chance = random.Random(1)
    whole_characters = tokenizer("€ ü 😀", add_special_tokens=False)["input_ids"]

    def text_of(ids):
        return tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    for _ in range(500):
        ids = []
        for _ in range(chance.randrange(1, 20)):
            ids += whole_characters if chance.random() < 0.3 else [chance.randrange(3, 640)]
        ids = ids[chance.randrange(3):] or ids
        stream, got = TextStream(text_of, []), ""
        for token in ids:
            stream.push(token)
            if chance.random() < 0.4:
                got += stream.take(last=False)[0]
        got += stream.take(last=True)[0]
        if got != text_of(ids):
            return f"{ids}: {got!r} in pieces, {text_of(ids)!r} as a whole"
    return ""


SWITCH = "{% if enable_thinking is defined and enable_thinking %}<think>{% endif %}"


def check_think(folder):
    """The tokens around reasoning are found, and the template's switch is used."""
    target = folder.parent / "thinking"
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("shape-*"))
    tokenizer = json.loads((target / "tokenizer.json").read_text())
    words = tokenizer["model"]["vocab"]
    for number, word in ((638, "<think>"), (639, "</think>")):
        words[word] = words.pop(next(old for old, known in words.items() if known == number))
        tokenizer["added_tokens"].append({"id": number, "content": word, "single_word": False, "lstrip": False, "rstrip": False,
                                          "normalized": False, "special": False})
    (target / "tokenizer.json").write_text(json.dumps(tokenizer))
    config = json.loads((target / "tokenizer_config.json").read_text())
    (target / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": config["chat_template"] + SWITCH}))
    model = engine.open_model(str(target), {"threads": 1})
    prompts = [model.template([{"role": "user", "content": "hi"}], think) for think in (True, False, None)]
    got = (model.think, model.can_think, [prompt.endswith("<think>") for prompt in prompts], model.tokenize(prompts[0], False)[-1])
    return "" if got == ((638, 639), True, [True, False, False], 638) else str(got)


def main():
    folder = pathlib.Path(sys.argv[1])
    result = {f"shape {name}": check_shape(name, folder) for name in SHAPES}
    result["text"] = check_text(folder)
    result["think"] = check_think(folder)
    for check in (check_shares, check_cuts, check_penalty, check_numbers):
        result[check.__name__] = check()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
