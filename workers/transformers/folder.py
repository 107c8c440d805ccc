"""What a model folder (Hugging Face layout) says before any weight is read, and whether this worker can run it."""

import json
import os
import pathlib

from wire import Failure

MAX_CONFIG = 16 << 20  # bytes
# Names end so when a model was trained for something else than continuing text, though its kind could.
OTHER_KINDS = ("ForSpeechSeq2Seq", "ForVision2Seq", "ForCTC", "ForQuestionAnswering", "ForSequenceClassification",
               "ForTokenClassification", "ForMaskedLM")


def read_config(path):
    """config.json as a dictionary. Raises Failure: not_found, bad_model, not_supported."""
    folder = pathlib.Path(path)
    if not folder.exists():
        raise Failure("not_found", f"model folder '{path}' does not exist")
    if not folder.is_dir():
        raise Failure("bad_model", f"'{path}' is a file; expected a folder with config.json, weights and tokenizer "
                                   "(a GGUF file runs with the engine llama)")
    file = folder / "config.json"
    try:
        if file.stat().st_size > MAX_CONFIG:
            raise Failure("bad_model", f"'{file}' has more than {MAX_CONFIG} bytes")
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Failure("bad_model", f"'{path}' has no config.json; expected a model folder in the Hugging Face layout") from None
    except PermissionError:
        raise Failure("not_found", f"'{file}' may not be read") from None
    except (OSError, ValueError, RecursionError) as error:
        raise Failure("bad_model", f"'{file}' cannot be read: {str(error)[:200]}") from None
    if not isinstance(config, dict) or not isinstance(config.get("model_type"), str):
        raise Failure("bad_model", f"'{file}' names no model_type")
    _check_kind(config)
    return config


def _check_kind(config):
    names = config.get("architectures")
    for name in names if isinstance(names, list) else []:
        if str(name).endswith(OTHER_KINDS):
            raise Failure("not_supported", f"the model is a {name}; expected a causal language model "
                                           "(models of pictures and speech are not supported yet)")


def weight_bytes(path):
    """Size of the weights on disk."""
    files = [file for file in pathlib.Path(path).iterdir() if file.suffix in (".safetensors", ".bin", ".pt")]
    return sum(file.stat().st_size for file in files)


def available_bytes():
    """Memory that could be used without swapping; None where the system does not tell."""
    try:
        for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


def resident_bytes():
    """Memory of this process; None where the system does not tell."""
    try:
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError, IndexError):
        return None


def told(name, words):
    """An environment variable that holds one of `words`; None when unset."""
    word = os.environ.get(name)
    if not word:
        return None
    if word not in words:
        raise Failure("bad_request", f"{name} is '{word[:40]}'; expected one of: {', '.join(words)}")
    return word
