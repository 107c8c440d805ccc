#!/usr/bin/env python3
"""Asks the engine's llama-quantize which type each tensor gets in each mix (--dry-run), and writes it as quant_types.txt.

  make_quant_types.py LLAMA_QUANTIZE PATH_OF_GGUF_PY > quant_types.txt

The models are small, of one value, and have the layers and groups of heads that decide. A line is SHAPE MIX TENSOR and the types
along the layers, each with how often it comes in a row.
"""

import itertools
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, sys.argv[2])
import gguf  # noqa: E402
import numpy  # noqa: E402

# name: architecture, layers, heads, KV heads, tied, experts
SHAPES = {
    "llama": ("llama", 32, 4, 1, False, 0),
    "halves": ("llama", 28, 4, 2, True, 0),
    "large": ("llama", 80, 8, 1, False, 0),
    "joined": ("phi3", 40, 4, 1, False, 0),
    "experts": ("qwen3moe", 48, 8, 1, False, 128),
}
MIXES = ("F16 BF16 Q1_0 Q2_0 Q4_0 Q4_1 MXFP4_MOE Q5_0 Q5_1 IQ2_XXS IQ2_XS IQ2_S IQ2_M IQ1_S IQ1_M TQ1_0 TQ2_0 Q2_K Q2_K_S "
         "IQ3_XXS IQ3_S IQ3_M IQ3_XS Q3_K_S Q3_K_M Q3_K_L IQ4_NL IQ4_XS Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K Q8_0").split()


def write(path, architecture, layers, heads, kv_heads, tied, experts):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_context_length(512)
    writer.add_embedding_length(256)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(256)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(32)
    writer.add_key_length(32)
    writer.add_value_length(32)
    writer.add_vocab_size(64)
    if experts:
        writer.add_expert_count(experts)
        writer.add_expert_used_count(8)
        writer.add_expert_feed_forward_length(256)

    def add(name, *extents):
        whole = len(extents) == 1 or "ffn_gate_inp" in name  # as converters write them
        kind = numpy.float32 if whole else numpy.float16
        writer.add_tensor(name, numpy.zeros(tuple(reversed(extents)), dtype=kind))

    add("token_embd.weight", 256, 64)
    for layer in range(layers):
        block = f"blk.{layer}."
        add(block + "attn_norm.weight", 256)
        if architecture == "phi3":
            add(block + "attn_qkv.weight", 256, 32 * (heads + 2 * kv_heads))
        else:
            add(block + "attn_q.weight", 256, 32 * heads)
            add(block + "attn_k.weight", 256, 32 * kv_heads)
            add(block + "attn_v.weight", 256, 32 * kv_heads)
        add(block + "attn_output.weight", 256, 256)
        if experts:
            add(block + "ffn_gate_inp.weight", 256, experts)
            for part in ("gate", "up", "down"):
                add(f"{block}ffn_{part}_exps.weight", 256, 256, 4)
        elif architecture == "phi3":
            add(block + "ffn_up.weight", 256, 512)
            add(block + "ffn_down.weight", 256, 256)
        else:
            for part in ("gate", "up", "down"):
                add(f"{block}ffn_{part}.weight", 256, 256)
    add("output_norm.weight", 256)
    if not tied:
        add("output.weight", 256, 64)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def types_of(program, path, mix):
    """tensor without its layer → {layer: type}"""
    told = subprocess.run([program, "--dry-run", path, mix], capture_output=True, text=True, check=True)
    found = {}
    for line in (told.stdout + told.stderr).splitlines():
        match = re.match(r"\[ *\d+/ *\d+\] (\S+) +- .*type = +(\w+),(?:.*\((\w+)\))?", line)
        if match and "_norm" not in match[1]:
            layer = re.match(r"blk\.(\d+)\.(.*)", match[1])
            name, place = (layer[2], int(layer[1])) if layer else (match[1], 0)
            found.setdefault(name, {})[place] = (match[3] or match[2]).upper()
    return found


def main():
    for name, shape in SHAPES.items():
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder, "model.gguf"))
            write(path, *shape)
            for mix in MIXES:
                for tensor, types in sorted(types_of(sys.argv[1], path, mix).items()):
                    runs = [(kind, len(list(same))) for kind, same in itertools.groupby(types[i] for i in sorted(types))]
                    print(name, mix, tensor, *(f"{kind}*{count}" for kind, count in runs))


main()
