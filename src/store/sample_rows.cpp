#include "store/sample_rows.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "store/query.h"
#include "store/run_codec.h"
#include "store/timeline.h"
#include "store/trial_key.h"

namespace assay::store {
namespace {

using record::EffectiveParam;
using record::EffectiveParams;
using record::Params;
using record::Sample;

constexpr std::string_view kInsertSample = R"sql(
INSERT INTO sample (id, model, cell, case_id, repeat, attempt, key, status, reason, finish, scheduled, sent, accepted,
                    done, prompt_tokens, cached_prompt_tokens, output_tokens, reasoning_tokens, chunks, count_source,
                    flags, peak_memory_bytes, requested, seed, effective, effective_seed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";

constexpr std::string_view kInsertAnswer =
    "INSERT INTO answer (id, prompt, output, reasoning, detail, claims, tokens) VALUES (?, ?, ?, ?, ?, ?, ?)";

constexpr std::string_view kSeed = "seed";

// Columns of SampleReader::columns() that are read out of order.
constexpr int kRequested = 22;
constexpr int kSeedColumn = 23;
constexpr int kEffective = 24;
constexpr int kEffectiveSeed = 25;
constexpr int kTokens = 26;
constexpr int kPrompt = 27;
constexpr int kOutput = 28;
constexpr int kReasoning = 29;
constexpr int kDetail = 30;
constexpr int kClaims = 31;
static_assert(kClaims + 1 == SampleReader::kColumns);

/// Most parsed parameter sets that a reader keeps: a sweep has hundreds of them, not thousands.
constexpr std::size_t kMostParsed = 1024;

/// Takes `seed` out of the map: it differs in every trial, the rest does not.
template <class Map>
std::optional<typename Map::mapped_type> take_seed(Map& params) {
  const auto at = params.find(kSeed);
  if (at == params.end()) return std::nullopt;
  auto value = std::move(at->second);
  params.erase(at);
  return value;
}

Params params_from(const Json& object, const Params*) {
  return record::params_from_json(object);
}
EffectiveParams params_from(const Json& object, const EffectiveParams*) {
  return record::effective_from_json(object);
}

tl::unexpected<Error> damaged(std::uint64_t sequence, const Error& cause) {
  return fail({.code = Code::bad_input,
               .where = cause.where,
               .found = fmt::format("sample {} is damaged: {}", sequence, cause.found),
               .expected = cause.expected,
               .remedy = "Keep a copy of the store, then remove the run"});
}

Error unreadable(std::string_view what) {
  return {.code = Code::bad_input,
          .where = {},
          .found = fmt::format("its {} cannot be read", what),
          .expected = {},
          .remedy = {}};
}

Error beyond(std::uint64_t sequence, std::string_view what, std::uint32_t named, std::uint64_t count) {
  return damaged(sequence, {.code = Code::bad_input,
                            .where = {},
                            .found = fmt::format("it names {} {}, counted from 0", what, named),
                            .expected = fmt::format("one of the {} that the run has", count),
                            .remedy = {}})
      .value();
}

}  // namespace

Result<SampleWriter> SampleWriter::make(const Database& database, ContentWriter& content) {
  SampleWriter writer;
  Result<Statement> sample = database.prepare(kInsertSample);
  if (!sample) return fail(sample.error());
  Result<Statement> answer = database.prepare(kInsertAnswer);
  if (!answer) return fail(answer.error());
  writer.content_ = &content;
  writer.insert_sample_ = *std::move(sample);
  writer.insert_answer_ = *std::move(answer);
  Result<Statement> calls = database.prepare("INSERT INTO tool_calls (id, body) VALUES (?, ?)");
  if (!calls) return fail(calls.error());
  writer.insert_calls_ = *std::move(calls);
  Result<Statement> attempts = database.prepare("INSERT INTO attempts (id, body) VALUES (?, ?)");
  if (!attempts) return fail(attempts.error());
  writer.insert_attempts_ = *std::move(attempts);
  return writer;
}

void SampleWriter::forget() {
  requested_.kept.reset();
  effective_.kept.reset();
}

template <class Map>
Result<const TextOrReference*> SampleWriter::keep(Map params, Last<Map>& last) {
  if (last.kept && last.params == params) return &*last.kept;
  Result<TextOrReference> kept = content_->keep(dump(record::to_json(params)));
  if (!kept) return fail(kept.error());
  last = {std::move(params), *std::move(kept)};
  return &*last.kept;
}

Result<void> SampleWriter::insert(std::int64_t run_number, const Sample& sample) {
  Params asked = sample.requested;
  EffectiveParams used = sample.effective;
  const std::optional<Json> seed = take_seed(asked);
  const std::optional<EffectiveParam> used_seed = take_seed(used);
  const auto requested = keep(std::move(asked), requested_);
  if (!requested) return fail(requested.error());
  const auto effective = keep(std::move(used), effective_);
  if (!effective) return fail(effective.error());
  const Result<TextOrReference> prompt = content_->keep(sample.prompt);
  if (!prompt) return fail(prompt.error());

  const std::int64_t id = row_id(run_number, sample.sequence);
  const std::optional<std::string> key = packed_key(sample.key);
  std::optional<std::string> seed_text;
  if (seed) seed_text = dump(*seed);
  std::optional<std::string> used_seed_text;
  if (used_seed)
    used_seed_text = dump(record::to_json(EffectiveParams{{std::string(kSeed), *used_seed}}).at("seed"));
  const record::Counts& counts = sample.counts;
  const record::Times& times = sample.times;
  Result<void> done = insert_sample_.run({id,
                                          sample.model,
                                          sample.cell,
                                          sample.case_id,
                                          sample.repeat,
                                          sample.attempt,
                                          key ? Bound(Blob{*key}) : Bound(sample.key),
                                          name_of(sample.status),
                                          sample.reason,
                                          sample.finish,
                                          times.scheduled,
                                          times.sent,
                                          times.accepted,
                                          times.done,
                                          counts.prompt_tokens,
                                          counts.cached_prompt_tokens,
                                          counts.output_tokens,
                                          counts.reasoning_tokens,
                                          counts.chunks,
                                          name_of(counts.source),
                                          sample.flags,
                                          sample.peak_memory_bytes,
                                          (*requested)->bound(),
                                          seed_text,
                                          (*effective)->bound(),
                                          used_seed_text});
  return done ? insert_texts(id, sample, *prompt) : done;
}

/// What stands beside the sample's row, under its id.
Result<void> SampleWriter::insert_texts(std::int64_t id, const Sample& sample,
                                        const TextOrReference& prompt) {
  std::optional<std::string> claims;
  if (!sample.claims.is_null()) claims = dump(sample.claims);
  const std::string tokens = encode_timeline(sample.tokens);
  Result<void> done = insert_answer_.run(
      {id, prompt.bound(), sample.output, sample.reasoning, sample.detail, claims, Blob{tokens}});
  if (done && !sample.tool_calls.empty())
    done = insert_calls_.run({id, dump(record::to_json(sample.tool_calls))});
  if (done && !sample.attempts.empty())
    done = insert_attempts_.run({id, dump(record::to_json(sample.attempts))});
  return done;
}

std::string SampleReader::columns(bool texts) {
  const std::string narrow =
      "s.id, s.model, s.cell, s.case_id, s.repeat, s.attempt, s.key, s.status, s.reason, s.finish, "
      "s.scheduled, s.sent, "
      "s.accepted, s.done, s.prompt_tokens, s.cached_prompt_tokens, s.output_tokens, s.reasoning_tokens, "
      "s.chunks, "
      "s.count_source, s.flags, s.peak_memory_bytes, s.requested, s.seed, s.effective, s.effective_seed, "
      "a.tokens, ";
  if (!texts) return narrow + "NULL, NULL, NULL, NULL, NULL";
  return narrow +
         "iif(typeof(a.prompt) = 'integer', (SELECT body FROM content WHERE id = a.prompt), a.prompt), "
         "a.output, "
         "a.reasoning, a.detail, a.claims";
}

Result<SampleReader> SampleReader::make(const Database& database, std::int64_t number, std::string run_id,
                                        bool texts) {
  SampleReader reader;
  Result<Statement> find = database.prepare("SELECT body FROM content WHERE id = ?");
  if (!find) return fail(find.error());
  reader.run_id_ = std::move(run_id);
  reader.texts_ = texts;
  reader.find_content_ = *std::move(find);
  if (Result<void> extent = reader.read_extent(database, number); !extent) return fail(extent.error());
  Result<BodyFinder> attempts = BodyFinder::make(database, "attempts");
  if (!attempts) return fail(attempts.error());
  reader.attempts_ = *std::move(attempts);
  if (!texts) return reader;
  Result<BodyFinder> calls = BodyFinder::make(database, "tool_calls");
  if (!calls) return fail(calls.error());
  reader.calls_ = *std::move(calls);
  return reader;
}

/// How many models and cells the run has.
Result<void> SampleReader::read_extent(const Database& database, std::int64_t number) {
  Result<Statement> row = prepared(
      database, "SELECT (SELECT count(*) FROM model WHERE run = ?1), cells FROM run WHERE number = ?1",
      {number});
  if (!row) return fail(row.error());
  const Result<bool> exists = row->step();
  if (!exists) return fail(exists.error());
  if (!*exists) return {};  // removed a moment ago, with its samples
  models_ = row->u64(0);
  cells_ = std::max<std::uint64_t>(1, cells_from_json(json_of(row->view(1))).size());
  return {};
}

template <class Map>
Result<Map> SampleReader::params_of(const Statement& row, int column,
                                    std::unordered_map<std::int64_t, Map>& known) {
  constexpr const Map* kWhich = nullptr;
  if (!row.is_integer(column)) {
    const Result<Json> object = parse_json(row.view(column));
    if (!object) return fail(object.error());
    return params_from(*object, kWhich);
  }
  const std::int64_t id = row.integer(column);
  if (const auto at = known.find(id); at != known.end()) return at->second;
  if (Result<void> bound = find_content_.bind({id}); !bound) return fail(bound.error());
  const Result<bool> exists = find_content_.step();
  if (!exists) return fail(exists.error());
  const Result<Json> object = parse_json(*exists ? find_content_.view(0) : std::string_view{});
  find_content_.reset();
  if (!object) return fail(object.error());
  if (known.size() >= kMostParsed) known.clear();
  return known.emplace(id, params_from(*object, kWhich)).first->second;
}

Result<void> SampleReader::read_params(const Statement& row, Sample& sample) {
  Result<Params> requested = params_of(row, kRequested, requested_);
  if (!requested) return fail(requested.error());
  Result<EffectiveParams> effective = params_of(row, kEffective, effective_);
  if (!effective) return fail(effective.error());
  sample.requested = *std::move(requested);
  sample.effective = *std::move(effective);
  if (!row.is_null(kSeedColumn)) {
    const Result<Json> seed = parse_json(row.view(kSeedColumn));
    if (!seed) return fail(seed.error());
    sample.requested.emplace(kSeed, *seed);
  }
  if (!row.is_null(kEffectiveSeed)) {
    const Result<Json> seed = parse_json(row.view(kEffectiveSeed));
    if (!seed) return fail(seed.error());
    sample.effective.merge(record::effective_from_json({{kSeed, *seed}}));
  }
  return {};
}

Result<void> SampleReader::read_calls(std::int64_t id, Sample& sample) {
  const auto body = calls_.body_of(id);
  if (!body) return fail(body.error());
  if (!*body) return {};
  auto calls = record::tool_calls_from(**body);
  if (!calls) return fail(unreadable("tool calls"));
  sample.tool_calls = *std::move(calls);
  return {};
}

/// Asked only for the few samples that have some, so that a summary does not look for each.
Result<void> SampleReader::read_attempts(std::int64_t id, Sample& sample) {
  if (sample.attempt == 0) return {};
  const auto body = attempts_.body_of(id);
  if (!body) return fail(body.error());
  if (!*body) return {};
  auto attempts = record::attempts_from(**body);
  if (!attempts) return fail(unreadable("earlier attempts"));
  sample.attempts = *std::move(attempts);
  return {};
}

Result<void> SampleReader::read_texts(const Statement& row, Sample& sample) {
  sample.prompt = row.text(kPrompt);
  sample.output = row.text(kOutput);
  sample.reasoning = row.text(kReasoning);
  sample.detail = row.text(kDetail);
  if (!row.is_null(kClaims)) {
    Result<Json> claims = parse_json(row.view(kClaims));
    if (!claims) return fail(claims.error());
    sample.claims = *std::move(claims);
  }
  if (Result<void> done = read_calls(row.integer(0), sample); !done) return done;
  return read_params(row, sample);
}

Result<Sample> SampleReader::read(const Statement& row) {
  Sample sample;
  sample.run_id = run_id_;
  sample.sequence = row.u64(0) & kMaxSequence;
  sample.model = row.u32(1);
  sample.cell = row.u32(2);
  if (sample.model >= models_) return fail(beyond(sample.sequence, "model", sample.model, models_));
  if (sample.cell >= cells_) return fail(beyond(sample.sequence, "cell", sample.cell, cells_));
  sample.case_id = row.text(3);
  sample.repeat = row.u32(4);
  sample.attempt = row.u32(5);
  sample.key = key_text(row, 6);
  sample.status = record::status_from(row.view(7));
  sample.reason = row.text(8);
  sample.finish = row.text(9);
  sample.times = {.scheduled = Nanos{row.integer(10)},
                  .sent = row.nanos_or_absent(11),
                  .accepted = row.nanos_or_absent(12),
                  .done = row.nanos_or_absent(13)};
  sample.counts = {.prompt_tokens = row.u32_or_absent(14),
                   .cached_prompt_tokens = row.u32_or_absent(15),
                   .output_tokens = row.u32_or_absent(16),
                   .reasoning_tokens = row.u32_or_absent(17),
                   .chunks = row.u32(18),
                   .source = record::count_source_from(row.view(19))};
  sample.flags = row.u32(20);
  sample.peak_memory_bytes = row.u64_or_absent(21);
  Result<std::vector<record::TokenEvent>> tokens = decode_timeline(row.view(kTokens));
  if (!tokens) return damaged(sample.sequence, tokens.error());
  sample.tokens = *std::move(tokens);
  if (Result<void> done = read_attempts(row.integer(0), sample); !done)
    return damaged(sample.sequence, done.error());
  if (texts_) {
    if (Result<void> done = read_texts(row, sample); !done) return damaged(sample.sequence, done.error());
  }
  return sample;
}

}  // namespace assay::store
