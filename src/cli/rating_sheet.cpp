#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/ratings.h"
#include "evaluator/grader.h"
#include "plan/plan.h"
#include "report/csv_text.h"

namespace assay::cli {
namespace {

using Question = evaluator::HumanQuestion;

/// The names of a sheet's columns with one row's texts, in their order.
using SheetRow = std::vector<std::pair<std::string, std::string>>;

std::string csv_text(const std::vector<SheetRow>& rows) {
  std::string text;
  for (const auto& [name, value] : rows.front()) text += (text.empty() ? "" : ",") + name;
  text += "\n";
  for (const SheetRow& row : rows) {
    std::string line;
    for (const auto& [name, value] : row)
      line += (line.empty() ? "" : ",") + report::csv_quoted(report::csv_inert(value));
    text += line + "\n";
  }
  return text;
}

std::string json_text(const std::vector<SheetRow>& rows) {
  std::string text;
  for (const SheetRow& row : rows) {
    OrderedJson object;
    for (const auto& [name, value] : row) object[name] = value;
    text += dump(object) + "\n";
  }
  return text;
}

/// As the suite has it: what the engine saw would tell its chat template.
std::string prompt_text(const record::Suite& suite, const record::Case& test_case) {
  std::vector<std::string> parts;
  for (const record::Message& message : plan::prompt_of(suite, test_case).messages)
    parts.push_back(message.content);
  return join(parts, "\n\n");
}

std::string media_text(const record::Case& test_case) {
  std::vector<std::string> files = test_case.images;
  files.insert(files.end(), test_case.audio.begin(), test_case.audio.end());
  return join(files, " ");
}

std::string answer_text(const record::Sample& sample, const record::Verdict* verdict) {
  std::string text = verdict != nullptr && !verdict->extracted.empty() ? verdict->extracted : sample.output;
  for (const record::ToolCall& call : sample.tool_calls)
    text += fmt::format("{}{}({})", text.empty() ? "" : "\n", call.name, call.arguments);
  return text;
}

class Sheet {
 public:
  Sheet(const record::Run& run, const record::Suite& suite, bool blind)
      : run_(run), suite_(suite), blind_(blind) {
    for (const record::Case& test_case : suite.cases) {
      Question question = evaluator::question_of(suite, test_case);
      blind_ = blind_ || question.blind;
      several_ = several_ || question.checks.size() > 1;
      if (!question.checks.empty()) cases_.emplace(test_case.id, Asked{&test_case, std::move(question)});
    }
  }

  bool asks_nobody() const { return cases_.empty(); }

  void add(const record::Sample& sample, const record::Verdict* verdict) {
    const auto at = cases_.find(sample.case_id);
    if (at == cases_.end() || sample.status != record::Status::ok) return;
    for (const evaluator::HumanCheck& asked : at->second.question.checks)
      add_row(sample, verdict, *at->second.test_case, asked, at->second.question.checks.size() > 1);
  }

  /// Blind: by the first column, which is a hash, so that neighbours tell nothing.
  std::vector<SheetRow> rows() {
    if (blind_) std::sort(rows_.begin(), rows_.end());
    return std::move(rows_);
  }

 private:
  struct Asked {
    const record::Case* test_case;
    Question question;
  };

  /// `named`: one check of several, so the rating has to say which.
  void add_row(const record::Sample& sample, const record::Verdict* verdict, const record::Case& test_case,
               const evaluator::HumanCheck& asked, bool named) {
    SheetRow row{{"sample", rating_token(run_, sample.sequence)}, {"case", sample.case_id}};
    if (!blind_) {
      row.emplace_back("repeat", std::to_string(sample.repeat));
      row.emplace_back("model", run_.models.at(sample.model).spec.label);
      if (run_.cells.size() > 1) row.emplace_back("cell", run_.cells.at(sample.cell).label);
    }
    if (several_) row.emplace_back("check", named ? asked.name : "");
    row.emplace_back("question", asked.question);
    row.emplace_back("prompt", prompt_text(suite_, test_case));
    row.emplace_back("media", media_text(test_case));
    row.emplace_back("answer", answer_text(sample, verdict));
    for (const char* to_fill : {"rater", "rating", "comment"}) row.emplace_back(to_fill, "");
    rows_.push_back(std::move(row));
  }

  const record::Run& run_;
  const record::Suite& suite_;
  bool blind_;
  bool several_ = false;  ///< some case has more than one check for people
  std::map<std::string_view, Asked> cases_;
  std::vector<SheetRow> rows_;
};

Error nothing(const record::Run& run, std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .where = {.file = "run " + run.id, .line = 0, .column = 0},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = {}};
}

}  // namespace

Result<std::uint64_t> write_rating_sheet(const store::Store& store, const record::Run& run,
                                         const record::Suite& suite, const std::string& path, bool blind) {
  Sheet sheet(run, suite, blind);
  if (sheet.asks_nobody())
    return fail(nothing(run, "its suite asks people nothing", "a check of the type human"));
  const auto read = store.for_each_graded(run.id, std::nullopt, {},
                                          [&](record::Sample&& sample, const record::Verdict* verdict) {
                                            sheet.add(sample, verdict);
                                            return true;
                                          });
  if (!read) return fail(read.error());
  const std::vector<SheetRow> rows = sheet.rows();
  if (rows.empty()) return fail(nothing(run, "no answer to be rated", "answers to cases with a human check"));
  const auto written = write_file(path, path.ends_with(".csv") ? csv_text(rows) : json_text(rows));
  if (!written) return fail(written.error());
  return rows.size();
}

}  // namespace assay::cli
