// A "model" that answers from a file, so that outputs made elsewhere are graded and reported like any other.
//
// One JSON object a line:
//   {"case": "greet", "repeat": 0, "output": "Hello", "reasoning": "…", "finish": "stop", "error": "…",
//    "prompt_tokens": 12, "output_tokens": 3, "tokens": [[1200000, 1, "answer"], …],
//    "tool_calls": [{"name": "weather", "arguments": "{\"city\": \"Bonn\"}"}]}
// Only `case` and `output` are required; with `tool_calls` there may be no output. Arguments are JSON as text
// or as a value, and OpenAI's form ({"function": {…}}) is read, too. `tokens` are [nanoseconds, tokens,
// kind], the time since the request was sent, or since `sent_ns` where the line has one; kind is answer,
// reasoning or tool. Without them no speed is computed, never zero. Lines of `assay samples --json` are read
// as they are (there the answer is called `raw`), and so are samples of HumanEval, {"task_id": …,
// "completion": …}: the lines of a task are its repeats, in their order. The file may be packed with gzip.

#include <map>
#include <utility>

#include <fmt/format.h>

#include "backend/entries.h"
#include "base/gzip.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::uint64_t kLargestFile = 4ULL << 30U;

struct AnswerLine {
  std::string output;
  std::string reasoning;
  std::string finish = "stop";
  std::string error;
  std::optional<std::uint32_t> prompt_tokens;
  std::optional<std::uint32_t> output_tokens;
  std::vector<record::TokenEvent> tokens;
  std::vector<record::ToolCall> calls;
};

using Key = std::pair<std::string, std::uint32_t>;

struct LineRead {
  std::string case_id;
  std::optional<std::uint32_t> repeat;  ///< absent: the next one of this case
  AnswerLine answer;
};

Error line_error(const std::string& path, int line, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .where = {path, line, 1},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = {}};
}

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

std::optional<std::uint32_t> count_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  if (at == object.end() || !at->is_number_integer()) return std::nullopt;
  const auto value = at->get<std::int64_t>();
  if (value < 0 || value > 0xFFFFFFFFLL) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::optional<record::TokenKind> kind_of(const Json& word) {
  if (word == "answer") return record::TokenKind::answer;
  if (word == "reasoning") return record::TokenKind::reasoning;
  if (word == "tool") return record::TokenKind::tool;
  return std::nullopt;
}

/// [[ns, count, kind], …], ascending, not before `sent`; false when it is anything else. Times become
/// relative to it.
bool read_tokens(const Json& list, std::int64_t sent, std::vector<record::TokenEvent>& tokens) {
  if (!list.is_array()) return false;
  std::int64_t before = sent;
  for (const Json& one : list) {
    if (!one.is_array() || one.size() != 3 || !one[0].is_number_integer() || !one[1].is_number_integer())
      return false;
    const auto at = one[0].get<std::int64_t>();
    const auto count = one[1].get<std::int64_t>();
    const auto kind = kind_of(one[2]);
    if (at < before || count < 0 || count > 1'000'000 || !kind) return false;
    tokens.push_back({Nanos{at - sent}, static_cast<std::uint32_t>(count), *kind});
    before = at;
  }
  return true;
}

const char* key_of_answer(const Json& object) {
  return object.contains("output") ? "output" : object.contains("raw") ? "raw" : "completion";
}

Result<LineRead> read_answer(const std::string& path, int number, std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed) return fail(line_error(path, number, parsed.error().found, "one JSON object a line"));
  if (!parsed->is_object()) return fail(line_error(path, number, "no JSON object", "one JSON object a line"));
  const Json& object = *parsed;
  AnswerLine answer;
  const std::string id = text_of(object, object.contains("case") ? "case" : "task_id");
  if (id.empty())
    return fail(line_error(path, number, "no 'case'",
                           "the id of the case that this answers, as text (or task_id and completion)"));
  const char* key = key_of_answer(object);
  answer.error = text_of(object, "error");
  auto calls = record::tool_calls_from(object.value("tool_calls", Json()));
  if (!calls)
    return fail(line_error(path, number, "'tool_calls' cannot be read",
                           "a list of {\"name\": TEXT, \"arguments\": JSON}"));
  answer.calls = *std::move(calls);
  const bool silent = !object.contains(key) || object[key].is_null();
  if (answer.error.empty() && !(silent && !answer.calls.empty()) &&
      (!object.contains(key) || !object[key].is_string()))
    return fail(line_error(path, number, "no 'output'", "the answer as text"));
  answer.output = text_of(object, key);
  answer.reasoning = text_of(object, "reasoning");
  if (const std::string finish = text_of(object, "finish"); !finish.empty()) answer.finish = finish;
  answer.prompt_tokens = count_of(object, "prompt_tokens");
  answer.output_tokens = count_of(object, "output_tokens");
  const Json sent = object.value("sent_ns", Json(0));
  const std::int64_t sent_ns = sent.is_number_integer() ? sent.get<std::int64_t>() : 0;
  if (object.contains("tokens") && !read_tokens(object["tokens"], sent_ns, answer.tokens))
    return fail(line_error(path, number, "'tokens' cannot be read",
                           "a list of [nanoseconds, tokens, kind], ascending in time"));
  std::optional<std::uint32_t> repeat = count_of(object, "repeat");
  if (!repeat && object.contains("case")) repeat = 0;
  return LineRead{.case_id = id, .repeat = repeat, .answer = std::move(answer)};
}

Result<std::map<Key, AnswerLine>> read_answers(const std::string& path) {
  const auto text = read_unpacked_file(path, kLargestFile);
  if (!text) return fail(text.error());
  if (const auto bad = first_invalid_utf8(*text))
    return fail(line_error(path, 1, fmt::format("byte {} is not UTF-8", *bad), "a UTF-8 file"));
  std::map<Key, AnswerLine> answers;
  std::map<std::string, std::uint32_t> next;
  int number = 0;
  for (const std::string& line : split(*text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    auto one = read_answer(path, number, line);
    if (!one) return fail(one.error());
    const std::string id = one->case_id;
    const std::uint32_t repeat = one->repeat ? *one->repeat : next[id]++;
    if (!answers.emplace(Key{id, repeat}, std::move(one->answer)).second)
      return fail(line_error(path, number, "a second answer for case '" + id + "'",
                             "one line for each case and repeat"));
  }
  if (answers.empty()) return fail(line_error(path, 1, "no answers", "one JSON object a line"));
  return answers;
}

class AnswersBackend final : public Backend {
 public:
  AnswersBackend(std::string path, Clock& clock) : path_(std::move(path)), clock_(clock) {}

  Result<Loaded> load(const LoadRequest&) override {
    const Nanos begin = clock_.now();
    auto answers = read_answers(path_);
    if (!answers) return fail(answers.error());
    answers_ = std::move(*answers);
    Loaded loaded;
    loaded.load = clock_.now() - begin;
    loaded.engine_version = "answers " ASSAY_VERSION;
    loaded.facts = {{"answers", answers_.size()}};
    loaded.takes_any_param = true;
    loaded.media = {"image", "audio", "tools"};
    return loaded;
  }

  void start(Request request) override {
    const auto at = answers_.find({request.case_id, request.repeat});
    const Nanos now = clock_.now();
    queue_.push_back({request.id, Sent{now}});
    if (at == answers_.end()) {
      queue_.push_back({request.id, Broken{"transport",
                                           fmt::format("no answer for case '{}', repeat {}, in {}",
                                                       request.case_id, request.repeat, path_),
                                           false}});
      return;
    }
    if (!at->second.error.empty()) {
      queue_.push_back({request.id, Broken{"transport", at->second.error, false}});
      return;
    }
    answer(request, at->second, now);
  }

  std::vector<Event> wait(Nanos until) override {
    if (queue_.empty()) clock_.sleep_until(until);
    return std::exchange(queue_, {});
  }

  void cancel(RequestId) override {}  // answers are there at once: nothing is ever in flight
  void unload() override { answers_.clear(); }
  std::optional<Memory> memory() override { return std::nullopt; }

 private:
  void answer(const Request& request, const AnswerLine& answer, Nanos now) {
    Accepted accepted;
    accepted.at = now;
    accepted.prompt_tokens = answer.prompt_tokens;
    queue_.push_back({request.id, accepted});
    Tokens tokens{answer.tokens, answer.output, answer.reasoning};
    for (record::TokenEvent& event : tokens.events) event.at += now;
    Finished finished;
    finished.at = tokens.events.empty() ? now : tokens.events.back().at;
    finished.finish = answer.finish;
    finished.tool_calls = answer.calls;
    finished.counts.prompt_tokens = answer.prompt_tokens;
    finished.counts.output_tokens = answer.output_tokens;
    if (answer.output_tokens) finished.counts.source = record::CountSource::usage;
    queue_.push_back({request.id, std::move(tokens)});
    queue_.push_back({request.id, std::move(finished)});
  }

  std::string path_;
  Clock& clock_;
  std::map<Key, AnswerLine> answers_;
  std::vector<Event> queue_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_answers(const record::ModelSpec& spec, MakeContext context) {
  if (spec.model.empty())
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = "answers: without a file",
                 .expected = "answers:FILE.jsonl",
                 .remedy = {}});
  return std::make_unique<AnswersBackend>(spec.model, context.clock);
}

}  // namespace assay::backend
