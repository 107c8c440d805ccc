#include "cli/ratings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "evaluator/grader.h"
#include "suite/csv.h"

namespace assay::cli {
namespace {

using evaluator::Rating;
using evaluator::Ratings;

constexpr std::string_view kAttachment = "ratings.jsonl";
constexpr std::uint64_t kLargestFile = 256U << 20U;
constexpr std::size_t kLongestRow = 16U << 20U;
constexpr std::array<std::string_view, 14> kColumns{"sample", "case",   "repeat",  "model", "cell",
                                                    "rater",  "rating", "comment", "time",  "question",
                                                    "prompt", "media",  "answer",  "check"};

/// One row, whatever the file's form; an empty cell is not there.
struct Row {
  int line = 0;
  std::map<std::string, std::string> cells;

  std::string text(const std::string& name) const {
    const auto at = cells.find(name);
    return at == cells.end() ? std::string{} : at->second;
  }
};

Error wrong(const std::string& path, int line, std::string found, std::string expected,
            std::string remedy = {}) {
  return {.code = Code::bad_input,
          .where = {path, line, 1},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

Result<void> check_column(const std::string& path, int line, const std::string& name) {
  if (std::find(kColumns.begin(), kColumns.end(), name) != kColumns.end()) return {};
  const std::vector<std::string> known(kColumns.begin(), kColumns.end());
  const std::string near = nearest(name, known);
  return fail(wrong(path, line, fmt::format("unknown column '{}'", printable(name, 60)),
                    "one of: " + join(known, ", "),
                    near.empty() ? "" : fmt::format("Did you mean '{}'?", near)));
}

Result<std::vector<Row>> csv_rows(const std::string& path) {
  suite::TextSource source(path);
  std::vector<Row> rows;
  std::vector<std::string> names;
  for (bool header = true;; header = false) {
    const auto cells = suite::read_row(source, kLongestRow);
    if (!cells) {
      Error error = cells.error();
      error.where.file = path;
      return fail(std::move(error));
    }
    if (!*cells) return rows;
    const int line = static_cast<int>((*cells)->front().place.line);
    if (!header && (*cells)->size() != names.size())
      return fail(wrong(path, line, fmt::format("a row of {} cells", (*cells)->size()),
                        fmt::format("{}, as in the header", names.size())));
    Row row{.line = line, .cells = {}};
    for (std::size_t i = 0; i < (*cells)->size(); ++i) {
      const std::string& text = (**cells)[i].text;
      if (header) {
        if (auto known = check_column(path, line, text); !known) return fail(known.error());
        names.push_back(text);
      } else if (!text.empty()) {
        row.cells[names[i]] = text;
      }
    }
    if (!header) rows.push_back(std::move(row));
  }
}

Result<std::vector<Row>> json_rows(const std::string& path, std::string_view text) {
  std::vector<Row> rows;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const auto object = parse_json(line);
    if (!object || !object->is_object())
      return fail(
          wrong(path, number, object ? "no JSON object" : object.error().found, "one JSON object a line"));
    Row row{.line = number, .cells = {}};
    for (const auto& [name, value] : object->items()) {
      if (auto known = check_column(path, number, name); !known) return fail(known.error());
      if (value.is_null()) continue;
      if (value.is_structured())
        return fail(
            wrong(path, number, fmt::format("'{}' is a list or an object", name), "text or a number"));
      row.cells[name] = value.is_string() ? value.get<std::string>() : dump(value);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<Row>> rows_of(const std::string& path) {
  const auto text = read_file(path, kLargestFile);
  if (!text) return fail(text.error());
  if (const auto bad = first_invalid_utf8(*text))
    return fail(wrong(path, 1, fmt::format("byte {} is not UTF-8", *bad), "a UTF-8 file"));
  return path.ends_with(".csv") ? csv_rows(path) : json_rows(path, *text);
}

std::optional<double> score_from(const std::string& text) {
  if (text == "pass") return 1;
  if (text == "fail") return 0;
  const auto score = double_from(text);
  return score && *score >= 0 && *score <= 1 ? score : std::nullopt;
}

Result<Rating> rating_of(const std::string& path, const Row& row) {
  Rating rating{.rater = row.text("rater"),
                .score = 0,
                .comment = row.text("comment"),
                .time = row.text("time"),
                .check = row.text("check")};
  if (rating.rater.empty())
    return fail(wrong(path, row.line, "a rating without 'rater'", "a label for the person who rates"));
  const std::string given(trim(row.text("rating")));
  const auto score = score_from(given);
  if (!score)
    return fail(wrong(path, row.line, fmt::format("the rating is '{}'", printable(given, 40)),
                      "pass, fail, or a number from 0 to 1"));
  rating.score = *score;
  return rating;
}

/// Finds the sample that a row is about.
class Index {
 public:
  static Result<Index> make(const store::Store& store, const record::Run& run) {
    Index index(run);
    store::SampleFilter filter;
    filter.texts = false;
    const auto read = store.for_each_sample(run.id, filter, [&](record::Sample&& sample) {
      index.tokens_.emplace(rating_token(run, sample.sequence), sample.sequence);
      index.samples_.insert_or_assign(Key{sample.case_id, sample.repeat, sample.model, sample.cell},
                                      sample.sequence);
      return true;
    });
    if (!read) return fail(read.error());
    return index;
  }

  Result<std::uint64_t> find(const std::string& path, const Row& row) const {
    if (const std::string token = row.text("sample"); !token.empty()) {
      const auto at = tokens_.find(token);
      if (at != tokens_.end()) return at->second;
      return fail(wrong(path, row.line, fmt::format("the run has no sample '{}'", printable(token, 40)),
                        "a sample of this run's sheet", "Is the sheet of another run?"));
    }
    const auto model = place_of(path, row, "model", run_.models,
                                [](const record::ModelRecord& one) { return one.spec.label; });
    if (!model) return fail(model.error());
    const auto cell =
        place_of(path, row, "cell", run_.cells, [](const record::Cell& one) { return one.label; });
    if (!cell) return fail(cell.error());
    const auto repeat = repeat_of(path, row);
    if (!repeat) return fail(repeat.error());
    const auto at = samples_.find(Key{row.text("case"), *repeat, *model, *cell});
    if (at != samples_.end()) return at->second;
    return fail(wrong(path, row.line,
                      fmt::format("the run has no answer to case '{}', repeat {}",
                                  printable(row.text("case"), 60), *repeat),
                      "a sample of this run: `sample` of a sheet, or case, repeat, model and cell"));
  }

 private:
  using Key = std::tuple<std::string, std::uint32_t, std::uint32_t, std::uint32_t>;

  explicit Index(const record::Run& run) : run_(run) {}

  /// The place of the entry that a row names; the only one need not be named.
  template <class Entries, class Label>
  static Result<std::uint32_t> place_of(const std::string& path, const Row& row, const std::string& column,
                                        const Entries& entries, const Label& label_of) {
    const std::string name = row.text(column);
    std::vector<std::string> labels;
    for (const auto& entry : entries) labels.push_back(label_of(entry));
    if (name.empty() && labels.size() <= 1) return 0U;
    const auto at = std::find(labels.begin(), labels.end(), name);
    if (at != labels.end()) return static_cast<std::uint32_t>(at - labels.begin());
    return fail(wrong(path, row.line,
                      name.empty() ? fmt::format("a rating without '{}'", column)
                                   : fmt::format("the run has no {} '{}'", column, printable(name, 60)),
                      "one of: " + join(labels, ", ")));
  }

  static Result<std::uint32_t> repeat_of(const std::string& path, const Row& row) {
    const std::string text = row.text("repeat");
    std::uint32_t repeat = 0;
    if (text.empty()) return repeat;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), repeat);
    if (status == std::errc{} && end == text.data() + text.size()) return repeat;
    return fail(wrong(path, row.line, fmt::format("repeat is '{}'", printable(text, 40)),
                      "a whole number; the first is 0"));
  }

  const record::Run& run_;
  std::map<std::string, std::uint64_t> tokens_;
  std::map<Key, std::uint64_t> samples_;
};

/// The names that a rating may give, each once, in the suite's order.
std::vector<std::string> names_of_checks(const record::Suite& suite) {
  std::vector<std::string> names;
  for (const record::Case& test_case : suite.cases) {
    for (const evaluator::HumanCheck& one : evaluator::question_of(suite, test_case).checks) {
      if (std::find(names.begin(), names.end(), one.name) == names.end()) names.push_back(one.name);
    }
  }
  return names;
}

/// The check that a rating names must be there. A sheet puts a ' before what a spreadsheet would run.
Result<void> check_name(const std::string& path, const Row& row, Rating& rating,
                        const std::vector<std::string>& names) {
  const auto is_known = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (rating.check.empty() || is_known(rating.check)) return {};
  if (rating.check.front() == '\'' && is_known(std::string_view(rating.check).substr(1))) {
    rating.check.erase(0, 1);
    return {};
  }
  std::vector<std::string> shown;
  for (const std::string& name : names) shown.push_back(printable(name, 60));
  return fail(wrong(path, row.line,
                    fmt::format("the suite has no human check '{}'", printable(rating.check, 60)),
                    names.empty() ? "no check at all" : "one of: " + join(shown, ", "),
                    "A check is named by its metric, else by what it asks"));
}

std::string lines_of(const Ratings& ratings) {
  std::string text;
  for (const auto& [sequence, list] : ratings) {
    for (const Rating& one : list) {
      Json line{{"sequence", sequence},
                {"rater", one.rater},
                {"rating", one.score},
                {"comment", one.comment},
                {"time", one.time}};
      if (!one.check.empty()) line["check"] = one.check;
      text += dump(line) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string rating_token(const record::Run& run, std::uint64_t sequence) {
  return short_hash(fmt::format("rating {} {}", run.id, sequence), 12);
}

Result<Ratings> stored_ratings(const store::Store& store, const record::Run& run) {
  const auto text = store.attachment(run.id, kAttachment);
  if (!text) return fail(text.error());
  Ratings ratings;
  int number = 0;
  for (const std::string& line : split(text->value_or(""), '\n')) {
    ++number;
    if (line.empty()) continue;
    const auto object = parse_json(line);
    const bool good =
        object && object->is_object() && object->value("sequence", Json()).is_number_unsigned() &&
        object->value("rating", Json()).is_number() && object->value("rater", Json()).is_string();
    if (!good)
      return fail(wrong("run " + run.id, number, "its ratings are damaged", "one JSON object a line",
                        "Read them in again: assay grade RUN --ratings FILE"));
    const auto text_at = [&](const char* name) {
      const Json value = object->value(name, Json());
      return value.is_string() ? value.get<std::string>() : std::string{};
    };
    ratings[(*object)["sequence"].get<std::uint64_t>()].push_back(
        {text_at("rater"), (*object)["rating"].get<double>(), text_at("comment"), text_at("time"),
         text_at("check")});
  }
  return ratings;
}

Result<AddedRatings> add_ratings(store::Store& store, const record::Run& run, const record::Suite& suite,
                                 const std::string& path) {
  const auto rows = rows_of(path);
  if (!rows) return fail(rows.error());
  const auto index = Index::make(store, run);
  if (!index) return fail(index.error());
  auto known = stored_ratings(store, run);
  if (!known) return fail(known.error());
  AddedRatings result{.all = *std::move(known)};
  const std::vector<std::string> names = names_of_checks(suite);
  std::set<std::tuple<std::uint64_t, std::string, std::string>> seen;
  SystemClock clock;
  for (const Row& row : *rows) {
    if (trim(row.text("rating")).empty()) continue;  // a row of the sheet that nobody has filled in yet
    auto rating = rating_of(path, row);
    if (!rating) return fail(rating.error());
    const auto sequence = index->find(path, row);
    if (!sequence) return fail(sequence.error());
    if (auto good = check_name(path, row, *rating, names); !good) return fail(good.error());
    if (!seen.emplace(*sequence, rating->rater, rating->check).second)
      return fail(wrong(path, row.line, fmt::format("a second rating of this answer by '{}'", rating->rater),
                        "one of each rater, or one for each check that is named"));
    if (rating->time.empty()) rating->time = rfc3339(clock.wall());
    std::vector<Rating>& list = result.all[*sequence];
    result.replaced += std::erase_if(
        list, [&](const Rating& old) { return old.rater == rating->rater && old.check == rating->check; });
    list.push_back(*std::move(rating));
    ++result.added;
  }
  if (result.added == 0) return fail(wrong(path, 1, "no ratings", "rows with 'rater' and 'rating'"));
  if (auto kept = store.attach(run.id, kAttachment, lines_of(result.all)); !kept) return fail(kept.error());
  return result;
}

}  // namespace assay::cli
