"""The real model: PyTorch and transformers. Everything that needs them is here and in sampling.py."""

import hashlib
import inspect
import platform
import time

from wire import Failure

try:
    import torch
    import transformers
except ImportError as trouble:
    raise Failure("internal", f"PyTorch or transformers cannot be imported ({trouble}). "
                              "Run `assay worker install transformers` again") from trouble

import folder
from params import LOAD, checked, verified
from sampling import Picker
from session import Model

VERSION = "assay-transformers 0.1.0"
PIECE = 2048  # prompt tokens in one call of the model: between calls the worker looks for a cancel
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
PARAMS = ["temperature", "top_p", "top_k", "min_p", "repeat_penalty", "seed", "max_tokens", "stop", "think",
          "context", "threads", "gpu_layers", "flash_attention"]

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def accelerator():
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def devices():
    list_ = [{"name": "cpu", "description": platform.processor() or platform.machine()}]
    for index in range(torch.cuda.device_count()):
        list_.append({"name": f"cuda:{index}", "description": torch.cuda.get_device_name(index)})
    if torch.backends.mps.is_available():
        list_.append({"name": "mps", "description": "Metal"})
    return list_


def about():
    """The members of the answer to hello."""
    return {"worker": VERSION, "engine": "transformers", "engine_version": transformers.__version__,
            "capabilities": ["chat", "raw", "tokenize", "reasoning", "score"], "params": PARAMS,
            "build": {"torch": torch.__version__, "python": platform.python_version(), "devices": devices(),
                      "cuda": torch.version.cuda or "none"}}


def synchroniser(device):
    """A call that returns when the device has done all it was told."""
    if device == "cuda":
        return torch.cuda.synchronize
    return torch.mps.synchronize if device == "mps" else (lambda: None)


def device_bytes(device):
    """(now, highest since reset), as the device's own allocator says; None on the processor."""
    if device == "cuda":
        return torch.cuda.memory_allocated(), torch.cuda.max_memory_allocated()
    if device == "mps":
        now = torch.mps.current_allocated_memory()
        return now, now
    return None


class LoadedModel(Model):
    """A causal language model on one device."""

    def __init__(self, model, tokenizer, device, options):
        self.model, self.tokenizer, self.device, self.options = model, tokenizer, device, options
        self.context = options["context"]["value"]
        self.ends = frozenset(_end_ids(model, tokenizer))
        self.think = _think_ids(tokenizer)
        self._switch = next((name for name in ("enable_thinking", "thinking") if name in (template_of(tokenizer) or "")), None)
        self.can_think = self._switch is not None
        self._begin_id = _begin_id(tokenizer)
        self._synchronise = synchroniser(device)
        accepted = inspect.signature(model.forward).parameters
        self._keep_last = {"logits_to_keep": 1} if "logits_to_keep" in accepted else {}
        self._piece = PIECE if "past_key_values" in accepted else None  # a recurrent state takes the prompt as a whole

    def template(self, messages, think):
        if template_of(self.tokenizer) is None:
            raise Failure("not_supported", "the model's tokenizer has no chat template; use a raw prompt")
        switch = {} if think is None or self._switch is None else {self._switch: think}
        try:
            return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True, **switch)
        except Exception as error:  # the template is a program of the model's makers
            raise Failure("bad_request", f"the model's chat template refuses these messages: {str(error)[:200]}") from error

    def tokenize(self, text, plain):
        ids = list(self.tokenizer(text, add_special_tokens=False)["input_ids"])
        if plain and self._begin_id is not None and ids[:1] != [self._begin_id]:
            ids.insert(0, self._begin_id)
        return ids

    def text_of(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def begin(self, ids, settings):
        picker = Picker(settings, ids, self.device)
        pieces = [ids] if self._piece is None else [ids[at:at + self._piece] for at in range(0, len(ids), self._piece)]
        cache = {}
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()

        @torch.inference_mode()
        def step():
            nonlocal cache
            out = self.model(input_ids=torch.tensor([pieces.pop(0)], device=self.device), use_cache=True, **cache, **self._keep_last)
            self._synchronise()
            at = time.monotonic_ns()
            cache = _cache_of(out)
            if pieces:
                return None
            token = picker.pick(out.logits[0, -1])
            pieces.append([token])
            return at, token

        return step

    @torch.inference_mode()
    def chances(self, ids, begin):
        """The whole text in one call: the scores of each token's predecessor, in double."""
        keep = {"logits_to_keep": len(ids) - begin} if self._keep_last else {}
        out = self.model(input_ids=torch.tensor([ids[:-1]], device=self.device), use_cache=False, **keep)
        rows = out.logits[0, begin - len(ids):].to("cpu", torch.float64)  # Metal has no doubles
        wanted = torch.tensor(ids[begin:])
        chances = torch.log_softmax(rows, dim=-1).gather(1, wanted[:, None])[:, 0]
        return list(zip(chances.tolist(), (rows.argmax(dim=-1) == wanted).tolist()))

    def claims(self):
        memory = device_bytes(self.device)
        return {"claimed_device_memory_bytes": memory[0], "claimed_peak_device_memory_bytes": memory[1]} if memory else {}

    def close(self):
        self.model = self.tokenizer = None
        if self.device == "cuda":
            torch.cuda.empty_cache()


def _cache_of(out):
    for name in ("past_key_values", "cache_params", "state"):
        if getattr(out, name, None) is not None:
            return {name: getattr(out, name)}
    raise Failure("not_supported", "the model keeps no state between tokens; this worker needs one that does")


def _end_ids(model, tokenizer):
    for told in (model.generation_config.eos_token_id if model.generation_config else None,
                 getattr(model.config, "eos_token_id", None), tokenizer.eos_token_id):
        yield from told if isinstance(told, (list, tuple)) else [] if told is None else [told]


def _think_ids(tokenizer):
    """The tokens around reasoning, when the vocabulary has them as one token each."""
    ids = [tokenizer(tag, add_special_tokens=False)["input_ids"] for tag in ("<think>", "</think>")]
    return (ids[0][0], ids[1][0]) if all(len(each) == 1 and each[0] != tokenizer.unk_token_id for each in ids) else None


def _begin_id(tokenizer):
    ids = tokenizer("a")["input_ids"]
    return ids[0] if ids and tokenizer.bos_token_id is not None and ids[0] == tokenizer.bos_token_id else None


def template_of(tokenizer):
    template = getattr(tokenizer, "chat_template", None)
    return template.get("default") if isinstance(template, dict) else template


def _options(values, config):
    """(device, dtype, attention, effective) from the load's options. Raises Failure."""
    asked = checked(LOAD, values)
    device = folder.told("ASSAY_TRANSFORMERS_DEVICE", ("cpu", "cuda", "mps")) or accelerator()
    config = config.get_text_config()  # of a model that could also see, the part that we use
    layers = getattr(config, "num_hidden_layers", 0) or 0
    on_device = asked.get("gpu_layers")
    if on_device == 0:
        device = "cpu"
    elif on_device is not None and on_device < layers and device != "cpu":
        raise Failure("not_supported", f"gpu_layers is {on_device} and the model has {layers} layers; PyTorch keeps a model in one "
                                       f"place: expected 0, or at least {layers}")
    trained = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    context = asked.get("context") or trained or 4096
    if "threads" in asked:
        torch.set_num_threads(asked["threads"])
    attention = {"on": "sdpa", "off": "eager"}.get(asked.get("flash_attention"))
    effective = {"context": verified(min(context, trained) if trained else context), "threads": verified(torch.get_num_threads()),
                 "gpu_layers": verified(0 if device == "cpu" else layers)}
    if on_device and device == "cpu":
        effective["gpu_layers"] = {"value": 0, "how": "not_supported"}
    return device, attention, effective


def _check_memory(path, device):
    needed, available = folder.weight_bytes(path), folder.available_bytes()
    if device == "cpu" and available is not None and needed > available:
        raise Failure("engine_oom", f"the weights have {needed / 2**30:.1f} GiB and {available / 2**30:.1f} GiB of memory are available")


def open_model(path, values):
    """A LoadedModel. Raises Failure: not_found, bad_model, not_supported, engine_oom, bad_request."""
    folder.read_config(path)
    dtype = folder.told("ASSAY_TRANSFORMERS_DTYPE", tuple(DTYPES))
    try:
        config = transformers.AutoConfig.from_pretrained(path, local_files_only=True)
    except Exception as error:
        raise _bad_model(path, error) from error
    if type(config) not in transformers.MODEL_FOR_CAUSAL_LM_MAPPING or getattr(config, "is_encoder_decoder", False):
        raise Failure("not_supported", f"model type '{config.model_type}' is no causal language model of this transformers; "
                                       "pictures and speech are not supported yet")
    transformers.MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]  # imports its code, which takes seconds and is no loading of a model
    device, attention, effective = _options(values, config)
    _check_memory(path, device)
    before = folder.resident_bytes()
    begun = time.monotonic_ns()
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path, local_files_only=True)
        model, report = transformers.AutoModelForCausalLM.from_pretrained(
            path, local_files_only=True, dtype=DTYPES[dtype] if dtype else "auto", output_loading_info=True,
            **({"attn_implementation": attention} if attention else {}))
        if report["missing_keys"]:  # the library would make them up, and the model talk nonsense
            missing = sorted(report["missing_keys"])
            raise Failure("bad_model", f"'{path}' lacks {len(missing)} weights of its architecture, e.g. '{missing[0]}'")
        model = model.to(device).eval()
        synchroniser(device)()
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise Failure("engine_oom", f"the model does not fit into the memory of '{device}': {str(error)[:200]}") from error
    except Failure:
        raise
    except Exception as error:
        raise _bad_model(path, error) from error
    used = getattr(model.config, "_attn_implementation", None)
    effective["flash_attention"] = verified("off" if used == "eager" else "on")
    loaded = LoadedModel(model, tokenizer, device, effective)
    loaded.load_ns = time.monotonic_ns() - begun
    loaded.facts = facts_of(loaded, before)
    return loaded


def _bad_model(path, error):
    if "can't allocate memory" in str(error):
        return Failure("engine_oom", f"the model does not fit into memory: {str(error)[:200]}")
    lines = str(error).strip().splitlines() or [""]
    return Failure("bad_model", f"'{path}' cannot be loaded: {type(error).__name__}: {lines[0][:300]}")


def facts_of(loaded, before):
    """What the folder says about the model, under the names that docs/wire.md gives. Unknown ones are left out. `before`: the
    process's memory without the model, which PyTorch itself takes."""
    model, tokenizer, config = loaded.model, loaded.tokenizer, loaded.model.config.get_text_config()
    template = template_of(tokenizer)
    weights = list(model.parameters())
    quantisation = getattr(model.config, "quantization_config", None)
    facts = {
        "architecture": model.config.model_type,
        "parameters": sum(weight.numel() for weight in weights),
        "tensor_bytes": sum(weight.numel() * weight.element_size() for weight in weights),
        "quantisation": str(getattr(quantisation, "quant_method", None) or str(model.dtype).removeprefix("torch.")),
        "context_length": getattr(config, "max_position_embeddings", None),
        "embedding_length": getattr(config, "hidden_size", None),
        "layers": getattr(config, "num_hidden_layers", None),
        "heads": getattr(config, "num_attention_heads", None),
        "kv_heads": getattr(config, "num_key_value_heads", None),
        "vocabulary": getattr(config, "vocab_size", None),
        "tokenizer": type(tokenizer).__name__,
        "adds_begin_token": loaded._begin_id is not None,
        "chat_template": "model" if template else "none",
        "can_think": loaded.can_think,
        "chat_template_sha256": hashlib.sha256(template.encode()).hexdigest() if template else None,
        "device": loaded.device,
        "dtype": str(model.dtype).removeprefix("torch."),
        "attention": getattr(config, "_attn_implementation", None),
    }
    memory = device_bytes(loaded.device)
    told = {"resident_before_load_bytes": before, "device_bytes": memory[0] if memory else None}
    facts["memory"] = {name: value for name, value in told.items() if value is not None} or None
    return {name: value for name, value in facts.items() if value is not None}
