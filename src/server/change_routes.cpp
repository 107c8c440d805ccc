// What changes something: suites are checked, runs started, stopped and continued, reports imported.
#include <fmt/format.h>

#include "base/text.h"
#include "server/routes.h"

namespace assay::server {
namespace {

Error read_only_store(const Context& context) {
  return {.code = Code::permission,
          .where = {.file = context.store.path(), .line = 0, .column = 0},
          .found = "the store can only be read",
          .expected = {},
          .remedy = "Start assay serve with a store that can be written"};
}

/// Reads members of the body and keeps the first mistake.
class Body {
 public:
  explicit Body(const Json& object, std::string place = {}) : object_(object), place_(std::move(place)) {}

  std::string text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string()) complain(name, "text");
    return value->is_string() ? value->get<std::string>() : std::string{};
  }
  std::vector<std::string> texts(const char* name) {
    std::vector<std::string> list;
    const Json* value = find(name);
    if (value == nullptr) return list;
    if (!value->is_array()) complain(name, "a list of texts");
    for (const Json& one : value->is_array() ? *value : Json::array()) {
      if (one.is_string())
        list.push_back(one.get<std::string>());
      else
        complain(name, "a list of texts");
    }
    return list;
  }
  std::optional<std::uint64_t> number(const char* name, std::uint64_t least, std::uint64_t most) {
    const Json* value = find(name);
    if (value == nullptr) return std::nullopt;
    const bool whole = value->is_number_unsigned();
    if (whole && value->get<std::uint64_t>() >= least && value->get<std::uint64_t>() <= most)
      return value->get<std::uint64_t>();
    complain(name, fmt::format("a whole number from {} to {}", least, most));
    return std::nullopt;
  }
  const Json* object(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || value->is_object()) return value;
    complain(name, "an object");
    return nullptr;
  }
  /// A member that is none of these is a mistake: a misspelt option must not be ignored.
  void only(const std::vector<std::string>& known) {
    for (const auto& [name, value] : object_.items()) {
      if (std::find(known.begin(), known.end(), name) == known.end())
        complain(name, "one of: " + join(known, ", "), "is unknown");
    }
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const Json* find(const char* name) const {
    const auto at = object_.find(name);
    return at == object_.end() ? nullptr : &*at;
  }
  void complain(const std::string& name, std::string expected, const char* what = "is of the wrong kind") {
    if (!error_)
      error_ = bad_input(fmt::format("the member '{}{}' {}", place_, printable(name, 60), what),
                         std::move(expected));
  }
  const Json& object_;
  std::string place_;
  std::optional<Error> error_;
};

std::string written(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dump(value);
}

constexpr std::uint64_t kMostRepeats = 100'000;
constexpr std::uint64_t kMostWarmup = 1000;
constexpr std::uint64_t kMostParallel = 256;

std::optional<Error> read_options(const Json& object, StartRequest& request) {
  Body body(object, "options.");
  body.only({"repeats", "warmup", "parallel", "seed", "timeout", "params", "cases", "grading"});
  const auto small = [](std::optional<std::uint64_t> value) {
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
  };
  request.repeats = small(body.number("repeats", 1, kMostRepeats));
  request.warmup = small(body.number("warmup", 0, kMostWarmup));
  request.parallel = small(body.number("parallel", 1, kMostParallel));
  request.seed = body.number("seed", 0, UINT64_MAX);
  request.cases = body.texts("cases");
  request.grading = body.text("grading");
  if (const std::string timeout = body.text("timeout"); !timeout.empty()) request.timeout = timeout;
  if (const Json* params = body.object("params")) {
    for (const auto& [name, value] : params->items())
      request.params.push_back(fmt::format("{}={}", name, written(value)));
  }
  if (!request.grading.empty() && request.grading != "assay" && request.grading != "benchy")
    return bad_input(fmt::format("the member 'options.grading' is '{}'", printable(request.grading, 40)),
                     "assay or benchy");
  return body.error();
}

Result<StartRequest> read_request(const std::string& text) {
  const auto json = parse_json(text, {.max_bytes = text.size() + 1, .max_depth = 32});
  if (!json) return fail(json.error());
  if (!json->is_object()) return fail(bad_input("the body is no JSON object", "{\"suite\": \"…\"}"));
  Body body(*json);
  body.only({"suite", "path", "models", "label", "options"});
  StartRequest request;
  request.suite = body.text("suite");
  request.path = body.text("path");
  request.label = body.text("label");
  request.models = body.texts("models");
  const Json* options = body.object("options");
  if (body.error()) return fail(*body.error());
  if (request.suite.empty())
    return fail(bad_input("the member 'suite' is missing or empty", "a suite as YAML"));
  if (options != nullptr) {
    if (auto trouble = read_options(*options, request)) return fail(*std::move(trouble));
  }
  return request;
}

int status_of_start(const Errors& errors) {
  const Code code = errors.front().code;
  if (code == Code::conflict) return 409;
  if (code == Code::not_found || code == Code::permission) return status_of(code);
  return code == Code::io || code == Code::internal ? 500 : 400;
}

Reply started(const tl::expected<std::string, Errors>& id) {
  if (id) return reply_json({{"id", *id}}, 202);
  return refuse(id.error(), status_of_start(id.error()));
}

}  // namespace

Reply check_suite(Context& context, const Asked& asked) {
  Query query(asked);
  constexpr std::size_t kLongModel = 500;
  constexpr std::size_t kLongPath = 4096;
  StartRequest request;
  request.models = query.texts("model", kLongModel);
  request.path = query.text("path", kLongPath).value_or("");
  if (query.error()) return refuse(*query.error());
  request.suite = asked.body;
  SuiteCheck check = context.library.check(request);
  const auto list = [](const Errors& all) {
    OrderedJson json = OrderedJson::array();
    for (const Error& one : all) json.push_back(problem_json(one));
    return json;
  };
  return reply_json(
      {{"plan", std::move(check.plan)}, {"errors", list(check.errors)}, {"warnings", list(check.warnings)}});
}

Reply start_run(Context& context, const Asked& asked) {
  if (!context.writable) return refuse(read_only_store(context));
  const auto request = read_request(asked.body);
  if (!request) return refuse(request.error());
  return started(context.control.start(*request));
}

Reply cancel_run(Context& context, const Asked& asked) {
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  const std::string& id = (*run)->record.id;
  if (const auto done = context.control.cancel(id); !done) return refuse(done.error());
  return reply_json({{"id", id}}, 202);
}

Reply resume_run(Context& context, const Asked& asked) {
  if (!context.writable) return refuse(read_only_store(context));
  const auto run = context.opened.find(asked.parts.at(0));
  if (!run) return refuse(run.error());
  auto id = context.control.resume((*run)->record.id);
  if (!id && id.error().front().code == Code::not_found) id.error().front().code = Code::bad_input;
  return started(id);
}

Reply import_report(Context& context, const Asked& asked) {
  Query query(asked);
  constexpr std::size_t kLongLabel = 200;
  constexpr std::size_t kLongName = 1000;
  const auto label = query.text("label", kLongLabel);
  const auto name = query.text("path", kLongName);
  if (query.error()) return refuse(*query.error());
  if (!context.writable) return refuse(read_only_store(context));
  const auto imported =
      context.library.import_report(asked.body, name.value_or("report.json"), label.value_or(""));
  return imported ? reply_json(*imported, 201) : refuse(imported.error());
}

}  // namespace assay::server
