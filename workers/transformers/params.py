"""Request and load parameters: which there are, what they may be, what is in force (docs/wire.md, "Parameters")."""

import dataclasses
import math
import secrets

from wire import Failure


def _real(least, greatest):
    def check(value):
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= greatest
        return (float(value), None) if good else (None, f"a number from {least:g} to {greatest:g}")
    return check


def _whole(least, greatest):
    def check(value):
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value <= greatest
        if good and math.floor(value) == value:
            return int(value), None
        return None, f"a whole number from {least:.10g} to {greatest:.10g}"
    return check


def _choice(*words):
    def check(value):
        if isinstance(value, bool):
            value = "on" if value else "off"
        return (value, None) if value in words else (None, "one of: " + ", ".join(words))
    return check


def _stop(value):
    texts = [value] if isinstance(value, str) else value
    if isinstance(texts, list) and all(isinstance(text, str) and text for text in texts):
        return texts, None
    return None, "a text or a list of texts, none of them empty"


def _boolean(value):
    return (value, None) if isinstance(value, bool) else (None, "true or false")


# The limits are those of assay's own table (src/record/params.cpp).
REQUEST = {
    "temperature": _real(0, 100),
    "top_p": _real(0, 1),
    "top_k": _whole(0, 1e6),
    "min_p": _real(0, 1),
    "repeat_penalty": _real(0.01, 10),
    "seed": _whole(0, 4294967294),
    "max_tokens": _whole(1, 1e7),
    "stop": _stop,
    "think": _boolean,
}
LOAD = {
    "context": _whole(1, 1e8),
    "threads": _whole(1, 4096),
    "gpu_layers": _whole(0, 10000),
    "flash_attention": _choice("auto", "on", "off"),
}
LEAST_TEMPERATURE = 1e-30  # divided by less, scores are no numbers any more
WITHOUT_USE_WHEN_GREEDY = ("top_k", "top_p", "min_p", "seed")


def checked(table, values):
    """Those of `values` that the table has, checked; null is as good as not sent. Raises Failure."""
    good = {}
    for name, value in values.items():
        if name not in table or value is None:
            continue
        taken, expected = table[name](value)
        if expected is not None:
            raise Failure("bad_request", f"{name} is {value!r:.60}; expected {expected}")
        good[name] = taken
    return good


def verified(value):
    return {"value": value, "how": "verified"}


NOT_SUPPORTED = {"value": None, "how": "not_supported"}


@dataclasses.dataclass
class Settings:
    """How one answer is to be made. What was not asked for is off, not the model's own default."""

    temperature: float = 0.0  # 0: greedy
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    seed: int | None = None
    max_tokens: int | None = None
    stop: list = dataclasses.field(default_factory=list)
    think: bool | None = None

    @property
    def greedy(self):
        return self.temperature <= 0


def read_settings(values, can_think):
    """(Settings, effective) of a generate's `params`. `can_think`: the chat template knows a switch for it."""
    settings = Settings(**checked(REQUEST, values))
    if settings.temperature < LEAST_TEMPERATURE:
        settings.temperature = 0.0
    if not settings.greedy and settings.seed is None:
        settings.seed = secrets.randbelow(4294967295)
    effective = {"temperature": verified(settings.temperature), "repeat_penalty": verified(settings.repeat_penalty)}
    for name in WITHOUT_USE_WHEN_GREEDY:
        if not settings.greedy:
            effective[name] = verified(getattr(settings, name))
        elif values.get(name) is not None:
            effective[name] = verified(None)
    for name, value in values.items():
        if name in effective or value is None:
            continue
        known = name in REQUEST and (name != "think" or can_think)
        effective[name] = verified(getattr(settings, name)) if known else dict(NOT_SUPPORTED)
    return settings, effective
