#include "backend/script.h"

#include <charconv>

#include "base/duration.h"
#include "base/text.h"

namespace assay::backend {
namespace {

constexpr std::string_view kForms =
    "load TIME, load fails, wait TIME, N tokens every TIME, say TEXT, think TEXT, call NAME "
    "ARGUMENTS, finish WORD, error WORD, crash, "
    "stall or count N";

std::optional<std::uint32_t> number_from(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Takes "@3 " or "@3+ " off the front. False when it begins with @ and is neither.
bool take_range(std::string_view& text, Step& step) {
  if (text.empty() || text.front() != '@') return true;
  const std::size_t end = text.find(' ');
  std::string_view range = text.substr(1, end == std::string_view::npos ? end : end - 1);
  const bool open = !range.empty() && range.back() == '+';
  if (open) range.remove_suffix(1);
  const auto number = number_from(range);
  if (!number || *number == 0 || end == std::string_view::npos) return false;
  step.from = *number;
  step.to = open ? 0 : *number;
  text = trim(text.substr(end));
  return true;
}

bool read_time(std::string_view text, Step& step) {
  const auto time = parse_duration(trim(text));
  step.time = time.value_or(Nanos{0});
  return time.has_value();
}

bool read_tokens(std::string_view text, Step& step) {
  const std::vector<std::string> words = split(text, ' ');
  const auto number = number_from(words[0]);
  const bool form = words.size() == 4 && (words[1] == "tokens" || words[1] == "token") && words[2] == "every";
  if (!number || !form) return false;
  step.number = *number;
  return read_time(words[3], step);
}

bool read_count(std::string_view text, Step& step) {
  const auto number = number_from(trim(text));
  step.number = number.value_or(0);
  return number.has_value();
}

void add_call(Behaviour& behaviour, const Step& step) {
  const std::size_t space = step.text.find(' ');
  const std::string_view arguments =
      space == std::string::npos ? std::string_view{} : trim(std::string_view(step.text).substr(space));
  behaviour.calls.push_back({step.text.substr(0, space), std::string(arguments)});
  behaviour.finish = "tool_calls";
}

/// Fills `step` from "say hello" and the like.
bool read_step(std::string_view text, Step& step) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  const std::string_view rest =
      space == std::string_view::npos ? std::string_view{} : trim(text.substr(space));
  step.text = rest;
  const auto does = [&](void (*apply)(Behaviour&, const Step&)) {
    step.apply = apply;
    return true;
  };
  if (word == "crash" && rest.empty()) return does([](Behaviour& b, const Step&) { b.crash = true; });
  if (word == "stall" && rest.empty()) return does([](Behaviour& b, const Step&) { b.stall = true; });
  if (word == "load" && rest == "fails") return does([](Behaviour& b, const Step&) { b.load_fails = true; });
  if (word == "load")
    return does([](Behaviour& b, const Step& s) { b.load = s.time; }) && read_time(rest, step);
  if (word == "wait")
    return does([](Behaviour& b, const Step& s) { b.wait = s.time; }) && read_time(rest, step);
  if (word == "say") return does([](Behaviour& b, const Step& s) { b.say = s.text; });
  if (rest.empty()) return false;
  if (word == "think") return does([](Behaviour& b, const Step& s) { b.think = s.text; });
  if (word == "call") return does(add_call);
  if (word == "finish") return does([](Behaviour& b, const Step& s) { b.finish = s.text; });
  if (word == "error") return does([](Behaviour& b, const Step& s) { b.error = s.text; });
  if (word == "count")
    return does([](Behaviour& b, const Step& s) { b.claimed_count = s.number; }) && read_count(rest, step);
  return does([](Behaviour& b, const Step& s) {
           b.tokens = s.number;
           b.pace = s.time;
         }) &&
         read_tokens(text, step);
}

}  // namespace

Result<std::vector<Step>> parse_script(std::string_view script) {
  std::vector<Step> steps;
  for (const std::string& part : split(script, ';')) {
    std::string_view text = trim(part);
    if (text.empty()) continue;
    Step step;
    if (!take_range(text, step) || !read_step(text, step)) {
      return fail({.code = Code::bad_input,
                   .where = {},
                   .found = "the fake engine does not understand '" + std::string(trim(part)) + "'",
                   .expected = std::string(kForms),
                   .remedy = "Separate steps by ';', as in fake:wait 20ms; say 42"});
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

Behaviour behaviour_of(const std::vector<Step>& script, std::uint64_t number) {
  Behaviour behaviour;
  for (const Step& step : script) {
    if (number >= step.from && (step.to == 0 || number <= step.to)) step.apply(behaviour, step);
  }
  return behaviour;
}

}  // namespace assay::backend
