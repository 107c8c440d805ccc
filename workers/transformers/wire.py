"""Messages of docs/wire.md as Python dictionaries: one JSON object on a line."""

import json

PROTOCOL = 1
MAX_LINE = 64 << 20  # bytes; longer lines are refused by both sides
MAX_ID = 2**63


class Failure(Exception):
    """What the answer `error` says. `reason` is a word of docs/wire.md, section 3; `message` is for people."""

    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.message = message


def _is_text(value):
    return isinstance(value, str)


def _is_object(value):
    return isinstance(value, dict)


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_ID


def _is_parallel(value):
    return _is_whole(value) and 1 <= value <= 4096


def _is_messages(value):
    return isinstance(value, list) and bool(value)


def _is_continuations(value):
    return isinstance(value, list) and 1 <= len(value) <= 1024 and all(_is_text(one) and one for one in value)


# type → member → (needed, test, what it must be)
REQUESTS = {
    "hello": {"protocol": (True, _is_whole, "a whole number")},
    "load": {
        "model": (True, _is_text, "a path"),
        "options": (False, _is_object, "an object"),
        "parallel": (False, _is_parallel, "a whole number from 1 to 4096"),
    },
    "tokenize": {"text": (False, _is_text, "text"), "messages": (False, _is_messages, "a list of messages")},
    "generate": {
        "raw": (False, _is_text, "text"),
        "messages": (False, _is_messages, "a list of messages"),
        "params": (False, _is_object, "an object"),
    },
    "score": {
        "raw": (False, _is_text, "text"),
        "messages": (False, _is_messages, "a list of messages"),
        "continuations": (True, _is_continuations, "1 to 1024 texts, none empty"),
        "params": (False, _is_object, "an object"),
    },
    "cancel": {"target": (True, _is_whole, "the id of a generate or score")},
    "unload": {},
    "quit": {},
}
ROLES = ("system", "user", "assistant")


def _no_constant(word):
    raise ValueError(f"{word} is no JSON")


def decode(line):
    """The request in a line of bytes. Raises Failure with `bad_request`."""
    if len(line) > MAX_LINE:
        raise Failure("bad_request", f"the line has more than {MAX_LINE} bytes")
    try:
        text = line.decode("utf-8")
        message = json.loads(text, parse_constant=_no_constant)
        json.dumps(message, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no character
    except RecursionError:
        raise Failure("bad_request", "the line is nested too deep") from None
    except ValueError as error:
        raise Failure("bad_request", f"the line is no JSON: {str(error)[:200]}") from None
    if not isinstance(message, dict):
        raise Failure("bad_request", "the line is JSON, but no object; expected an object with type and id")
    _check(message)
    return message


def _check(message):
    kind = message.get("type")
    if kind not in REQUESTS if isinstance(kind, str) else True:
        raise Failure("bad_request", f"unknown message type {kind!r:.60}; expected one of: {', '.join(REQUESTS)}")
    number = message.get("id")
    if not _is_whole(number) or number == 0:
        raise Failure("bad_request", f"{kind}: 'id' is {number!r:.60}; expected a positive whole number")
    members = REQUESTS[kind]
    for name, value in message.items():
        if name in ("type", "id"):
            continue
        if name not in members:
            raise Failure("bad_request", f"{kind}: unknown member '{name[:60]}'; expected: {', '.join(members) or 'none'}")
        _, good, expected = members[name]
        if not good(value):
            raise Failure("bad_request", f"{kind}: '{name}' is {value!r:.60}; expected {expected}")
    for name, (needed, _, expected) in members.items():
        if needed and name not in message:
            raise Failure("bad_request", f"{kind}: '{name}' is missing; expected {expected}")
    if kind in ("tokenize", "generate", "score"):
        _check_prompt(message, "text" if kind == "tokenize" else "raw")


def _check_prompt(message, plain):
    kind = message["type"]
    if (plain in message) == ("messages" in message):
        raise Failure("bad_request", f"{kind}: expected '{plain}' or 'messages', one of them")
    for part in message.get("messages", []):
        if not isinstance(part, dict) or set(part) != {"role", "content"}:
            raise Failure("bad_request", f"{kind}: a message is {part!r:.60}; expected an object with role and content")
        if part["role"] not in ROLES:
            raise Failure("bad_request", f"{kind}: role is {part['role']!r:.60}; expected one of: {', '.join(ROLES)}")
        if isinstance(part["content"], list):
            raise Failure("not_supported", f"{kind}: content of several parts (pictures, sound) is not supported yet; send text")
        if not isinstance(part["content"], str):
            raise Failure("bad_request", f"{kind}: content is {part['content']!r:.60}; expected text")


def id_of(line):
    """The id of a line that did not decode, where it can be told; else 0."""
    try:
        number = json.loads(line.decode("utf-8")).get("id")
    except (ValueError, AttributeError, RecursionError):
        return 0
    return number if _is_whole(number) else 0


def encode(message):
    """The line of a reply, as bytes. What is no character becomes U+FFFD."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8") + b"\n"
