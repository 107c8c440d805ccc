"""Writes trained weights as a GGUF file that llama.cpp loads as it is."""

import argparse
from pathlib import Path

import gguf
import numpy as np
import torch

from model import SHAPES, Shape
from tokenizer import MERGE, SPECIALS, Tokenizer

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
KINDS = {
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
}
DESCRIPTION = (
    "A tiny demo model for trying out assay: small sums, one-line Python functions, "
    "JSON from a sentence, letters of a word. Trained from scratch on generated text."
)


def named_tensors(state: dict[str, torch.Tensor], layers: int) -> dict[str, torch.Tensor]:
    """Our parameters under llama.cpp's names, stacked matrices taken apart."""
    out = {
        "token_embd.weight": state["embed"],
        "output_norm.weight": state["norm.weight"],
        "output.weight": state["head"],
    }
    for i in range(layers):
        ours, theirs = f"blocks.{i}.", f"blk.{i}."
        q, k, v = state[ours + "qkv"]
        gate, up = state[ours + "gate_up"]
        out |= {
            theirs + "attn_norm.weight": state[ours + "attn_norm.weight"],
            theirs + "attn_q.weight": q,
            theirs + "attn_k.weight": k,
            theirs + "attn_v.weight": v,
            theirs + "attn_output.weight": state[ours + "out"][0],
            theirs + "ffn_norm.weight": state[ours + "ffn_norm.weight"],
            theirs + "ffn_gate.weight": gate,
            theirs + "ffn_up.weight": up,
            theirs + "ffn_down.weight": state[ours + "down"][0],
        }
    return out


def write_identity(writer: gguf.GGUFWriter, name: str, parameters: int) -> None:
    """Who made this, what it is, what one may do with it."""
    label = f"{parameters / 1e6:.1f}M"
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(f"assay {name}")
    writer.add_basename(f"assay-{name}")
    writer.add_size_label(label)
    writer.add_organization("assay")
    writer.add_description(DESCRIPTION)
    writer.add_license("mit")
    writer.add_languages(["en"])
    writer.add_tags(["text-generation", "demo"])


def write_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    """The hyper-parameters of the `llama` architecture."""
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.norm_eps)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.vocab)


def write_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    """Tokens, specials and chat template. Unset ids would default to 11."""
    kinds = [
        gguf.TokenType.CONTROL if t in SPECIALS
        else gguf.TokenType.UNUSED if t.startswith("<|unused")
        else gguf.TokenType.NORMAL
        for t in tokenizer.tokens
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokenizer.tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(MERGE)])
    writer.add_bos_token_id(tokenizer.ids["<|endoftext|>"])
    writer.add_pad_token_id(tokenizer.ids["<|endoftext|>"])
    writer.add_eos_token_id(tokenizer.end)
    writer.add_eot_token_id(tokenizer.end)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(CHATML)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SHAPES)
    parser.add_argument("weights", type=Path)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()

    shape = SHAPES[args.name]
    tensors = named_tensors(torch.load(args.weights), shape.layers)
    quant, file_type = KINDS[args.kind]
    writer = gguf.GGUFWriter(args.out, "llama")
    write_identity(writer, args.name, sum(t.numel() for t in tensors.values()))
    writer.add_file_type(file_type)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    write_shape(writer, shape)
    write_tokenizer(writer, Tokenizer(shape.vocab))
    for name, tensor in tensors.items():
        data = tensor.float().numpy()
        if data.ndim == 1:  # norms are small and sensitive: they stay as they are
            writer.add_tensor(name, data)
        else:
            writer.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(data), quant), raw_dtype=quant)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    print(f"{args.out}: {args.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
