"""Trains one of the shipped models from nothing, on one core, and writes its weights.

Everything is seeded and budgeted in steps, never in seconds, so that a busy
machine makes the run longer and not worse.
"""

import argparse
import time
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

from model import SHAPES, Llama
from rows import LONG, SHORT, Stream
from tokenizer import Tokenizer

SEED = 20
LONG_EVERY = 40  # each so many steps, one step on full-context chats


class Muon:
    """Momentum whose update is made orthogonal, for the hidden matrices.

    (Jordan et al., 2024.) In a short trial, with one seed, it got further than
    AdamW alone. Parameters are stacks of equal matrices, so one batched product
    serves many.
    """

    def __init__(self, params: Iterable[Tensor], momentum: float = 0.95) -> None:
        self.params = list(params)
        self.momentum = momentum
        self.buffers = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for p, buffer in zip(self.params, self.buffers, strict=True):
            assert p.grad is not None
            buffer.lerp_(p.grad, 1 - self.momentum)
            update = orthogonal(p.grad.lerp(buffer, self.momentum))
            p.mul_(1 - 0.01 * rate)
            p.add_(update, alpha=-rate * max(1.0, p.shape[-2] / p.shape[-1]) ** 0.5)


def orthogonal(g: Tensor) -> Tensor:
    """Nearest half-orthogonal matrices, by five Newton-Schulz steps."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(g.dtype)


def schedule(step: int, steps: int) -> float:
    """Short warm-up, long plateau, then straight down to zero."""
    return min(1.0, (step + 1) / 50, (steps - step) / (0.6 * steps))


class Average:
    """Running mean of the weights: a usable model while the rate is still high."""

    def __init__(self, model: nn.Module, decay: float = 0.995) -> None:
        self.decay = decay
        self.state = {k: v.clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        for k, v in model.state_dict().items():
            self.state[k].lerp_(v, 1 - self.decay)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=SHAPES)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--rows", type=int, default=32, help="short rows a step")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--save-every", type=int, default=500)
    parser.add_argument("--muon", type=float, default=0.02)
    parser.add_argument("--adam", type=float, default=3e-3)
    parser.add_argument("--eager", action="store_true", help="do without torch.compile")
    parser.add_argument("--stop", type=int, help="end after so many steps and keep the mean weights")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    shape = SHAPES[args.name]
    tokenizer = Tokenizer(shape.vocab)
    stream = Stream(tokenizer, SEED)
    model = Llama(shape)
    matrices = [p for p in model.blocks.parameters() if p.ndim == 3]
    others = [p for p in model.parameters() if all(p is not m for m in matrices)]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, lr=args.adam, betas=(0.9, 0.98), weight_decay=0.0)
    average = Average(model)
    quick = model if args.eager else torch.compile(model)
    print(f"{args.name}: {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)

    started, tokens, seen, total = time.time(), 0, 0.0, 0.0
    for step in range(args.steps):
        long = step % LONG_EVERY == LONG_EVERY - 1
        rows = stream.long(max(1, args.rows * SHORT // LONG)) if long else stream.short(args.rows)
        with torch.autocast("cpu", torch.bfloat16):
            loss = (model if long else quick)(rows.ids, rows.weight, rows.owner)
        share = rows.weight[:, 1:].sum()
        (loss / share).backward()
        rate = schedule(step, args.steps)
        muon.step(args.muon * rate)
        adam.param_groups[0]["lr"] = args.adam * rate
        adam.step()
        model.zero_grad(set_to_none=True)
        average.update(model)
        tokens += rows.ids.numel()
        total, seen = total + loss.item(), seen + share.item()
        if step % 50 == 49:
            pace = tokens / (time.time() - started)
            print(f"step {step + 1:5}  loss {total / seen:.4f}  {tokens / 1e6:6.2f} M tokens  {pace:7.0f} tokens/s  {time.time() - started:6.0f} s", flush=True)
            seen, total = 0.0, 0.0
        if (step + 1) % args.save_every == 0 and step + 1 < args.steps:
            torch.save(average.state, args.out)
        if args.stop and step + 1 >= args.stop:
            torch.save(average.state, args.out)
            return
    torch.save(model.state_dict(), args.out)


if __name__ == "__main__":
    main()
