// tool-call: the model called the functions that the value names.
#include <algorithm>
#include <memory>
#include <set>
#include <variant>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/json_compare.h"
#include "evaluator/methods.h"
#include "evaluator/options.h"
#include "evaluator/text_calls.h"
#include "evaluator/toolbox.h"

namespace assay::evaluator {
namespace {

// A model that calls without end has failed; each call beyond would be compared with each expected one.
constexpr std::size_t kMostCalls = 1024;
constexpr std::size_t kShownCalls = 8;

enum class Mode { f1, exact, sequence };

/// JSON with the text that its tree points into; stays where it is.
struct Arguments {
  std::string text;
  JsonTree tree;
};

/// An expected call, or one that was made.
struct Call {
  std::string name;
  std::unique_ptr<const Arguments> arguments;  ///< expected: nullptr for any
};

tl::expected<std::unique_ptr<const Arguments>, JsonFault> parsed(std::string text) {
  auto made = std::make_unique<Arguments>();
  made->text = std::move(text);
  auto tree = parse_json_text(made->text);
  if (!tree) return tl::unexpected(tree.error());
  made->tree = std::move(*tree);
  return made;
}

std::string names_of(const std::vector<Call>& calls) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(calls.size(), kShownCalls); ++i)
    names.push_back(printable(excerpt(calls[i].name), 60));
  if (names.empty()) return "nothing";
  return join(names, ", ") + (calls.size() > kShownCalls ? ", …" : "");
}

struct CallsWanted {
  std::vector<Call> calls;
  Mode mode = Mode::f1;
  bool compare = false;  ///< arguments count
  JsonRules rules{.by_value = true, .tolerance = {}, .ignore = {}, .any_order = false, .ignore_extra = false};
  bool in_text = false;
  std::shared_ptr<const Toolbox> tools;  ///< nullptr: none were offered
};

class ToolCalls final : public Evaluator {
 public:
  explicit ToolCalls(CallsWanted wanted) : wanted_(std::move(wanted)) {}

  Judgement judge(const Subject& subject) const override {
    std::vector<record::ToolCall> told = subject.sample.tool_calls;
    if (wanted_.in_text) {
      TextCalls found = calls_in(subject.text, wanted_.tools.get());
      if (found.limit) return broken("looking for calls took more than its steps on this text");
      std::move(found.calls.begin(), found.calls.end(), std::back_inserter(told));
    }
    if (told.size() > kMostCalls)
      return failed("mismatch",
                    fmt::format("{} calls; more than {} are not compared", told.size(), kMostCalls));
    if (told.empty())
      return wanted_.calls.empty() ? passed("no call, as expected")
                                   : failed("no_answer", "no call; expected " + names_of(wanted_.calls));
    auto calls = read(told);
    if (auto* fault = std::get_if<Judgement>(&calls)) return std::move(*fault);
    return compare(std::get<std::vector<Call>>(calls));
  }

 private:
  /// The calls with their arguments read; or what is wrong with the first bad one.
  std::variant<std::vector<Call>, Judgement> read(const std::vector<record::ToolCall>& told) const {
    std::vector<Call> calls;
    for (const record::ToolCall& one : told) {
      // A call without arguments comes as an empty text from some servers.
      auto arguments = parsed(trim(one.arguments).empty() ? "{}" : one.arguments);
      const std::string whose = as_quoted(one.name);
      if (!arguments)
        return failed("bad_format", fmt::format("the arguments of {} are no JSON at offset {}: {}", whose,
                                                arguments.error().offset, arguments.error().what));
      const JsonKind kind = (*arguments)->tree.nodes[0].kind;
      if (kind != JsonKind::object)
        return failed("bad_format",
                      fmt::format("the arguments of {} are {}, not object", whose, name_of(kind)));
      if (auto fault = misfit(one.name, (*arguments)->tree)) return *std::move(fault);
      calls.push_back({one.name, *std::move(arguments)});
    }
    return calls;
  }

  std::optional<Judgement> misfit(const std::string& name, const JsonTree& arguments) const {
    const JsonSchema* schema = wanted_.tools == nullptr ? nullptr : wanted_.tools->schema_of(name);
    const auto fault = schema == nullptr ? std::nullopt : schema->check(arguments, 0);
    if (!fault) return std::nullopt;
    if (fault->limit) return broken(fault->what);
    return failed(
        "bad_format",
        fmt::format("the arguments of {} do not fit its schema: {}{}: {}", as_quoted(name),
                    fault->pointer.empty() ? "" : fault->pointer + ": ", fault->keyword, fault->what));
  }

  Judgement compare(const std::vector<Call>& made) const {
    const double score = score_of(made);
    const std::string called = "called " + names_of(made);
    Judgement judgement = matched(score == 1, score == 1 ? called : what_differs(made, called));
    judgement.score = score;
    return judgement;
  }

  std::string what_differs(const std::vector<Call>& made, const std::string& called) const {
    const std::string expected = "expected " + names_of(wanted_.calls);
    for (const Call& want : wanted_.calls) {
      const auto same_name = [&](const Call& call) { return call.name == want.name; };
      const bool met =
          std::any_of(made.begin(), made.end(), [&](const Call& call) { return meets(want, call); });
      const auto near = std::find_if(made.begin(), made.end(), same_name);
      if (met || near == made.end()) continue;
      return fmt::format(
          "{}: {}", as_quoted(want.name),
          evaluator::compare(want.arguments->tree, near->arguments->tree, wanted_.rules).reason);
    }
    return fmt::format("{}; {}", expected, called);
  }

  double score_of(const std::vector<Call>& made) const {
    const std::vector<Call>& wanted = wanted_.calls;
    switch (wanted_.mode) {
      case Mode::f1: return wanted_.compare ? f1(pairs(made), wanted.size(), made.size()) : f1_of_names(made);
      case Mode::exact: return made.size() == wanted.size() && pairs(made) == wanted.size() ? 1 : 0;
      case Mode::sequence:
        return std::equal(wanted.begin(), wanted.end(), made.begin(), made.end(),
                          [&](const Call& want, const Call& call) { return meets(want, call); })
                   ? 1
                   : 0;
    }
    return 0;
  }

  static double f1(std::size_t hits, std::size_t wanted, std::size_t made) {
    return wanted + made == 0 ? 1 : 2.0 * static_cast<double>(hits) / static_cast<double>(wanted + made);
  }

  double f1_of_names(const std::vector<Call>& made) const {
    std::set<std::string_view> wanted;
    std::set<std::string_view> called;
    for (const Call& call : wanted_.calls) wanted.insert(call.name);
    for (const Call& call : made) called.insert(call.name);
    const auto hits = std::count_if(wanted.begin(), wanted.end(),
                                    [&](std::string_view name) { return called.contains(name); });
    return f1(static_cast<std::size_t>(hits), wanted.size(), called.size());
  }

  bool meets(const Call& want, const Call& call) const {
    if (want.name != call.name) return false;
    if (!wanted_.compare || want.arguments == nullptr) return true;
    return evaluator::compare(want.arguments->tree, call.arguments->tree, wanted_.rules).outcome ==
           JsonOutcome::equal;
  }

  /// The most expected calls that can each have a call of their own. One that asks for less could take the
  /// call that another needs, so takers change places (augmenting paths).
  std::size_t pairs(const std::vector<Call>& made) const {
    std::vector<std::vector<std::size_t>> fits(wanted_.calls.size());
    for (std::size_t i = 0; i < fits.size(); ++i) {
      for (std::size_t j = 0; j < made.size(); ++j) {
        if (meets(wanted_.calls[i], made[j])) fits[i].push_back(j);
      }
    }
    std::vector<std::optional<std::size_t>> taker(made.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < fits.size(); ++i) {
      std::vector<bool> seen(made.size(), false);
      count += place(i, fits, taker, seen) ? 1 : 0;
    }
    return count;
  }

  static bool place(std::size_t want, const std::vector<std::vector<std::size_t>>& fits,
                    std::vector<std::optional<std::size_t>>& taker, std::vector<bool>& seen) {
    for (const std::size_t call : fits[want]) {
      if (seen[call]) continue;
      seen[call] = true;
      if (taker[call] && !place(*taker[call], fits, taker, seen)) continue;
      taker[call] = want;
      return true;
    }
    return false;
  }

  CallsWanted wanted_;
};

constexpr std::string_view kForms = "a list of names, or of {name: NAME, arguments: {…}}";

Result<Call> wanted_call(const record::Value& item) {
  if (item.kind == record::Value::Kind::text && !item.text.empty()) return Call{item.text, nullptr};
  const record::Value* name = item.kind == record::Value::Kind::mapping ? item.find("name") : nullptr;
  if (name == nullptr || name->kind != record::Value::Kind::text || name->text.empty())
    return fail(suite_error(fmt::format("an expected call is {} without a name", record::name_of(item.kind)),
                            std::string(kForms)));
  Call call{name->text, nullptr};
  for (const std::string& key : item.keys) {
    if (key != "name" && key != "arguments")
      return fail(
          suite_error(fmt::format("unknown key {} of an expected call", as_quoted(key)), "name, arguments"));
  }
  const record::Value* arguments = item.find("arguments");
  if (arguments == nullptr) return call;
  if (arguments->kind != record::Value::Kind::mapping)
    return fail(suite_error(fmt::format("arguments of the expected call of {} is {}", as_quoted(call.name),
                                        record::name_of(arguments->kind)),
                            "a mapping of names to values"));
  auto read = parsed(json_text_of(*arguments));
  if (!read)
    return fail(suite_error(fmt::format("arguments of the expected call of {} are no JSON: {}",
                                        as_quoted(call.name), read.error().what),
                            "values that JSON has"));
  call.arguments = *std::move(read);
  return call;
}

Result<std::vector<Call>> wanted_calls(const record::Value& value) {
  std::vector<Call> calls;
  const bool one = value.kind != record::Value::Kind::list;
  const std::vector<record::Value> single = one ? std::vector{value} : std::vector<record::Value>{};
  for (const record::Value& item : one ? single : value.items) {
    auto call = wanted_call(item);
    if (!call) return fail(call.error());
    calls.push_back(*std::move(call));
  }
  if (calls.size() <= kMostCalls) return calls;
  return fail(
      suite_error(fmt::format("{} expected calls", calls.size()), fmt::format("at most {}", kMostCalls)));
}

std::optional<Error> not_offered(const CallsWanted& wanted) {
  if (wanted.tools == nullptr) return std::nullopt;
  for (const Call& call : wanted.calls) {
    if (wanted.tools->offers(call.name)) continue;
    const std::string near = nearest(call.name, wanted.tools->names());
    return suite_error(
        fmt::format("a call of {} is expected, and no tool has that name", as_quoted(call.name)),
        "one of: " + join(wanted.tools->names(), ", "),
        near.empty() ? "" : fmt::format("Did you mean '{}'?", near));
  }
  return std::nullopt;
}

}  // namespace

MadeEvaluator make_tool_call(const Recipe& recipe) {
  const Options options(recipe.options);
  CallsWanted wanted;
  const std::string mode = options.text("mode", "f1");
  wanted.mode = mode == "exact" ? Mode::exact : mode == "sequence" ? Mode::sequence : Mode::f1;
  const std::string arguments = options.text("arguments", "ignore");
  wanted.compare = arguments != "ignore";
  wanted.rules.ignore_extra = arguments == "subset";
  wanted.in_text = options.text("parse", "field") == "text";
  wanted.tools = recipe.setting.tools;
  if (recipe.value == nullptr) return std::make_unique<ToolCalls>(std::move(wanted));
  auto calls = wanted_calls(*recipe.value);
  if (!calls) return fail(calls.error());
  wanted.calls = *std::move(calls);
  const bool has_arguments = std::any_of(wanted.calls.begin(), wanted.calls.end(),
                                         [](const Call& call) { return call.arguments != nullptr; });
  if (has_arguments && !options.has("arguments"))
    return fail(suite_error("expected arguments, and tool-call does not look at arguments",
                            "how they are compared", "Write: arguments: subset, exact or ignore"));
  if (auto error = not_offered(wanted)) return fail(*error);
  return std::make_unique<ToolCalls>(std::move(wanted));
}

}  // namespace assay::evaluator
