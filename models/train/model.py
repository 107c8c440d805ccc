"""A Llama-shaped transformer, small enough to train on one processor core."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class Shape:
    """Everything that decides how many parameters there are."""

    vocab: int
    width: int
    layers: int
    heads: int
    ffn: int
    context: int = 2048
    rope_base: float = 10000.0
    norm_eps: float = 1e-5


SHAPES = {
    "tiny-s": Shape(vocab=640, width=128, layers=4, heads=4, ffn=352),
    "tiny-m": Shape(vocab=640, width=256, layers=5, heads=4, ffn=512),
}


class RmsNorm(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.eps = shape.norm_eps

    def forward(self, x: Tensor) -> Tensor:
        x32 = x.float()
        scale = torch.rsqrt(x32.pow(2).mean(-1, keepdim=True) + self.eps)
        return (x32 * scale * self.weight).to(x.dtype)


def rotary(shape: Shape) -> tuple[Tensor, Tensor]:
    """Cosines and sines for every position and pair of channels."""
    size = shape.width // shape.heads
    speed = shape.rope_base ** (-torch.arange(0, size, 2).float() / size)
    angle = torch.arange(shape.context).float()[:, None] * speed
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns neighbouring channels as pairs: the order llama.cpp expects, so the export permutes nothing."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2).to(x.dtype)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Short masked rows by plain products, which the compiler fuses; at these
    lengths that is several times faster than the blocked kernel, which long
    rows need to save memory."""
    if mask is None:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = (q * q.shape[-1] ** -0.5) @ k.mT
    return scores.masked_fill(~mask, -1e4).softmax(dim=-1).to(v.dtype) @ v


class Block(nn.Module):
    """Attention and gated feed-forward, both reading a normalised residual stream."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        d = shape.width
        self.heads = shape.heads
        self.attn_norm = RmsNorm(shape)
        self.ffn_norm = RmsNorm(shape)
        self.qkv = nn.Parameter(torch.randn(3, d, d) * d**-0.5)
        self.out = nn.Parameter(torch.zeros(1, d, d))
        self.gate_up = nn.Parameter(torch.randn(2, shape.ffn, d) * d**-0.5)
        self.down = nn.Parameter(torch.zeros(1, d, shape.ffn))

    def attend(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        rows, length, d = x.shape
        q, k, v = (
            t.view(rows, length, self.heads, -1).transpose(1, 2)
            for t in F.linear(x, self.qkv.flatten(0, 1)).chunk(3, dim=-1)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        y = attention(q, k, v, mask)
        return F.linear(y.transpose(1, 2).reshape(rows, length, d), self.out[0])

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        x = x + self.attend(self.attn_norm(x), cos, sin, mask)
        gate, up = F.linear(self.ffn_norm(x), self.gate_up.flatten(0, 1)).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, self.down[0])


class Llama(nn.Module):
    """Token ids to a loss; nothing here generates text, llama.cpp does that."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed = nn.Parameter(torch.randn(shape.vocab, shape.width) * 0.5)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = RmsNorm(shape)
        self.head = nn.Parameter(torch.zeros(shape.vocab, shape.width))
        cos, sin = rotary(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids: Tensor, weight: Tensor, owner: Tensor | None) -> Tensor:
        """Weighted next-token loss, summed.

        `owner` numbers the documents packed into a row; a token sees only its
        own. Without it the row is one long chat.
        """
        length = ids.shape[1]
        mask = None
        if owner is not None:
            causal = torch.ones(length, length, dtype=torch.bool).tril()
            mask = ((owner[:, :, None] == owner[:, None, :]) & causal)[:, None]
        x = F.embedding(ids, self.embed)
        cos, sin = self.cos[:length], self.sin[:length]
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        logits = F.linear(self.norm(x)[:, :-1], self.head).float()
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        return (loss * weight[:, 1:].flatten()).sum()
