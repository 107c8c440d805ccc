#include "evaluator/python_run.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/decimal.h"
#include "evaluator/filter.h"

namespace assay::evaluator {
namespace {

constexpr int kShownLines = 20;
constexpr double kLongest = 3600;  // seconds

/// The last lines: Python says there what went wrong.
std::string last_lines(std::string_view text) {
  text = trim(text);
  std::size_t begin = text.size();
  for (int lines = 0; lines < kShownLines && begin != std::string_view::npos && begin > 0; ++lines)
    begin = text.rfind('\n', begin - 1);
  const std::size_t from = begin == std::string_view::npos ? 0 : begin;
  return to_valid_utf8(trim(text.substr(from)));
}

}  // namespace

std::string code_of(std::string_view answer, const std::string& entry) {
  record::Value options;
  if (!entry.empty()) {
    options = {.kind = record::Value::Kind::mapping,
               .text = {},
               .items = {record::Value::of_text(entry)},
               .keys = {"entry"}};
  }
  const MadeFilter filter = make_filter({.name = "code-block", .options = options, .where = {}});
  Filtered found = (*filter)->apply(answer, {});
  if (found.how == Filtered::How::made) return std::move(found.made);
  return std::string(found.how == Filtered::How::view ? found.view : answer);
}

Result<Nanos> time_limit(const Options& options, std::string_view type) {
  const std::string text = options.text("timeout_s", "5");
  const std::optional<Decimal> number = decimal_from(text);
  const double seconds = number ? std::strtod(text.c_str(), nullptr) : -1;
  if (!(seconds >= 0.001 && seconds <= kLongest)) {
    return fail(suite_error(fmt::format("option 'timeout_s' of {} is {}", type, as_quoted(text)),
                            "seconds from 0.001 to 3600"));
  }
  return std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds));
}

std::optional<Judgement> verdict_on_end(const sandbox::Outcome& outcome) {
  switch (outcome.end) {
    case sandbox::End::timeout:
    case sandbox::End::memory_limit:
    case sandbox::End::output_limit: return failed(sandbox::name_of(outcome.end), outcome.detail);
    case sandbox::End::broken:
    case sandbox::End::stopped: {
      Judgement judgement = broken(outcome.detail);
      judgement.reason = "sandbox";
      return judgement;
    }
    case sandbox::End::exited:
      if (outcome.status == 0) return std::nullopt;
      [[fallthrough]];
    case sandbox::End::signalled: break;
  }
  const std::string said = last_lines(outcome.err);
  return failed("crash", outcome.detail + (said.empty() ? "" : ": " + said));
}

Json record_of(const sandbox::Outcome& outcome) {
  const auto milliseconds = [](Nanos time) {
    return std::round(std::chrono::duration<double, std::micro>(time).count()) / 1000;
  };
  return {{"end", sandbox::name_of(outcome.end)},
          {"wall_ms", milliseconds(outcome.wall)},
          {"cpu_ms", milliseconds(outcome.cpu)}};
}

}  // namespace assay::evaluator
