#include "cli/judge_models.h"

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "backend/table.h"
#include "base/file.h"
#include "cli/catalogue.h"
#include "evaluator/grader.h"
#include "suite/model.h"

namespace assay::cli {
namespace {

constexpr Nanos kReplyLimit = std::chrono::minutes(5);
constexpr int kMaxTokens = 1024;
constexpr std::uint64_t kLongest = 16384;  // tokens of a rubric, an answer and the reply

struct Judge {
  record::ModelSpec spec;
  std::unique_ptr<backend::Backend> engine;
  bool loaded = false;
  bool takes_schema = false;
};

class JudgeModels final : public evaluator::Judges {
 public:
  Result<void> add(const std::string& name, const std::string& folder) {
    Result<record::ModelSpec> spec = suite::parse_model(name, folder, catalogue());
    if (!spec) return fail(spec.error());
    auto engine = backend::make(*spec, {clock_});
    if (!engine) return fail(engine.error());
    judges_[name] = {.spec = std::move(*spec), .engine = std::move(*engine)};
    return {};
  }

  /// One request at a time: judges share the machine.
  Result<std::string> ask(const std::string& judge, const std::string& prompt, std::uint32_t vote,
                          const Json& schema) override {
    const std::scoped_lock lock(mutex_);
    Judge& one = judges_.at(judge);
    if (!one.loaded) {
      const auto loaded = one.engine->load(
          {.params = params(one, 0, record::ParamScope::load), .parallel = 1, .longest = kLongest});
      if (!loaded) return fail(loaded.error());
      one.loaded = true;
      const auto& takes = loaded->supported;
      one.takes_schema = std::find(takes.begin(), takes.end(), kSchema) != takes.end();
    }
    record::Params asked = params(one, vote, record::ParamScope::request);
    if (!one.takes_schema || asked.contains("grammar")) return reply(one, send(one, prompt, vote, asked));
    record::Params held = asked;
    held.emplace(kSchema, schema);
    auto answer = reply(one, send(one, prompt, vote, std::move(held)));
    if (answer || !one.loaded) return answer;
    // Servers of one protocol differ in the schemas that they take, if any: then it is asked for in words.
    auto free = reply(one, send(one, prompt, vote, std::move(asked)));
    one.takes_schema = !free;
    return free ? free : answer;
  }

 private:
  static constexpr const char* kSchema = "json_schema";

  backend::RequestId send(Judge& judge, const std::string& prompt, std::uint32_t vote,
                          record::Params params) {
    const backend::RequestId id = ++requests_;
    judge.engine->start({.id = id,
                         .case_id = "judge",
                         .repeat = vote,
                         .prompt = {.messages = {{"user", prompt}}, .raw = false, .images = {}, .audio = {}},
                         .params = std::move(params)});
    return id;
  }

  static record::Params params(const Judge& judge, std::uint32_t vote, record::ParamScope scope) {
    record::Params all = record::default_params();
    all["max_tokens"] = kMaxTokens;
    all["seed"] = vote;
    return record::with_scope(record::merged(all, judge.spec.params), scope);
  }

  Result<std::string> reply(Judge& judge, backend::RequestId id) {
    std::string text;
    const Nanos until = clock_.now() + kReplyLimit;
    while (clock_.now() < until) {
      for (const backend::Event& event : judge.engine->wait(until)) {
        if (event.id != id) continue;
        if (const auto* tokens = std::get_if<backend::Tokens>(&event.what)) text += tokens->text;
        if (std::holds_alternative<backend::Finished>(event.what)) return text;
        if (const auto* broken = std::get_if<backend::Broken>(&event.what)) {
          judge.loaded = judge.loaded && !broken->engine_died;
          return failed_request(broken->reason + ": " + broken->detail);
        }
      }
    }
    judge.engine->cancel(id);
    return failed_request("no reply within 5 minutes");
  }

  static Result<std::string> failed_request(std::string found) {
    return fail({.code = Code::engine, .where = {}, .found = std::move(found), .expected = {}, .remedy = {}});
  }

  SystemClock clock_;
  std::mutex mutex_;
  std::map<std::string, Judge> judges_;
  backend::RequestId requests_ = 0;
};

}  // namespace

Result<std::shared_ptr<evaluator::Judges>> judges_for(const record::Suite& suite) {
  const std::vector<std::string> names = evaluator::judges_of(suite);
  if (names.empty()) return nullptr;
  auto models = std::make_shared<JudgeModels>();
  for (const std::string& name : names) {
    if (auto added = models->add(name, folder_of(suite.path)); !added) {
      Error error = added.error();
      error.found = fmt::format("judge '{}': {}", name, error.found);
      return fail(std::move(error));
    }
  }
  return models;
}

}  // namespace assay::cli
