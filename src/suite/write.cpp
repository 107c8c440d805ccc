#include "suite/write.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/duration.h"
#include "base/file.h"
#include "suite/benchy_further.h"
#include "suite/tools.h"
#include "suite/yaml_text.h"

namespace assay::suite {
namespace {

/// The inverse of resolve(folder, …).
std::string relative_path(const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  if (folder.empty() || fs::path(path).is_absolute()) return path;
  const std::string relative = fs::path(path).lexically_relative(folder).string();
  return relative.empty() ? path : relative;
}

/// `{a: 1, b: 2}`, piece by piece.
class FlowMapping {
 public:
  explicit FlowMapping(std::string& out) : out_(out) { out_ += '{'; }
  ~FlowMapping() { out_ += '}'; }
  FlowMapping(const FlowMapping&) = delete;
  FlowMapping& operator=(const FlowMapping&) = delete;

  /// The place for the value of a key.
  std::string& operator[](std::string_view name) {
    if (!first_) out_ += ", ";
    first_ = false;
    out_ += key(name);
    out_ += ": ";
    return out_;
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <class Items, class Text>
void append_list(std::string& out, const Items& items, const Text& text_of) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ", ";
    first = false;
    out += text_of(item);
  }
  out += ']';
}

std::string params_text(const record::Params& params) {
  std::string out;
  {
    FlowMapping mapping(out);
    for (const auto& [name, value] : params) mapping[name] += flow(value);
  }
  return out;
}

std::string real(double value) {
  return fmt::format("{}", value);
}

void append_options(FlowMapping& mapping, const record::Value& options) {
  for (std::size_t i = 0; i < options.items.size(); ++i) mapping[options.keys[i]] += flow(options.items[i]);
}

std::string check_text(const record::Check& check) {
  record::Check bare;
  bare.type = check.type;
  bare.negate = check.negate;
  bare.where = check.where;
  std::string out;
  if (check == bare) return scalar((check.negate ? "not-" : "") + check.type);
  {
    FlowMapping mapping(out);
    mapping["type"] += scalar((check.negate ? "not-" : "") + check.type);
    if (check.value) mapping["value"] += flow(*check.value);
    append_options(mapping, check.options);
    if (check.threshold) mapping["threshold"] += real(*check.threshold);
    if (check.weight != 1) mapping["weight"] += real(check.weight);
    if (!check.metric.empty()) mapping["metric"] += scalar(check.metric);
    if (!check.pipeline.empty()) mapping["pipeline"] += scalar(check.pipeline);
    if (check.on != "answer") mapping["on"] += check.on;
    if (!check.members.empty()) append_list(mapping["assert"], check.members, check_text);
  }
  return out;
}

std::string filter_text(const record::Filter& filter) {
  if (filter.options.items.empty()) return scalar(filter.name);
  std::string out;
  {
    FlowMapping mapping(out);
    mapping["type"] += scalar(filter.name);
    append_options(mapping, filter.options);
  }
  return out;
}

std::string model_text(const record::ModelSpec& model, const std::string& folder) {
  std::string out;
  {
    FlowMapping mapping(out);
    mapping["engine"] += scalar(model.engine);
    mapping["model"] += scalar(model.is_file ? relative_path(folder, model.model) : model.model);
    mapping["label"] += scalar(model.label);
    if (!model.url.empty()) mapping["url"] += scalar(model.url);
    if (!model.start.empty()) mapping["start"] += scalar(model.start);
    if (!model.params.empty()) mapping["params"] += params_text(model.params);
    if (model.price.kind != record::Value::Kind::null) mapping["price"] += flow(model.price);
  }
  return out;
}

std::string_view on_length_word(record::OnLength on_length) {
  switch (on_length) {
    case record::OnLength::by_default: return "";
    case record::OnLength::incomplete: return "incomplete";
    case record::OnLength::if_extracted: return "if-extracted";
    case record::OnLength::grade: return "grade";
  }
  return "";
}

/// `checks`: the case's own.
void append_case(std::string& out, const record::Case& test, const std::string& folder,
                 const std::vector<record::Check>& checks) {
  const auto path_text = [&](const std::string& path) { return scalar(relative_path(folder, path)); };
  const auto value_text = [](const record::Value& value) { return flow(value); };
  FlowMapping mapping(out);
  mapping["id"] += scalar(test.id);
  if (!test.vars.empty()) {
    FlowMapping vars(mapping["vars"]);
    for (const auto& [name, value] : test.vars) vars[name] += flow(value);
  }
  if (test.expect) mapping["expect"] += flow(*test.expect);
  if (!test.images.empty()) append_list(mapping["image"], test.images, path_text);
  if (!test.audio.empty()) append_list(mapping["audio"], test.audio, path_text);
  if (!test.choices.empty()) append_list(mapping["choices"], test.choices, value_text);
  if (!test.tools.empty()) append_list(mapping["tools"], test.tools, tool_text);
  if (!checks.empty()) append_list(mapping["evaluate"], checks, check_text);
  if (!test.tags.empty()) append_list(mapping["tags"], test.tags, scalar);
  if (test.weight != 1) mapping["weight"] += real(test.weight);
  if (test.threshold) mapping["threshold"] += real(*test.threshold);
  if (test.allow_empty) mapping["allow_empty"] += "true";
  if (!test.cluster.empty()) mapping["cluster"] += scalar(test.cluster);
  if (!test.rotation_of.empty()) mapping["rotation_of"] += scalar(test.rotation_of);
  if (test.on_length != record::OnLength::by_default) mapping["on_length"] += on_length_word(test.on_length);
  if (!test.params.empty()) mapping["params"] += params_text(test.params);
}

void append_prompt(std::string& out, const record::PromptTemplate& prompt) {
  const auto& messages = prompt.messages;
  const bool has_system = messages.size() == 2 && messages[0].role == "system" && messages[1].role == "user";
  const bool simple = has_system || (messages.size() == 1 && messages[0].role == "user");
  if (simple) {
    if (has_system) out += fmt::format("system: {}\n", block_scalar(messages.front().content, 2));
    out += fmt::format("prompt: {}\n", block_scalar(messages.back().content, 2));
  } else {
    out += "messages:\n";
    for (const record::Message& message : messages) {
      out += fmt::format("  - role: {}\n    content: {}\n", message.role, block_scalar(message.content, 6));
    }
  }
  if (prompt.raw) out += "raw: true\n";
}

void append_method(std::string& out, const std::optional<record::LogLikelihood>& method) {
  if (!method) return;
  if (method->delimiter)
    out += fmt::format("method: {{type: loglikelihood, delimiter: {}}}\n", scalar(*method->delimiter));
  else
    out += "method: loglikelihood\n";
}

void append_settings(std::string& out, const record::Suite& suite) {
  const record::Suite silent;
  const auto whole = [&](std::string_view name, int value, int otherwise) {
    if (value != otherwise) out += fmt::format("{}: {}\n", name, value);
  };
  if (suite.grading == record::Grading::benchy) out += "grading: benchy\n";
  if (!suite.params.empty()) out += fmt::format("params: {}\n", params_text(suite.params));
  if (!suite.sweep.empty()) {
    out += "sweep:\n";
    for (const record::SweepAxis& axis : suite.sweep)
      out += fmt::format("  {}: {}\n", axis.param, flow(Json(axis.values)));
  }
  whole("repeats", suite.repeats, silent.repeats);
  whole("warmup", suite.warmup, silent.warmup);
  whole("rounds", suite.rounds, silent.rounds);
  if (suite.order == record::Order::sequential) out += "order: sequential\n";
  if (suite.load.rate_per_s) {
    out +=
        fmt::format("load: {{rate: {}, arrivals: {}}}\n", real(*suite.load.rate_per_s), suite.load.arrivals);
  } else if (suite.load.measure) {
    const std::string parallel = suite.load.automatic ? "auto" : std::to_string(suite.load.parallel);
    out += fmt::format("load: {{parallel: {}, measure: {}}}\n", parallel, *suite.load.measure);
  } else if (suite.load.parallel != 1 || suite.names_load) {
    out += fmt::format("load: {{parallel: {}}}\n", suite.load.parallel);
  }
  if (suite.cooldown != Nanos{0}) out += fmt::format("cooldown: {}\n", format_duration(suite.cooldown));
  if (suite.timeout) out += fmt::format("timeout: {}\n", format_duration(*suite.timeout));
  whole("retries", suite.retries, silent.retries);
}

template <class Items, class Text>
void append_block_list(std::string& out, std::string_view name, const Items& items, const Text& text_of) {
  if (items.empty()) return;
  out += fmt::format("{}:\n", name);
  for (const auto& item : items) out += fmt::format("  - {}\n", text_of(item));
}

/// The checks that the author wrote: of a Benchy suite the further ones alone, because the first follows from
/// its evaluator and the grading. `checks`: those of the suite or of one case; `others`: further ones of the
/// suite that come before the case's own.
std::vector<record::Check> written(const record::Suite& suite, const std::vector<record::Check>& checks,
                                   std::size_t others = 0) {
  if (!suite.benchy) return checks;
  std::vector<record::Check> further;
  for (std::size_t i = 1 + others; i < checks.size(); ++i) further.push_back(as_written(checks[i]));
  return further;
}

void append_judging(std::string& out, const record::Suite& suite) {
  if (suite.benchy) out += fmt::format("benchy: {{evaluator: {}}}\n", scalar(suite.benchy->evaluator));
  append_block_list(out, "evaluate", written(suite, suite.checks), check_text);
  const auto& pipelines = suite.benchy ? suite.benchy->pipelines : suite.pipelines;
  if (!pipelines.empty()) out += "pipelines:\n";
  for (const record::Pipeline& pipeline : pipelines) {
    out += fmt::format("  {}: ", key(pipeline.name));
    append_list(out, pipeline.filters, filter_text);
    out += '\n';
  }
}

}  // namespace

std::string write(const record::Suite& suite) {
  const std::string folder = folder_of(suite.path);
  std::string out = fmt::format("assay: {}\n", suite.format);
  if (!suite.name.empty()) out += fmt::format("name: {}\n", scalar(suite.name));
  if (!suite.purpose.empty()) out += fmt::format("purpose: {}\n", scalar(suite.purpose));
  if (!suite.tags.empty()) {
    out += "tags: ";
    append_list(out, suite.tags, scalar);
    out += '\n';
  }
  append_prompt(out, suite.prompt);
  append_method(out, suite.log_likelihood);
  append_block_list(out, "tools", suite.tools, tool_text);
  append_judging(out, suite);
  append_block_list(out, "models", suite.models,
                    [&](const record::ModelSpec& model) { return model_text(model, folder); });
  append_settings(out, suite);
  out += "cases:\n";
  for (const record::Case& test : suite.cases) {
    out += "  - ";
    append_case(out, test, folder,
                written(suite, test.checks, suite.benchy ? suite.benchy->further.size() : 0));
    out += '\n';
  }
  return out;
}

}  // namespace assay::suite
