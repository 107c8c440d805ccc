#!/usr/bin/env python3
"""Writes a Llama-architecture GGUF with random weights, in any shape, for tests and speed benches.

  make_random_gguf.py --shape tiny OUT.gguf                      3 M parameters, 512 tokens
  make_random_gguf.py --shape 0.5b --type q4_0 OUT.gguf          the shape of Qwen2.5 0.5B
  make_random_gguf.py --shape 0.5b --vocab qwen2.gguf OUT.gguf   with the vocabulary of another GGUF

Needs the Python packages gguf and numpy (python3 -m venv V; V/bin/pip install gguf numpy).
The text it generates is noise, and greedy decoding never meets the end of generation (that token's output row is
zero), so that a bench gets as many tokens as it asks for.  --ends 1 makes it likely instead.  Same arguments, same
bytes.
"""

import argparse

import gguf
import numpy as np

# embedding, layers, heads, key-value heads, feed-forward, context, tokens (None: as many as the vocabulary has)
SHAPES = {
    "mini": (64, 2, 2, 2, 128, 512, 512),
    "tiny": (256, 4, 4, 4, 512, 2048, 512),
    "0.5b": (896, 24, 14, 2, 4864, 32768, 151936),
}
CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + "
          "'<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
BLOCK = 32  # weights per block of q8_0 and q4_0


def byte_characters():
    """GPT-2's printable stand-ins for the 256 bytes, in byte order."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    stand_ins = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        stand_ins.setdefault(byte, chr(0x100 + len(stand_ins) - len(plain)))
    return [stand_ins[byte] for byte in range(256)]


def add_byte_vocabulary(writer, size, rng):
    """All bytes, pairs of letters until the size is reached, and ChatML's special tokens. Returns the end token."""
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = byte_characters()
    letters = "etaoinsrhldcumfpgwybv"
    pairs = [a + b for a in [*letters, "Ġ"] for b in letters]
    merges = [pairs[i] for i in rng.permutation(len(pairs))][: max(0, size - len(tokens) - len(special))]
    tokens += merges + special
    tokens += [f"<unused{i}>" for i in range(size - len(tokens))]
    kinds = [gguf.TokenType.CONTROL if t in special else gguf.TokenType.UNUSED if t.startswith("<unused") else
             gguf.TokenType.NORMAL for t in tokens]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{m[0]} {m[1]}" for m in merges])
    writer.add_bos_token_id(tokens.index("<|endoftext|>"))
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)
    return tokens.index("<|im_end|>")


def copy_vocabulary(writer, path):
    """Every tokenizer.* entry of another GGUF. Returns its token count and its end token."""
    fields = gguf.GGUFReader(path).fields
    for name, field in fields.items():
        if not name.startswith("tokenizer."):
            continue
        sub_type = field.types[1] if len(field.types) > 1 else None
        writer.add_key_value(name, field.contents(), field.types[0], sub_type)
    if "tokenizer.chat_template" not in fields:
        writer.add_chat_template(CHATML)
    return len(fields["tokenizer.ggml.tokens"].data), fields["tokenizer.ggml.eos_token_id"].contents()


def random_tensor(rng, rows, columns, kind, deviation, end_row):
    """(bytes, type) of a matrix of normal-like weights; `end_row` is (row, factor) or None."""
    if kind in ("f32", "f16"):
        values = rng.standard_normal((rows, columns), dtype=np.float32) * deviation
        if end_row:
            values[end_row[0]] *= end_row[1]
        return (values if kind == "f32" else values.astype(np.float16)), None
    # Blocks are made as they lie in the file: a scale, then evenly spread quants. Evenly spread integers of
    # half-width w have a deviation of w / sqrt(3).
    half_width, size = {"q8_0": (127, BLOCK), "q4_0": (8, BLOCK // 2)}[kind]
    blocks = rng.integers(0, 256, (rows, columns // BLOCK, 2 + size), dtype=np.uint8)
    scale = np.full((rows, columns // BLOCK), deviation * 3**0.5 / half_width, dtype=np.float16)
    if end_row:
        scale[end_row[0]] *= end_row[1]
    blocks[..., :2] = scale[..., None].view(np.uint8)
    if kind == "q8_0":
        blocks[..., 2:][blocks[..., 2:] == 0x80] = 0  # -128 is not a value of q8_0
    return blocks.reshape(rows, -1), getattr(gguf.GGMLQuantizationType, kind.upper())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out")
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--type", choices=["f32", "f16", "q8_0", "q4_0"], default="q8_0", help="of the matrices")
    parser.add_argument("--embedding-type", choices=["f32", "f16", "q8_0", "q4_0"], default="q8_0")
    parser.add_argument("--vocab", help="GGUF whose vocabulary is copied (default: bytes and letter pairs)")
    parser.add_argument("--context", type=int, help="context length that the file claims")
    parser.add_argument("--ends", type=float, default=0, help="factor on the end token's output row (0: never ends)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    embedding, layers, heads, kv_heads, feed_forward, context, tokens = SHAPES[args.shape]
    rng = np.random.default_rng(args.seed)
    writer = gguf.GGUFWriter(args.out, "llama")
    writer.add_name(f"random {args.shape}")
    writer.add_context_length(args.context or context)
    writer.add_embedding_length(embedding)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(embedding // heads)
    writer.add_file_type(getattr(gguf.LlamaFileType, {"f32": "ALL_F32"}.get(args.type, "MOSTLY_" + args.type.upper())))
    if args.vocab:
        tokens, end = copy_vocabulary(writer, args.vocab)
    else:
        end = add_byte_vocabulary(writer, tokens, rng)
    writer.add_vocab_size(tokens)

    def add(name, rows, columns, kind=args.type, end_row=None):
        data, raw_type = random_tensor(rng, rows, columns, kind, columns**-0.5, end_row)
        writer.add_tensor(name, data, raw_dtype=raw_type)

    def add_norm(name):
        writer.add_tensor(name, np.ones(embedding, dtype=np.float32))

    key_width = embedding // heads * kv_heads
    add("token_embd.weight", tokens, embedding, args.embedding_type, (end, args.ends))  # also the output matrix
    add_norm("output_norm.weight")
    for layer in range(layers):
        block = f"blk.{layer}."
        add_norm(block + "attn_norm.weight")
        add(block + "attn_q.weight", embedding, embedding)
        add(block + "attn_k.weight", key_width, embedding)
        add(block + "attn_v.weight", key_width, embedding)
        add(block + "attn_output.weight", embedding, embedding)
        add_norm(block + "ffn_norm.weight")
        add(block + "ffn_gate.weight", feed_forward, embedding)
        add(block + "ffn_up.weight", feed_forward, embedding)
        add(block + "ffn_down.weight", embedding, feed_forward)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
