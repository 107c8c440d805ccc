#!/usr/bin/env python3
"""Makes a model folder in the Hugging Face layout from a GGUF file of the `llama` architecture.

    make_folder.py model.gguf FOLDER         config.json, model.safetensors, tokenizer.json, …
    make_folder.py model.gguf FILE.gguf      the same model with all weights as 32-bit floats

So that every engine can run the very same numbers: quantised weights are written as the floats that they stand for
(exactly: a scale of 11 bits times 8 bits), and their answers can be compared word by word. Needs nothing but Python.
"""

import array
import json
import pathlib
import struct
import sys

F32, F16, Q4_0, Q8_0 = 0, 1, 2, 8
BLOCK = 32  # weights that share a scale
# How llama.cpp splits text for the pre-tokenizer `llama-bpe`.
SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
CONTROL = 3  # type of a token that is no text


class Gguf:
    """`values`: the header's keys. `tensors`: name → (shape, rows first; array of floats)."""

    def __init__(self, path):
        self._bytes, self._at = pathlib.Path(path).read_bytes(), 0
        if self._bytes[:4] != b"GGUF":
            raise SystemExit(f"{path}: no GGUF file")
        self._at = 8
        tensors, keys = self._read("Q"), self._read("Q")
        self.values, self.raw = {}, {}
        for _ in range(keys):
            begin = self._at
            name = self._text()
            self.values[name] = self._value(self._read("I"))
            self.raw[name] = self._bytes[begin:self._at]
        listed = []
        for _ in range(tensors):
            name = self._text()
            shape = [self._read("Q") for _ in range(self._read("I"))]
            listed.append((name, shape, self._read("I"), self._read("Q")))
        align = self.values.get("general.alignment", 32)
        data = (self._at + align - 1) // align * align
        self.tensors = {name: (shape[::-1], self._floats(kind, data + at, shape)) for name, shape, kind, at in listed}

    def _read(self, letter):
        value, = struct.unpack_from("<" + letter, self._bytes, self._at)
        self._at += struct.calcsize("<" + letter)
        return value

    def _text(self):
        length = self._read("Q")
        self._at += length
        return self._bytes[self._at - length:self._at].decode()

    def _value(self, kind):
        if kind == 8:
            return self._text()
        if kind == 9:
            inner, count = self._read("I"), self._read("Q")
            return [self._value(inner) for _ in range(count)]
        return self._read(SCALARS[kind])

    def _floats(self, kind, at, shape):
        count = 1
        for size in shape:
            count *= size
        out = array.array("f")
        if kind == F32:
            out.frombytes(self._bytes[at:at + 4 * count])
        elif kind == F16:
            out.extend(struct.unpack_from(f"<{count}e", self._bytes, at))
        elif kind in (Q4_0, Q8_0):
            for block in range(count // BLOCK):
                out.extend(self._block(kind, at + block * (34 if kind == Q8_0 else 18)))
        else:
            raise SystemExit(f"weights of type {kind} are not read here; expected f32, f16, q8_0 or q4_0")
        return out

    def _block(self, kind, at):
        scale, = struct.unpack_from("<e", self._bytes, at)
        if kind == Q8_0:
            return [scale * value for value in struct.unpack_from("<32b", self._bytes, at + 2)]
        packed = self._bytes[at + 2:at + 18]
        return [scale * ((byte & 15) - 8) for byte in packed] + [scale * ((byte >> 4) - 8) for byte in packed]


def halves(shape, floats, heads):
    """The rows of each head in the order of transformers: llama.cpp turns neighbouring channels as pairs, transformers
    turns channel i with channel i + half."""
    rows, width = shape
    size = rows // heads
    out = array.array("f")
    for head in range(heads):
        for row in [*range(0, size, 2), *range(1, size, 2)]:
            at = (head * size + row) * width
            out.extend(floats[at:at + width])
    return shape, out


def named(model):
    """The tensors under the names of transformers."""
    values = model.values
    heads = values["llama.attention.head_count"]
    kv_heads = values.get("llama.attention.head_count_kv", heads)
    inner = {"attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
             "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj",
             "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
    outer = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight", "output.weight": "lm_head.weight"}
    for name, (shape, floats) in model.tensors.items():
        if name in outer:
            yield outer[name], shape, floats
            continue
        _, layer, kind, _ = name.split(".")
        if kind in ("attn_q", "attn_k"):
            shape, floats = halves(shape, floats, heads if kind == "attn_q" else kv_heads)
        yield f"model.layers.{layer}.{inner[kind]}.weight", shape, floats


def write_safetensors(path, tensors):
    header, at, parts = {}, 0, []
    for name, shape, floats in tensors:
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + 4 * len(floats)]}
        at += 4 * len(floats)
        parts.append(floats.tobytes())
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def config(values):
    heads = values["llama.attention.head_count"]
    tokens = values["tokenizer.ggml.tokens"]
    return {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "dtype": "float32", "hidden_act": "silu",
        "hidden_size": values["llama.embedding_length"], "intermediate_size": values["llama.feed_forward_length"],
        "num_hidden_layers": values["llama.block_count"], "num_attention_heads": heads,
        "num_key_value_heads": values.get("llama.attention.head_count_kv", heads),
        "rms_norm_eps": values["llama.attention.layer_norm_rms_epsilon"], "rope_theta": values.get("llama.rope.freq_base", 10000.0),
        "max_position_embeddings": values["llama.context_length"], "vocab_size": len(tokens),
        "bos_token_id": values["tokenizer.ggml.bos_token_id"], "eos_token_id": values["tokenizer.ggml.eos_token_id"],
        "tie_word_embeddings": False, "attention_bias": False, "mlp_bias": False,
    }


def tokenizer(values):
    tokens, kinds = values["tokenizer.ggml.tokens"], values["tokenizer.ggml.token_type"]
    added = [{"id": i, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
             for i, token in enumerate(tokens) if kinds[i] == CONTROL]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False}, byte_level]},
        "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": True,
                  "vocab": {token: i for i, token in enumerate(tokens)},
                  "merges": [merge.split(" ") for merge in values["tokenizer.ggml.merges"]]},
    }


def make_folder(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    values = model.values
    tokens = values["tokenizer.ggml.tokens"]
    files = {
        "config.json": config(values),
        "generation_config.json": {"eos_token_id": values["tokenizer.ggml.eos_token_id"], "bos_token_id": values["tokenizer.ggml.bos_token_id"]},
        "tokenizer.json": tokenizer(values),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": values["llama.context_length"],
            "bos_token": tokens[values["tokenizer.ggml.bos_token_id"]], "eos_token": tokens[values["tokenizer.ggml.eos_token_id"]],
            "clean_up_tokenization_spaces": False, "add_bos_token": False, "chat_template": values["tokenizer.chat_template"]},
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write_safetensors(folder / "model.safetensors", named(model))


def make_floats(model, path):
    """The GGUF again, its weights as floats; all else byte for byte."""
    raw = dict(model.raw)
    key = b"general.file_type"
    raw["general.file_type"] = struct.pack("<Q", len(key)) + key + struct.pack("<II", 4, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(model.tensors), len(raw)) + b"".join(raw.values())
    table, data = b"", b""
    for name, (shape, floats) in model.tensors.items():
        label = name.encode()
        table += struct.pack("<Q", len(label)) + label + struct.pack("<I", len(shape))
        table += b"".join(struct.pack("<Q", size) for size in shape[::-1]) + struct.pack("<IQ", F32, len(data))
        data += floats.tobytes()
        data += bytes(-len(data) % 32)
    head += table
    path.write_bytes(head + bytes(-len(head) % 32) + data)


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    model, target = Gguf(sys.argv[1]), pathlib.Path(sys.argv[2])
    if model.values.get("general.architecture") != "llama":
        raise SystemExit(f"{sys.argv[1]}: architecture '{model.values.get('general.architecture')}'; only llama is known here")
    if target.suffix == ".gguf":
        make_floats(model, target)
    else:
        make_folder(model, target)


if __name__ == "__main__":
    main()
