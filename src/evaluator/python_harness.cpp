#include "evaluator/python_harness.h"

namespace assay::evaluator {
namespace {

// Plain data in JSON. Subclasses are reduced to their base; whatever is no data is refused. No pickle:
// reading one would run what the model wrote. Whole numbers are hexadecimal, because reading long decimal
// ones takes time that grows with the square of their length.
constexpr const char* kData = R"py(import json, os, random, signal, sys, time, types

DEEPEST = 50
NESTED = (("l", list), ("t", tuple), ("S", set), ("F", frozenset))


class Unsendable(Exception):
    pass


def pack(value, depth=0):
    kind = type(value)
    if depth > DEEPEST:
        raise Unsendable("a value nested deeper than %d" % DEEPEST)
    if value is None or value is True or value is False:
        return value
    if issubclass(kind, int):
        return ["i", hex(int.__index__(value))]
    if issubclass(kind, float):
        return ["f", float.hex(value)]
    if issubclass(kind, complex):
        return ["c", float.hex(value.real), float.hex(value.imag)]
    if issubclass(kind, str):
        return ["s", str.__str__(value)]
    if issubclass(kind, bytes):
        return ["b", bytes.hex(value)]
    for tag, base in NESTED:
        if issubclass(kind, base):
            return [tag, [pack(item, depth + 1) for item in base.__iter__(value)]]
    if issubclass(kind, dict):
        return ["d", [[pack(key, depth + 1), pack(item, depth + 1)] for key, item in dict.items(value)]]
    raise Unsendable("a value of type " + kind.__name__)


def unpack(data, depth=0):
    if data is None or data is True or data is False:
        return data
    tag, body = data[0], data[1]
    if depth > DEEPEST or type(data) is not list:
        raise ValueError("no value")
    if tag == "i":
        return int(body, 16)
    if tag == "f":
        return float.fromhex(body)
    if tag == "c":
        return complex(float.fromhex(body), float.fromhex(data[2]))
    if tag == "s" and type(body) is str:
        return body
    if tag == "b":
        return bytes.fromhex(body)
    for name, base in NESTED:
        if tag == name:
            return base([unpack(item, depth + 1) for item in body])
    if tag == "d":
        return {unpack(key, depth + 1): unpack(item, depth + 1) for key, item in body}
    raise ValueError("no value")
)py";

constexpr const char* kStreams = R"py(

def take_streams():
    """The two ends of the dialogue, out of the way of what is printed and read from here on."""
    ends = os.fdopen(os.dup(0), "r", encoding="ascii", errors="replace"), os.fdopen(os.dup(1), "w", encoding="ascii")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    random.seed(0)
    return ends
)py";

constexpr const char* kCandidate = R"py(

def answer(request, world):
    # Its default ends the process, wherever the call is.
    signal.setitimer(signal.ITIMER_REAL, request.get("limit", 0))
    try:
        return reply(request, world)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def reply(request, world):
    try:
        if "exec" in request:
            exec(request["exec"], world)
            return {"value": None}
        if "eval" in request:
            return {"value": pack(eval(request["eval"], world))}
        if request["call"] not in world:
            return {"missing": request["call"]}
        given = [unpack(item) for item in request["args"]]
        named = {name: unpack(item) for name, item in request["kwargs"].items()}
        return {"value": pack(world[request["call"]](*given, **named))}
    except Unsendable as error:
        return {"bad": str(error)}
    except Exception as error:
        return {"raise": [type(error).__name__, str(error)[:2000]]}


def serve(source):
    requests, answers = take_streams()
    module = types.ModuleType("answer")
    sys.modules["answer"] = module
    exec(compile(source, "answer.py", "exec", 0, True), module.__dict__)
    answers.write("ready\n")
    answers.flush()
    for line in requests:
        answers.write(json.dumps(answer(json.loads(line), module.__dict__)) + "\n")
        answers.flush()
)py";

// What evalplus compares by (docs/evaluators.md names the cases).
constexpr const char* kReference = R"py(
def values_of(written):
    """As JSON, or as a Python expression where JSON has no word for them: tuples, sets, complex numbers."""
    return json.loads(written["json"]) if "json" in written else eval(written["python"], {})


def show_results(task):
    _, out = take_streams()
    world = {"__name__": "reference"}
    exec(compile(task["setup"] + "\n" + task["reference"], "reference", "exec"), world)
    results = []
    for given in values_of(task["inputs"]):
        begin = time.perf_counter()
        value = world[task["entry_point"]](*given)
        results.append({"seconds": time.perf_counter() - begin, "value": pack(value)})
    out.write(json.dumps(results) + "\n")
    out.flush()


def floats(value):
    many = isinstance(value, (list, tuple)) and value and all(isinstance(item, float) for item in value)
    return isinstance(value, float) or many


def near(got, wanted, atol):
    if isinstance(wanted, (list, tuple)):
        alike = isinstance(got, (list, tuple)) and len(got) == len(wanted)
        return alike and all(near(*pair, atol) for pair in zip(got, wanted))
    if got == wanted:
        return True
    numbers = all(isinstance(item, (int, float, complex)) and cmath.isfinite(item) for item in (got, wanted))
    return numbers and abs(got - wanted) <= atol + 1e-7 * abs(wanted)


def agrees(got, wanted, given, rules):
    compare, atol = rules["compare"], rules["atol"]
    if any(got == item for item in values_of(rules["accept"])):
        return True
    if compare == "set":
        return set(got) == set(wanted)
    if compare == "not_none":
        return got == wanted if isinstance(got, bool) else wanted == (got is not None)
    if compare == "root":
        return abs(sum(factor * got ** power for power, factor in enumerate(given[0]))) <= (atol or 1e-6)
    if got == wanted:
        return True
    if not atol and floats(wanted):
        atol = 1e-6
    return bool(atol) and type(got) is type(wanted) and near(got, wanted, atol)
)py";

constexpr const char* kJudge = R"py(
import ast, builtins, cmath

SHOWN = 200


class Judge:
    def __init__(self, task):
        self.replies, self.out = take_streams()
        self.task = task
        self.held = set()
        self.last = ""
        self.raised = None
        self.patience = None
        self.world = {"__name__": "tests"}

    def say(self, line):
        self.out.write(line + "\n")
        self.out.flush()

    def end(self, mark, reason, detail):
        detail = detail.encode("utf-8", "replace").decode()
        said = {"mark": mark, "reason": reason, "detail": detail, "held": len(self.held)}
        self.say("end " + json.dumps(said))
        os._exit(0)

    def ask(self, request, shown):
        self.say("call %d %s" % (len(self.held), json.dumps(request)))
        line = self.replies.readline()
        if not line:
            os._exit(1)
        try:
            reply = json.loads(line)
            kind, body = next(iter(reply.items()))
            if kind == "value":
                value = unpack(body)
            elif kind == "raise":
                name, text = str(body[0]), str(body[1])
            elif kind not in ("missing", "bad"):
                raise ValueError(kind)
        except (ValueError, TypeError, AttributeError, LookupError, StopIteration, RecursionError, OverflowError):
            self.end("fail", "bad_format", shown + " answered with something that is no value")
        if kind == "value":
            text = repr(value)
            self.last = shown + " returned " + (text if len(text) <= SHOWN else text[:SHOWN] + "…")
            return value
        if kind == "raise":
            self.last = "%s raised %s: %s" % (shown, name, text) if text else "%s raised %s" % (shown, name)
            self.raised = error_of(name, text)
            raise self.raised
        if kind == "missing":
            self.end("fail", "no_answer", "the answer defines no %s" % body)
        self.end("fail", "bad_format", "%s returned %s" % (shown, body))

    def stub(self, name):
        def call(*given, **named):
            shown = ", ".join([repr(item) for item in given] + ["%s=%r" % pair for pair in named.items()])
            shown = "%s(%s)" % (name, shown if len(shown) <= SHOWN else shown[:SHOWN] + "…")
            try:
                request = {"call": name, "args": [pack(item) for item in given],
                           "kwargs": {key: pack(item) for key, item in named.items()}}
                if self.patience:
                    request["limit"] = self.patience
            except Unsendable as error:
                self.end("error", "internal", "the tests give %s() %s, which cannot be sent" % (name, error))
            return self.ask(request, shown)

        call.__name__ = name
        return call

    def set_up(self):
        """In the judge's world; what needs a class of the candidate is run in the candidate's."""
        setup = self.task["setup"]
        try:
            exec(compile(setup, "setup", "exec"), self.world)
        except NameError:
            self.world = {"__name__": "tests"}
            self.ask({"exec": setup}, "the setup")

    def run(self):
        tree = ast.parse(self.task["tests"], "tests")
        self.say("start %d" % sum(isinstance(node, ast.Assert) for node in ast.walk(tree)))
        self.set_up()
        entry = self.task["entry_point"]
        loaded, bound = names_of(tree)
        known = bound | set(self.world) | set(dir(builtins)) | {"__file__"}
        free = (loaded - known) | ({entry} if entry else set())
        for name in free:
            self.world[name] = self.stub(name)
        calls_check = any(is_call_of(node, "check") for node in tree.body)
        tree = Marked(free).visit(tree)
        self.world["__held__"] = self.held.add
        self.world["__elsewhere__"] = lambda source: self.ask({"eval": source}, source)
        exec(compile(ast.fix_missing_locations(tree), "tests", "exec"), self.world)
        if entry and "check" in bound and not calls_check:
            self.world["check"](self.world[entry])

    def compare(self):
        """With what the reference solution gives."""
        rules, call = self.task["reference"], self.stub(self.task["entry_point"])
        self.say("start %d" % len(rules["results"]))
        for number, given in enumerate(values_of(rules["inputs"])):
            result = rules["results"][number]
            self.patience = max(4, 4 * result["seconds"])
            got, wanted = call(*given), unpack(result["value"])
            if not agrees(got, wanted, given, rules):
                text = repr(wanted)
                self.end("fail", "mismatch", "%s, expected %s" % (self.last, text[:SHOWN]))
            self.held.add(number)

    def judge(self):
        try:
            self.compare() if "reference" in self.task else self.run()
        except BaseException as error:
            kind = type(error).__name__
            if error is self.raised:
                self.end("fail", "memory_limit" if kind == "MemoryError" else "crash", self.last)
            if not self.last:
                self.end("error", "internal", "the tests do not run: %s: %s" % (kind, error))
            if isinstance(error, AssertionError):
                self.end("fail", "mismatch", self.last)
            self.end("fail", "mismatch", "%s, and the tests raised %s: %s" % (self.last, kind, error))
        if not self.held:
            self.end("error", "internal", "no assertion of the tests ran")
        self.end("pass", "", "")


def error_of(name, text):
    """An exception of the judge's own: of the built-in type of that name, so that tests can catch it."""
    kind = getattr(builtins, name, None)
    try:
        if isinstance(kind, type) and issubclass(kind, Exception):
            return kind(text)
    except Exception:
        pass
    return RuntimeError("%s: %s" % (name, text))


def names_of(tree):
    loaded, bound = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return loaded, bound


def is_call_of(node, name):
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name) and node.value.func.id == name)


class Marked(ast.NodeTransformer):
    """Counts the assertions that hold. An operand that needs two names of the candidate, such as f(Pair(1, 2)), is
    worked out there, because only data can travel; its comparison stays here."""

    def __init__(self, free):
        self.free = free
        self.count = 0

    def elsewhere(self, node):
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        if len(names & self.free) < 2 or names - self.free - set(dir(builtins)):
            return node
        source = ast.Constant(ast.unparse(node))
        return ast.Call(ast.Name("__elsewhere__", ast.Load()), [source], [])

    def visit_Assert(self, node):
        test = node.test
        if isinstance(test, ast.Compare):
            test.left = self.elsewhere(test.left)
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test.operand = self.elsewhere(test.operand)
        else:
            node.test = self.elsewhere(test)
        self.count += 1
        mark = ast.Call(ast.Name("__held__", ast.Load()), [ast.Constant(self.count)], [])
        return [node, ast.copy_location(ast.Expr(mark), node)]
)py";

std::string ascii(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

/// A JSON string is a Python string, when it is not in ASCII: Python does not join the two halves that JSON
/// writes for a character such as an emoji.
std::string literal(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string_view dialogue_streams() {
  return kStreams;
}

std::string candidate_program(const std::string& code) {
  return std::string(kData) + kStreams + kCandidate + "\n\nserve(" + literal(code) + ")\n";
}

std::string reference_program(const Json& task) {
  return std::string(kData) + kStreams + kReference + "\n\nshow_results(json.loads(" + literal(ascii(task)) +
         "))\n";
}

std::string judge_program(const Json& task) {
  const std::string written = ascii(task);
  return std::string(kData) + kStreams + kReference + kJudge + "\n\nJudge(json.loads(" + literal(written) +
         ")).judge()\n";
}

}  // namespace assay::evaluator
