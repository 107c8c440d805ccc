// Runs as a whole: list, record and summary, documents, comparison, trends.
#include <algorithm>

#include <fmt/format.h>

#include "report/bench.h"
#include "server/json.h"
#include "server/routes.h"

namespace assay::server {
namespace {

constexpr std::size_t kWordLength = 200;
constexpr std::uint64_t kMostPoints = 500;
/// How long a page waits for a summary before it is told to ask again.
constexpr std::chrono::milliseconds kSummaryWait{1500};

OrderedJson entry_json(const store::RunEntry& entry) {
  return {{"id", entry.id},
          {"label", entry.label},
          {"state", record::name_of(entry.state)},
          {"kind", record::name_of(entry.kind)},
          {"suite", entry.suite_name},
          {"suite_sha256", entry.suite_sha256},
          {"models", entry.models},
          {"planned", entry.planned},
          {"stored", entry.stored},
          {"host", entry.host},
          {"started", rfc3339(entry.started_wall)},
          {"ended", entry.ended_wall ? OrderedJson(rfc3339(*entry.ended_wall)) : OrderedJson(nullptr)}};
}

/// The object with one more member whose JSON is there already.
std::string with_member(const OrderedJson& object, std::string_view name, std::string_view json) {
  std::string text = dump(object);
  text.pop_back();
  return fmt::format("{},\"{}\":{}}}", text, name, json);
}

}  // namespace

Reply get_about(Context& context, const Asked& asked) {
  OrderedJson engines = OrderedJson::array();
  for (const Engine& engine : context.library.engines()) {
    engines.push_back({{"name", engine.name},
                       {"available", engine.available},
                       {"reason", engine.available ? OrderedJson(nullptr) : OrderedJson(engine.reason)},
                       {"over_http", engine.over_http},
                       {"shows_tokens", engine.shows_tokens}});
  }
  const auto running = context.control.running();
  return reply_json({{"version", ASSAY_VERSION},
                     {"machine", machine_json(context.machine)},
                     {"may_change", asked.may_change && context.writable},
                     {"running", or_null(running)},
                     {"engines", std::move(engines)}});
}

Reply get_openapi(Context&, const Asked&) {
  Reply reply;
  reply.body = openapi_text();
  return reply;
}

Reply list_runs(Context& context, const Asked& asked) {
  Query query(asked);
  store::RunFilter filter;
  constexpr std::uint64_t kUsual = 50;
  constexpr std::uint64_t kMost = 1000;
  const std::uint64_t limit = query.number_or("limit", kUsual, 1, kMost);
  filter.words = query.text("q", kWordLength).value_or("");
  filter.before = query.text("before", kWordLength).value_or("");
  if (query.error()) return refuse(*query.error());
  if (!filter.before.empty()) {
    if (const auto known = context.store.entry(filter.before); !known) return refuse(known.error());
  }
  filter.limit = static_cast<std::uint32_t>(limit + 1);
  const auto runs = context.store.runs(filter);
  if (!runs) return refuse(runs.error());
  const bool more = runs->size() > limit;
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(limit, runs->size()); ++i) {
    const store::RunEntry& entry = (*runs)[i];
    if (!list.empty()) list += ',';
    list += with_member(entry_json(entry), "rows", context.summaries.rows(entry).value_or("null"));
  }
  Reply reply;
  const OrderedJson next = more ? OrderedJson((*runs)[limit - 1].id) : OrderedJson(nullptr);
  reply.body = fmt::format("{{\"runs\":[{}],\"next\":{}}}", list, dump(next));
  return reply;
}

Reply get_run(Context& context, const Asked& asked) {
  Query query(asked);
  const auto usual = static_cast<std::uint64_t>(kSummaryWait.count());
  const std::chrono::milliseconds wait{query.number_or("wait", usual, 0, usual)};
  if (query.error()) return refuse(*query.error());
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const record::Run& record = (*run)->record;
  const auto entry = context.store.entry(record.id);
  if (!entry) return refuse(entry.error());
  const auto layers = context.store.layers(record.id);
  if (!layers) return refuse(layers.error());
  const bool here = entry->state == record::RunState::running && context.control.running() == record.id;
  const Summaries::Answer summary = context.summaries.detail(*entry, wait);
  std::string tail = "\"summary\":null,\"notes\":[]";
  const char* state = "computing";
  if (summary.state == Summaries::State::ready) {
    tail = summary.kept->detail.substr(1, summary.kept->detail.size() - 2);
    state = "ready";
  } else if (summary.state == Summaries::State::failed) {
    state = "failed";
    tail = fmt::format("\"summary\":null,\"notes\":[{}]", dump(OrderedJson(summary.trouble)));
  }
  Reply reply;
  reply.body = fmt::format("{{\"run\":{},\"summary_state\":\"{}\",{},\"machine\":{}}}",
                           dump(run_json(record, entry->stored, *layers, here)), state, tail,
                           dump(machine_json(record.machine)));
  return reply;
}

Reply get_report(Context& context, const Asked& asked) {
  Query query(asked);
  const std::string format =
      query.one_of("format", {"md", "csv", "json", "table", "junit", "benchy"}).value_or("md");
  if (query.error()) return refuse(*query.error());
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const auto document = context.library.report((*run)->record, format);
  if (!document) return refuse(document.error());
  Reply reply;
  reply.type = document->type;
  reply.body = document->bytes;
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename=\"{}\"", document->name));
  return reply;
}

Reply get_benchy_settings(Context& context, const Asked& asked) {
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const auto settings = context.library.page_settings((*run)->record);
  if (!settings) return refuse(settings.error());
  if (*settings) return reply_json({{"settings", **settings}});
  return refuse(Error{.code = Code::not_found,
                      .where = {},
                      .found = fmt::format("run {} does not come from a report of Benchy", (*run)->record.id),
                      .expected = {},
                      .remedy = {}});
}

Reply get_bench(Context& context, const Asked& asked) {
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const record::Run& record = (*run)->record;
  const auto bench = context.library.bench(record);
  if (!bench) return refuse(bench.error());
  if (*bench) {
    Reply reply;
    reply.body = dump(report::bench_document(**bench));
    return reply;
  }
  const bool is_bench = record::kind_of(record.options) == record::RunKind::bench;
  return refuse(Error{.code = Code::not_found,
                      .where = {},
                      .found = is_bench ? fmt::format("bench {} has no round stored yet", record.id)
                                        : fmt::format("run {} is no bench", record.id),
                      .expected = {},
                      .remedy = {}});
}

Reply get_compare(Context& context, const Asked& asked) {
  Query query(asked);
  constexpr std::size_t kLongest = 500;
  const auto a = query.text("a", kLongest);
  const std::vector<std::string> others = query.texts("b", kLongest);
  if (query.error()) return refuse(*query.error());
  const bool all_named =
      std::none_of(others.begin(), others.end(), [](const std::string& side) { return side.empty(); });
  if (!a || a->empty() || others.empty() || !all_named) {
    return refuse(Error{.code = Code::bad_input,
                        .where = {},
                        .found = "a side of the comparison is missing",
                        .expected = "a=RUN and b=RUN, each a run or RUN:MODEL; b may come again",
                        .remedy = {}});
  }
  const auto comparison = context.library.compare(*a, others);
  return comparison ? reply_json(*comparison) : refuse(comparison.error());
}

namespace {

/// One model's rows of a run, as points.
void add_points(OrderedJson& points, const store::RunEntry& entry, const record::Run& run,
                const OrderedJson& rows, const std::optional<std::string>& model) {
  for (const OrderedJson& row : rows) {
    const std::string label = row.value("model", "");
    if (model && label != *model) continue;
    const auto at = std::find_if(run.models.begin(), run.models.end(),
                                 [&](const record::ModelRecord& one) { return one.spec.label == label; });
    const bool known = at != run.models.end();
    OrderedJson point{{"run", entry.id},
                      {"label", entry.label},
                      {"suite", entry.suite_name},
                      {"suite_sha256", entry.suite_sha256},
                      {"started", rfc3339(entry.started_wall)},
                      {"assay_version", run.assay_version}};
    point["engine"] = known ? OrderedJson(at->spec.engine) : OrderedJson(nullptr);
    point["engine_version"] =
        known && !at->engine_version.empty() ? OrderedJson(at->engine_version) : OrderedJson(nullptr);
    point["host"] = run.machine.host;
    point["row"] = row;
    points.push_back(std::move(point));
  }
}

}  // namespace

Reply get_trends(Context& context, const Asked& asked) {
  Query query(asked);
  const auto suite = query.text("suite", kWordLength);
  const auto model = query.text("model", 500);
  if (query.error()) return refuse(*query.error());
  if (!suite && !model) {
    return refuse(Error{.code = Code::bad_input,
                        .where = {},
                        .found = "neither a suite nor a model is named",
                        .expected = "suite=SHA256 or model=LABEL, or both",
                        .remedy = {}});
  }
  auto runs = context.store.runs();
  if (!runs) return refuse(runs.error());
  OrderedJson points = OrderedJson::array();
  std::uint64_t left_out = 0;
  std::uint64_t taken = 0;
  for (const store::RunEntry& entry : *runs) {
    const bool of_suite = !suite || entry.suite_sha256 == *suite || entry.suite_name == *suite;
    const bool of_model =
        !model || std::find(entry.models.begin(), entry.models.end(), *model) != entry.models.end();
    if (!of_suite || !of_model || entry.state == record::RunState::running) continue;
    if (++taken > kMostPoints) break;
    const auto rows = context.summaries.rows(entry);
    const auto run = rows ? context.store.run(entry.id) : Result<record::Run>(record::Run{});
    if (!rows || !run) {
      ++left_out;
      continue;
    }
    add_points(points, entry, *run, OrderedJson::parse(*rows, nullptr, false), model);
  }
  std::reverse(points.begin(), points.end());  // runs come newest first
  return reply_json({{"points", std::move(points)}, {"left_out", left_out}});
}

}  // namespace assay::server
