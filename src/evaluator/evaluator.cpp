#include "evaluator/evaluator.h"

#include "base/text.h"

namespace assay::evaluator {
namespace {

/// Enough to recognise a value in a table; the whole text is in the sample.
constexpr std::size_t kShownColumns = 60;
constexpr std::size_t kExcerptBytes = 240;

}  // namespace

Judgement passed(std::string detail) {
  Judgement judgement;
  judgement.mark = record::Mark::pass;
  judgement.score = 1.0;
  judgement.detail = std::move(detail);
  return judgement;
}

Judgement failed(std::string_view reason, std::string detail) {
  Judgement judgement;
  judgement.mark = record::Mark::fail;
  judgement.score = 0.0;
  judgement.reason = reason;
  judgement.detail = std::move(detail);
  return judgement;
}

Judgement broken(std::string detail) {
  Judgement judgement;
  judgement.mark = record::Mark::error;
  judgement.reason = "internal";
  judgement.detail = std::move(detail);
  return judgement;
}

Judgement matched(bool yes, std::string detail) {
  return yes ? passed(std::move(detail)) : failed("mismatch", std::move(detail));
}

Judgement scored(double score, double threshold, std::string detail) {
  // A mean of thirds is not exact in binary; a share of rounding error must not decide.
  constexpr double kRounding = 1e-12;
  Judgement judgement =
      score + kRounding >= threshold ? passed(std::move(detail)) : failed("threshold", std::move(detail));
  judgement.score = score;
  return judgement;
}

Judgement ungraded(std::string_view reason, std::string detail) {
  Judgement judgement;
  judgement.mark = record::Mark::ungraded;
  judgement.reason = reason;
  judgement.detail = std::move(detail);
  return judgement;
}

std::string as_quoted(std::string_view text) {
  // printable() looks at all of a text that it shows a part of, so a long one is cut first.
  std::string shown = "'";
  shown += printable(excerpt(text), kShownColumns);
  shown += '\'';
  return shown;
}

std::string excerpt(std::string_view text) {
  const std::string_view cut = text.substr(0, kExcerptBytes);
  return std::string(cut.size() == text.size() ? cut : cut.substr(0, whole_utf8_prefix(cut)));
}

}  // namespace assay::evaluator
