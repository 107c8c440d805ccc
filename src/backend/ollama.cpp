#include "backend/ollama.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "backend/chat_body.h"
#include "backend/entries.h"
#include "backend/http_backend.h"
#include "backend/media.h"
#include "base/file.h"
#include "base/json_members.h"

namespace assay::backend {
namespace {

using record::Applied;

constexpr std::string_view kDefaultAddress = "http://127.0.0.1:11434";
constexpr auto kLoadPatience = std::chrono::minutes{30};
constexpr auto kUnloadPatience = std::chrono::seconds{10};
// Ollama frees a model five minutes after its last answer; a run's pauses may be longer.
constexpr const char* kKeepAlive = "1h";
constexpr std::uint64_t kStep = 1024;
constexpr std::uint64_t kOllamasOwn = 4096;
// From so many bytes in common on, the kept part of the prompt is worth a flag.
constexpr std::size_t kSharedBytes = 16;

struct OptionName {
  std::string_view ours;
  std::string_view theirs;
};
constexpr std::array kRequestOptions{
    OptionName{"temperature", "temperature"},
    OptionName{"top_p", "top_p"},
    OptionName{"top_k", "top_k"},
    OptionName{"min_p", "min_p"},
    OptionName{"repeat_penalty", "repeat_penalty"},
    OptionName{"seed", "seed"},
    OptionName{"max_tokens", "num_predict"},
    OptionName{"stop", "stop"},
};
/// Beside the options in the body.
constexpr std::array<std::string_view, 3> kBodyParams{"think", "json_schema", "logprobs"};
constexpr std::array kLoadOptions{
    OptionName{"context", "num_ctx"},
    OptionName{"threads", "num_thread"},
    OptionName{"gpu_layers", "num_gpu"},
};

/// "tiny" is "tiny:latest" to Ollama.
std::string with_tag(const std::string& model) {
  const std::size_t slash = model.rfind('/');
  const bool has_tag = model.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
  return has_tag ? model : model + ":latest";
}

/// Whether an earlier prompt begins like this one. Ollama keeps a prompt's beginning, cannot be told not to,
/// and does not say so.
class Beginnings {
 public:
  bool add(const record::Prompt& prompt) {
    std::string text;
    for (const record::Message& message : prompt.messages)
      text += message.role + '\n' + message.content + '\n';
    const auto [at, fresh] = seen_.insert(std::move(text));
    if (!fresh) return true;
    // The longest common beginning is with a neighbour in the alphabet's order.
    const bool before = at != seen_.begin() && shares(*std::prev(at), *at);
    const bool after = std::next(at) != seen_.end() && shares(*std::next(at), *at);
    return before || after;
  }
  void clear() { seen_.clear(); }

 private:
  static bool shares(const std::string& a, const std::string& b) {
    const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return end - a.begin() >= static_cast<std::ptrdiff_t>(kSharedBytes);
  }
  std::set<std::string> seen_;
};

class OllamaDialect final : public Dialect {
 public:
  explicit OllamaDialect(const std::string& model) : model_(with_tag(model)) {}

  Result<Loaded> load(Talk& talk, const LoadRequest& request) override;
  void unload(Talk& talk) override;
  Result<HttpRequest> ask(const Talk& talk, const Request& request) override;
  std::unique_ptr<AnswerReader> reader(const Request& request, bool) override {
    return make_ollama_reader({context_, words_of(request.prompt), wanted_logprobs(request.params)});
  }
  record::EffectiveParams effective(const Request& request) const override;
  record::Flags flags(const Request& request) override;

 private:
  Result<void> describe(Talk& talk, Loaded& loaded);
  Json resident(Talk& talk);
  void take_load_options(const LoadRequest& request);
  void note_claims(Talk& talk, Loaded& loaded);

  std::string model_;
  Json load_options_ = Json::object();
  std::uint64_t context_ = 0;
  std::uint64_t trained_ = 0;
  bool others_resident_ = false;
  bool sees_ = true;   // takes pictures; an old Ollama does not say
  bool calls_ = true;  // takes tools; the same
  Beginnings beginnings_;
};

/// The models that Ollama holds in memory now.
Json OllamaDialect::resident(Talk& talk) {
  Json list = Json::array();
  const auto answer = talk.get("/api/ps");
  if (!answer) return list;
  const auto models = answer->find("models");
  if (models == answer->end() || !models->is_array()) return list;
  for (const Json& one : *models) {
    if (one.is_object()) list.push_back(one);
  }
  return list;
}

/// What Ollama tells of the model, without loading it.
Result<void> OllamaDialect::describe(Talk& talk, Loaded& loaded) {
  const auto show = talk.post("/api/show", {{"model", model_}}, std::chrono::seconds{30});
  if (!show && show.error().code == Code::not_found) {
    return fail({.code = Code::not_found,
                 .where = {},
                 .found = fmt::format("Ollama at {} has no model '{}'", without_secrets(talk.base()), model_),
                 .expected = {},
                 .remedy = fmt::format("Fetch it: assay models pull ollama:{}", model_)});
  }
  if (!show) return fail(show.error());
  Json facts = Json::object();
  if (const auto details = show->find("details"); details != show->end() && details->is_object()) {
    facts["quantisation"] = text_of(*details, "quantization_level");
    facts["family"] = text_of(*details, "family");
    facts["parameter_size"] = text_of(*details, "parameter_size");
  }
  if (const auto info = show->find("model_info"); info != show->end() && info->is_object()) {
    loaded.parameters = whole_of(*info, "general.parameter_count");
    const std::string architecture(text_of(*info, "general.architecture"));
    if (const auto trained = whole_of(*info, architecture + ".context_length")) {
      trained_ = *trained;
      facts["context_length"] = *trained;
    }
    facts["architecture"] = architecture;
  }
  if (const auto skills = show->find("capabilities"); skills != show->end() && skills->is_array()) {
    facts["capabilities"] = *skills;
    sees_ = std::find(skills->begin(), skills->end(), "vision") != skills->end();
    calls_ = std::find(skills->begin(), skills->end(), "tools") != skills->end();
  }
  facts["template"] = text_of(*show, "template");
  facts["modelfile_parameters"] = text_of(*show, "parameters");
  if (const auto tags = talk.get("/api/tags"); tags && tags->contains("models")) {
    for (const Json& one : (*tags)["models"]) {
      if (!one.is_object() || text_of(one, "name") != model_) continue;
      facts["digest"] = text_of(one, "digest");
      if (const auto size = whole_of(one, "size")) facts["file_bytes"] = *size;
    }
  }
  loaded.facts = std::move(facts);
  return {};
}

/// The options that every request repeats, because Ollama loads anew when they change.
void OllamaDialect::take_load_options(const LoadRequest& request) {
  load_options_ = Json::object();
  for (const OptionName& option : kLoadOptions) {
    if (const auto at = request.params.find(option.ours); at != request.params.end())
      load_options_[std::string(option.theirs)] = at->second;
  }
  if (!load_options_.contains("num_ctx"))
    load_options_["num_ctx"] = ollama_context(request.longest, trained_);
  context_ = load_options_["num_ctx"].get<std::uint64_t>();
}

/// What Ollama says of the model that it has loaded. The context among it is the one in force.
void OllamaDialect::note_claims(Talk& talk, Loaded& loaded) {
  for (const Json& one : resident(talk)) {
    if (text_of(one, "name") != model_) continue;
    for (const char* name : {"size", "size_vram", "context_length"}) {
      if (const auto value = whole_of(one, name))
        loaded.engine_build["claimed_" + std::string(name)] = *value;
    }
    if (const auto context = whole_of(one, "context_length"))
      loaded.effective["context"] = {*context, Applied::verified};
  }
}

Result<Loaded> OllamaDialect::load(Talk& talk, const LoadRequest& request) {
  const auto version = talk.get("/api/version");
  if (!version) return fail(version.error());
  Loaded loaded;
  loaded.engine_version = fmt::format("ollama {}", text_of(*version, "version"));
  if (auto described = describe(talk, loaded); !described) return fail(described.error());

  Json others = Json::array();
  for (const Json& one : resident(talk)) {
    if (text_of(one, "name") != model_) others.push_back(text_of(one, "name"));
  }
  others_resident_ = !others.empty();
  take_load_options(request);

  // A request without prompt only loads. A model that is there already is freed first: its load is measured.
  unload(talk);
  const Nanos begin = talk.clock().now();
  const auto answer = talk.post(
      "/api/generate",
      {{"model", model_}, {"keep_alive", kKeepAlive}, {"stream", false}, {"options", load_options_}},
      kLoadPatience);
  if (!answer) return fail(answer.error());
  loaded.load = talk.clock().now() - begin;
  loaded.engine_build = {{"address", without_secrets(talk.base())}, {"resident_before", std::move(others)}};
  loaded.effective["context"] = {context_, Applied::unverified};
  for (const char* name : {"threads", "gpu_layers"}) {
    if (const auto at = request.params.find(name); at != request.params.end())
      loaded.effective[name] = {at->second, Applied::unverified};
  }
  note_claims(talk, loaded);
  for (const OptionName& option : kRequestOptions) loaded.supported.emplace_back(option.ours);
  for (const OptionName& option : kLoadOptions) loaded.supported.emplace_back(option.ours);
  for (const std::string_view name : kBodyParams) loaded.supported.emplace_back(name);
  if (sees_) loaded.media = {"image"};
  if (calls_) loaded.media.emplace_back("tools");
  loaded.base_latency = talk.base_latency("/api/version");
  beginnings_.clear();
  return loaded;
}

void OllamaDialect::unload(Talk& talk) {
  const auto is_resident = [&] {
    const Json models = resident(talk);
    return std::any_of(models.begin(), models.end(),
                       [&](const Json& one) { return text_of(one, "name") == model_; });
  };
  if (!is_resident()) return;
  static_cast<void>(talk.post("/api/generate", {{"model", model_}, {"keep_alive", 0}, {"stream", false}},
                              std::chrono::seconds{30}));
  const Nanos until = talk.clock().now() + kUnloadPatience;
  while (is_resident() && talk.clock().now() < until)
    talk.clock().sleep_until(talk.clock().now() + std::chrono::milliseconds{50});
}

Result<HttpRequest> OllamaDialect::ask(const Talk& talk, const Request& request) {
  auto body = ollama_body(model_, request, load_options_);
  if (!body) return fail(body.error());
  return talk.request("POST", request.prompt.raw ? "/api/generate" : "/api/chat", dump(*body));
}

/// Ollama ignores in silence what it does not know, and says nothing of what it knows.
record::EffectiveParams OllamaDialect::effective(const Request& request) const {
  return as_sent(request.params, [](const std::string& name) {
    return std::find(kBodyParams.begin(), kBodyParams.end(), name) != kBodyParams.end() ||
           std::any_of(kRequestOptions.begin(), kRequestOptions.end(),
                       [&](const OptionName& known) { return known.ours == name; });
  });
}

record::Flags OllamaDialect::flags(const Request& request) {
  record::Flags flags = beginnings_.add(request.prompt) ? record::bit(record::Flag::cached_prefix) : 0;
  if (others_resident_) flags |= record::bit(record::Flag::contended);
  return flags;
}

}  // namespace

std::uint64_t ollama_context(std::uint64_t longest, std::uint64_t trained) {
  const std::uint64_t rounded = (longest + kStep - 1) / kStep * kStep;
  const std::uint64_t wanted = std::max(rounded, kOllamasOwn);
  return trained > 0 ? std::min(wanted, trained) : wanted;
}

Result<Json> ollama_body(const std::string& model, const Request& request, const Json& load_options) {
  const auto media = media_of(request.prompt);
  if (!media) return fail(media.error());
  if (!media->recordings.empty()) return fail(only_text(request.prompt).error());
  Json images = Json::array();
  for (const Media& image : media->images) images.push_back(image.base64);
  Json body{{"model", model}, {"stream", true}, {"keep_alive", kKeepAlive}};
  if (request.prompt.raw) {
    body["prompt"] = request.prompt.messages.front().content;
    body["raw"] = true;
    if (!images.empty()) body["images"] = std::move(images);
  } else {
    body["messages"] = messages_of(request.prompt);
    if (!images.empty()) body["messages"][message_with_media(request.prompt)]["images"] = std::move(images);
    if (!request.prompt.tools.empty()) body["tools"] = tools_of(request.prompt);
  }
  Json options = load_options;
  for (const OptionName& option : kRequestOptions) {
    if (const auto at = request.params.find(option.ours); at != request.params.end())
      options[std::string(option.theirs)] = at->second;
  }
  body["options"] = std::move(options);
  if (const auto at = request.params.find("think"); at != request.params.end()) body["think"] = at->second;
  if (const auto at = request.params.find("json_schema"); at != request.params.end())
    body["format"] = at->second;
  if (const auto most = wanted_logprobs(request.params)) {
    body["logprobs"] = true;
    body["top_logprobs"] = *most;
  }
  return body;
}

std::string ollama_address(const std::string& told) {
  std::string address = told.empty() ? environment("OLLAMA_HOST").value_or("") : told;
  if (address.empty()) return std::string(kDefaultAddress);
  const bool has_scheme = address.find("://") != std::string::npos;
  while (address.ends_with('/')) address.pop_back();
  if (has_scheme) return address;
  if (address.starts_with(':')) address = "127.0.0.1" + address;
  // It is where a server listens; to ask it, "all addresses" is this machine.
  if (address.starts_with("0.0.0.0")) address.replace(0, 7, "127.0.0.1");
  if (address.find(':') == std::string::npos) address += ":11434";
  return "http://" + address;
}

TalkOptions ollama_talk(const std::string& address) {
  TalkOptions talk;
  talk.base = ollama_address(address);
  talk.how_to_start = "Start it: ollama serve";
  return talk;
}

std::optional<Error> probe_ollama(std::string_view /*engine*/) {
  SystemClock clock;
  Talk talk(ollama_talk({}), clock);
  const auto answer = talk.get("/api/version", std::chrono::seconds{2});
  if (answer) return std::nullopt;
  return answer.error();
}

Result<std::unique_ptr<Backend>> make_ollama(const record::ModelSpec& spec, MakeContext context) {
  if (spec.model.empty()) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = "'ollama:' without a model",
                 .expected = "ollama:NAME or ollama:NAME:TAG",
                 .remedy = "See what is there: assay models list ollama:"});
  }
  HttpOptions options;
  options.talk = ollama_talk(spec.url);
  options.model = spec.model;
  options.retry_pause = context.retry_pause;
  if (!spec.start.empty()) {
    options.start = StartRule{spec.start == "auto" ? "OLLAMA_HOST=127.0.0.1:{port} ollama serve" : spec.start,
                              "http://127.0.0.1:{port}", "http://127.0.0.1:{port}/api/version"};
  }
  return make_http(std::make_unique<OllamaDialect>(spec.model), std::move(options), context.clock);
}

}  // namespace assay::backend
