// Samples: the wall's columns, pages of them, and one in full.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "record/metrics.h"
#include "report/sample_line.h"
#include "server/json.h"
#include "server/one_sample.h"
#include "server/routes.h"
#include "server/wall.h"
#include "stats/basis.h"

namespace assay::server {
namespace {

constexpr std::size_t kLongLabel = 500;
constexpr std::size_t kWordLength = 200;
constexpr std::size_t kHeadLength = 200;  // characters
/// How long a page looks for a text before it hands back what it has. A page shall come within 50 ms.
constexpr std::chrono::milliseconds kSearchTime{25};
/// Samples per step of such a search: 2,000 answers of 1 KB are read in some 3 ms.
constexpr std::uint64_t kSearchStep = 2000;
/// A run of so many is indexed when it is first looked at, in 50 ms; a larger one only when a filter asks.
constexpr std::uint64_t kSmallRun = 50'000;

Error no_such(std::string_view what, const std::string& word, const std::vector<std::string>& known) {
  constexpr std::size_t kNamed = 20;
  std::vector<std::string> some;
  for (const std::string& one : known) {
    if (!one.empty() && some.size() < kNamed) some.push_back(one);
  }
  return {.code = Code::bad_input,
          .where = {},
          .found = fmt::format("the run has no {} '{}'", what, printable(word, 80)),
          .expected = some.empty() ? std::string{} : "one of: " + join(some, ", "),
          .remedy = {}};
}

Result<std::optional<std::uint32_t>> model_of(const record::Run& run,
                                              const std::optional<std::string>& label) {
  if (!label) return std::nullopt;
  std::vector<std::string> labels;
  for (std::uint32_t i = 0; i < run.models.size(); ++i) {
    labels.push_back(run.models[i].spec.label);
    if (labels.back() == *label) return i;
  }
  return fail(no_such("model", *label, labels));
}

Result<std::optional<std::uint32_t>> cell_of(const record::Run& run,
                                             const std::optional<std::string>& label) {
  if (!label) return std::nullopt;
  std::vector<std::string> labels;
  for (std::uint32_t i = 0; i < run.cells.size(); ++i) {
    labels.push_back(run.cells[i].label);
    if (labels.back() == *label) return i;
  }
  return fail(no_such("cell", *label, labels));
}

/// The first characters, never half of one.
std::string head_of(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && characters++ == kHeadLength) return text.substr(0, i);
  }
  return text.size() <= 4 * kHeadLength ? text : text.substr(0, 4 * kHeadLength);
}

OrderedJson row_json(const record::Run& run, const record::Sample& sample, const record::Verdict* verdict) {
  const bool known = sample.cell < run.cells.size();
  OrderedJson row{{"sequence", sample.sequence}};
  row["model"] = sample.model < run.models.size() ? run.models[sample.model].spec.label : std::string{};
  row["cell"] = known ? text_or_null(run.cells[sample.cell].label) : OrderedJson(nullptr);
  row["case"] = sample.case_id;
  row["repeat"] = sample.repeat;
  row["status"] = record::name_of(sample.status);
  row["verdict"] = mark_or_null(verdict);
  row["flags"] = report::all_flags(sample, verdict);
  row["ttft_ms"] = or_null(record::ttft_ms(sample));
  row["decode_tps"] = or_null(record::decode_tps(sample));
  row["output_tokens"] = or_null(sample.counts.output_tokens);
  row["e2e_ms"] = or_null(record::e2e_ms(sample));
  row["prompt_head"] = head_of(sample.prompt);
  row["output_head"] = head_of(sample.output);
  return row;
}

struct PageAsked {
  IndexFilter filter;
  std::optional<std::string> words;
  std::optional<std::uint64_t> after;
  std::uint64_t limit = 0;
};

const std::vector<std::string>& statuses() {
  static const std::vector<std::string> names{"ok", "timeout", "error", "cancelled"};
  return names;
}
const std::vector<std::string>& marks() {
  static const std::vector<std::string> names{"pass", "fail", "error", "incomplete", "ungraded"};
  return names;
}

Result<PageAsked> page_asked(const Asked& asked, const record::Run& run) {
  Query query(asked);
  PageAsked page;
  constexpr std::uint64_t kUsual = 50;
  constexpr std::uint64_t kMost = 100;
  page.limit = query.number_or("limit", kUsual, 1, kMost);
  page.after = query.number("after", 0, kMostSequence);
  page.words = query.text("q", kWordLength);
  if (page.words && page.words->empty()) page.words.reset();
  const auto model = query.text("model", kLongLabel);
  const auto cell = query.text("cell", kLongLabel);
  const auto mark = query.one_of("verdict", marks());
  const auto status = query.one_of("status", statuses());
  const auto flag = query.text("flag", kWordLength);
  page.filter.tag = query.text("tag", kWordLength);
  page.filter.case_id = query.text("case", kLongLabel);
  if (query.error()) return fail(*query.error());
  const auto model_index = model_of(run, model);
  if (!model_index) return fail(model_index.error());
  page.filter.model = *model_index;
  const auto cell_index = cell_of(run, cell);
  if (!cell_index) return fail(cell_index.error());
  page.filter.cell = *cell_index;
  if (mark) page.filter.mark = record::mark_from(*mark);
  if (status) page.filter.status = record::status_from(*status);
  if (!flag) return page;
  page.filter.flags = record::flags_from({*flag});
  if (page.filter.flags != 0) return page;
  return fail(no_such("flag", *flag, record::names_of(~record::Flags{0})));
}

/// What a page holds before its samples are read.
struct Chosen {
  std::vector<std::uint64_t> sequences;
  std::optional<std::uint64_t> next;
  std::optional<std::uint64_t> total;
  bool complete = true;
};

/// The next ones in the order of completion, straight from the store: for a run whose index nobody needed
/// yet.
Result<Chosen> chosen_plainly(Context& context, const record::Run& run, const PageAsked& page) {
  Chosen chosen;
  const std::uint64_t from = page.after ? *page.after + 1 : 0;
  bool more = false;
  const auto read =
      context.store.for_each_brief(run.id, std::nullopt, from, [&](const store::SampleBrief& brief) {
        more = chosen.sequences.size() == page.limit;
        if (!more) chosen.sequences.push_back(brief.sequence);
        return !more;
      });
  if (!read) return fail(read.error());
  if (more) chosen.next = chosen.sequences.back();
  return chosen;
}

/// A step at a time, until the page is full or the time is over.
Result<Chosen> chosen_by_text(Context& context, const record::Run& run, const SampleIndex& index,
                              const PageAsked& page, std::uint64_t stored) {
  Chosen chosen;
  const auto end = std::chrono::steady_clock::now() + kSearchTime;
  std::uint64_t from = page.after ? *page.after + 1 : 0;
  while (from < stored) {
    const std::uint64_t to = std::min(from + kSearchStep, stored);
    const auto found = context.store.find_text(run.id, from, to, *page.words);
    if (!found) return fail(found.error());
    for (const std::uint64_t sequence : index.fitting(page.filter, *found)) {
      if (chosen.sequences.size() == page.limit) {
        chosen.next = chosen.sequences.back();
        return chosen;
      }
      chosen.sequences.push_back(sequence);
    }
    from = to;
    if (from < stored && std::chrono::steady_clock::now() > end) {
      chosen.next = from - 1;
      chosen.complete = false;
      return chosen;
    }
  }
  return chosen;
}

Result<Chosen> chosen_for(Context& context, const Opened::Run& run, const PageAsked& page) {
  const auto stored = context.store.next_sequence(run.record.id);
  if (!stored) return fail(stored.error());
  const bool large = *stored > kSmallRun && run.index->size() == 0;
  if (page.filter.empty() && !page.words && large) {
    auto chosen = chosen_plainly(context, run.record, page);
    if (chosen) chosen->total = *stored;
    return chosen;
  }
  const auto index = context.opened.index(run);
  if (!index) return fail(index.error());
  if (page.words) return chosen_by_text(context, run.record, **index, page, *stored);
  SampleIndex::Page found = (*index)->page(page.filter, page.after, page.limit);
  Chosen chosen;
  if (found.more) chosen.next = found.sequences.back();
  chosen.total = found.total;
  chosen.sequences = std::move(found.sequences);
  return chosen;
}

}  // namespace

Reply list_samples(Context& context, const Asked& asked) {
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const auto page = page_asked(asked, (*run)->record);
  if (!page) return refuse(page.error());
  const auto chosen = chosen_for(context, **run, *page);
  if (!chosen) return refuse(chosen.error());
  OrderedJson rows = OrderedJson::array();
  const auto read = context.store.for_each_of((*run)->record.id, std::nullopt, chosen->sequences,
                                              [&](record::Sample&& sample, const record::Verdict* verdict) {
                                                rows.push_back(row_json((*run)->record, sample, verdict));
                                                return true;
                                              });
  if (!read) return refuse(read.error());
  OrderedJson json{{"samples", std::move(rows)}};
  json["next"] = or_null(chosen->next);
  json["total"] = or_null(chosen->total);
  json["complete"] = chosen->complete;
  return reply_json(json);
}

Reply get_wall(Context& context, const Asked& asked) {
  Query query(asked);
  constexpr std::uint64_t kUsual = 5000;
  constexpr std::uint64_t kMost = 20'000;
  const auto label = query.text("model", kLongLabel);
  const std::uint64_t from = query.number_or("from", 0, 0, kMostSequence);
  const std::uint64_t limit = query.number_or("limit", kUsual, 1, kMost);
  if (query.error()) return refuse(*query.error());
  const auto opened = context.opened.find(asked.parts.at(0));
  if (!opened) return refuse(opened.error());
  const record::Run& run = (*opened)->record;
  const CaseTable& cases = *(*opened)->cases;
  const auto model = model_of(run, label);
  if (!model) return refuse(model.error());

  store::SampleFilter filter;
  filter.model = *model;
  filter.from_sequence = from;
  filter.limit = limit + 1;
  filter.texts = is_imported(run);  // its figures are claims, and those are read with the texts
  filter.verdict_steps = false;
  OrderedJson columns = wall_columns();
  std::uint64_t count = 0;
  OrderedJson next = nullptr;
  const auto read = context.store.for_each_graded(
      run.id, std::nullopt, filter, [&](record::Sample&& sample, const record::Verdict* verdict) {
        if (count++ == limit)
          next = sample.sequence;
        else
          add_to_columns(columns, sample, verdict, cases);
        return true;
      });
  if (!read) return refuse(read.error());
  return reply_json({{"models", wall_models(run)},
                     {"cells", cells_json(run)},
                     {"cases", from == 0 ? wall_cases(cases) : OrderedJson(nullptr)},
                     {"cases_total", cases.cases().size()},
                     {"samples", std::move(columns)},
                     {"next", std::move(next)}});
}

namespace {

OrderedJson verdict_json(const record::Verdict* verdict) {
  if (verdict == nullptr) return nullptr;
  OrderedJson json{{"mark", record::name_of(verdict->mark)}};
  json["score"] = or_null(verdict->score);
  json["reason"] = text_or_null(verdict->reason);
  json["detail"] = text_or_null(verdict->detail);
  json["extracted"] = verdict->extracted;
  json["assertions"] = report::assertions_json(*verdict);
  json["steps"] = OrderedJson(verdict->steps);
  json["flags"] = verdict->flags;
  return json;
}

}  // namespace

Reply get_sample(Context& context, const Asked& asked) {
  const auto named = named_sample(context, asked);
  if (!named) return refuse(named.error());
  const record::Run& run = named->run->record;
  OrderedJson json;
  std::string case_id;
  const auto read =
      read_sample(context, *named, [&](record::Sample&& sample, const record::Verdict* verdict) {
        case_id = sample.case_id;
        json["sample"] = report::sample_line(run, sample, verdict);
        json["verdict"] = verdict_json(verdict);
        return true;
      });
  if (!read) return refuse(read.error());
  const CaseTable& cases = *named->run->cases;
  const auto place = cases.find(case_id);
  json["expected"] = place ? OrderedJson::parse(cases.cases()[*place].expect, nullptr, false) : OrderedJson();
  json["tags"] = place ? OrderedJson(cases.cases()[*place].tags) : OrderedJson::array();
  const auto beside = context.store.neighbours(run.id, named->sequence);
  if (!beside) return refuse(beside.error());
  json["previous"] = or_null(beside->previous);
  json["next"] = or_null(beside->next);
  return reply_json(json);
}

}  // namespace assay::server
