#include "backend/openai.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "backend/chat_body.h"
#include "backend/entries.h"
#include "backend/http_backend.h"
#include "base/file.h"
#include "base/json_members.h"
#include "base/text.h"

namespace assay::backend {
namespace {

using record::Applied;

class OpenAiDialect final : public Dialect {
 public:
  OpenAiDialect(const OpenAiFlavour& flavour, std::string model)
      : flavour_(flavour), wanted_(std::move(model)), names_(param_names(flavour)) {}

  Result<Loaded> load(Talk& talk, const LoadRequest& request) override;
  Result<HttpRequest> ask(const Talk& talk, const Request& request) override;
  std::optional<HttpRequest> ask_prompt(const Talk& talk, const Request& request) override;
  std::string read_prompt(int status, std::string_view body) override;
  std::unique_ptr<AnswerReader> reader(const Request& request, bool streamed) override {
    return make_openai_reader(streamed, wanted_logprobs(request.params));
  }
  record::EffectiveParams effective(const Request& request) const override;

 private:
  Result<Json> find_model(const Json& list);
  void read_props(Talk& talk, Loaded& loaded);

  const OpenAiFlavour& flavour_;
  std::string wanted_;  // as the suite names it; empty: the only one there is
  std::string model_;   // as the server is asked for it
  std::vector<ParamName> names_;
  Json defaults_;               // llama-server's own, for what is not sent
  bool tells_prompts_ = false;  // until it shows that it does not
};

bool may_lack_list(const OpenAiFlavour& flavour, const Error& error) {
  return error.code == Code::not_found || (flavour.any_model && error.code == Code::engine);
}

/// The entry of the wanted model in the server's list, or null where any name is served.
Result<Json> OpenAiDialect::find_model(const Json& list) {
  std::vector<std::string> names;
  Json found;
  if (const auto data = list.find("data"); data != list.end() && data->is_array()) {
    for (const Json& entry : *data) {
      const auto id = entry.is_object() ? entry.find("id") : entry.end();
      if (!entry.is_object() || id == entry.end() || !id->is_string()) continue;
      names.push_back(id->get<std::string>());
      if (names.back() == wanted_) found = entry;
    }
    if (names.size() == 1 && (wanted_.empty() || flavour_.any_model)) found = data->front();
  }
  model_ = wanted_.empty() && names.size() == 1 ? names.front() : wanted_;
  if (!found.is_null() || (flavour_.any_model && (!wanted_.empty() || names.empty()))) return found;
  const std::vector<std::string> some(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(names.size(), 8)));
  const std::string near = nearest(wanted_, names);
  return fail({.code = Code::not_found,
               .where = {},
               .found = wanted_.empty()
                            ? fmt::format("no model is named, and the server has {}", names.size())
                            : fmt::format("the server has no model '{}'", printable(wanted_, 80)),
               .expected = names.empty()
                               ? std::string("a model that it has")
                               : fmt::format("one of: {}{}", join(some, ", "), names.size() > 8 ? ", …" : ""),
               .remedy = near.empty() ? fmt::format("Write: {}:ADDRESS#MODEL", flavour_.name)
                                      : fmt::format("Did you mean '{}'?", near)});
}

/// The address without /v1: the routes that are llama-server's own.
std::string root_of(const Talk& talk) {
  const std::string& base = talk.base();
  return base.ends_with("/v1") ? base.substr(0, base.size() - 3) : base;
}

/// llama-server says what it runs: build, slots, context, the model's file.
void OpenAiDialect::read_props(Talk& talk, Loaded& loaded) {
  const std::string base = talk.base();
  talk.set_base(root_of(talk));
  const auto props = talk.get("/props");
  talk.set_base(base);
  if (!props || !props->is_object()) return;
  if (const auto build = props->find("build_info"); build != props->end() && build->is_string())
    loaded.engine_version = fmt::format("llama-server {}", build->get<std::string>());
  for (const char* name : {"total_slots", "model_path", "modalities"}) {
    if (props->contains(name)) loaded.engine_build[name] = (*props)[name];
  }
  if (const auto takes = props->find("modalities"); takes != props->end() && takes->is_object()) {
    loaded.media.clear();
    if (takes->value("vision", Json(false)) == true) loaded.media.emplace_back("image");
    if (takes->value("audio", Json(false)) == true) loaded.media.emplace_back("audio");
  }
  if (const auto settings = props->find("default_generation_settings");
      settings != props->end() && settings->is_object()) {
    if (const auto context = settings->find("n_ctx"); context != settings->end())
      loaded.effective["context"] = {*context, Applied::verified};
    if (settings->contains("params")) {
      loaded.engine_build["default_settings"] = (*settings)["params"];
      defaults_ = (*settings)["params"];
    }
  }
}

Result<Loaded> OpenAiDialect::load(Talk& talk, const LoadRequest& /*request*/) {
  auto list = talk.get("/models");
  // A server without that route, or with an empty answer there (mlx_lm without a cache of its own), is asked
  // all the same: the first trial will tell.
  if (!list && !may_lack_list(flavour_, list.error())) return fail(list.error());
  model_ = wanted_;
  Json entry;
  if (list) {
    auto found = find_model(*list);
    if (!found) return fail(found.error());
    entry = std::move(*found);
  }
  Loaded loaded;
  loaded.engine_version = std::string(flavour_.name);
  loaded.engine_build = {{"address", without_secrets(talk.base())}};
  if (entry.is_object()) {
    loaded.facts = entry;
    const auto meta = entry.find("meta");
    if (meta != entry.end() && meta->is_object() && meta->contains("n_params") &&
        (*meta)["n_params"].is_number_unsigned())
      loaded.parameters = (*meta)["n_params"].get<std::uint64_t>();
  }
  loaded.media = {"image", "audio"};  // nobody else says what its model takes; a request will tell
  if (flavour_.llama_server) read_props(talk, loaded);
  loaded.media.emplace_back("tools");  // the same
  tells_prompts_ = flavour_.llama_server;
  for (const ParamName& name : names_) loaded.supported.push_back(name.ours);
  loaded.base_latency = talk.base_latency("/models");
  return loaded;
}

Result<HttpRequest> OpenAiDialect::ask(const Talk& talk, const Request& request) {
  auto body = openai_body(flavour_, model_, request);
  if (!body) return fail(body.error());
  return talk.request("POST", request.prompt.raw ? "/completions" : "/chat/completions", dump(*body));
}

/// llama-server shows what its template makes of messages. The whole body is sent, because more than the
/// messages can enter it (thinking, a schema); pictures are not sent twice.
std::optional<HttpRequest> OpenAiDialect::ask_prompt(const Talk& talk, const Request& request) {
  const record::Prompt& prompt = request.prompt;
  if (!tells_prompts_ || prompt.raw || !prompt.images.empty() || !prompt.audio.empty()) return std::nullopt;
  const auto body = openai_body(flavour_, model_, request);
  if (!body) return std::nullopt;
  HttpRequest question = talk.request("POST", "", dump(*body));
  question.url = root_of(talk) + "/apply-template";
  return question;
}

std::string OpenAiDialect::read_prompt(int status, std::string_view body) {
  const auto answer = parse_json(body);
  if (status == 200 && answer && answer->is_object()) return std::string(text_of(*answer, "prompt"));
  tells_prompts_ = status != 404 && status != 501;  // an older one has no such route
  return {};
}

/// What was sent; none of these servers repeats it in its answer. llama-server says beforehand what it takes
/// for what is not sent.
record::EffectiveParams OpenAiDialect::effective(const Request& request) const {
  record::EffectiveParams effective = as_sent(request.params, [&](const std::string& name) {
    return std::any_of(names_.begin(), names_.end(),
                       [&](const ParamName& known) { return known.ours == name; });
  });
  for (const char* name : {"top_k", "top_p", "min_p", "repeat_penalty"}) {
    if (defaults_.is_object() && defaults_.contains(name) && defaults_[name].is_number())
      effective.emplace(name, record::EffectiveParam{defaults_[name], Applied::verified});
  }
  return effective;
}

std::string without_slash(std::string address) {
  while (address.ends_with('/')) address.pop_back();
  return address;
}

/// The address of a llama-server is often written without /v1.
std::string base_of(const OpenAiFlavour& flavour, const record::ModelSpec& spec) {
  std::string base = without_slash(spec.url.empty() ? std::string(flavour.address) : spec.url);
  const std::size_t host = base.find("://");
  if (host != std::string::npos && base.find('/', host + 3) == std::string::npos) base += "/v1";
  return base;
}

const char* port_of(const OpenAiFlavour& flavour) {
  return flavour.address.find(":8000") != std::string_view::npos ? "8000" : "8080";
}

std::string how_to_start(const OpenAiFlavour& flavour) {
  if (flavour.start.empty())
    return "Start it, or give its address: " + std::string(flavour.name) + ":http://HOST:PORT/v1#MODEL";
  std::string command(flavour.start);
  for (const auto& [place, value] :
       {std::pair("{model}", "MODEL"), std::pair("{parallel}", "1"), std::pair("{port}", port_of(flavour))}) {
    if (const std::size_t at = command.find(place); at != std::string::npos)
      command.replace(at, std::strlen(place), value);
  }
  return fmt::format("Start it, for example: {}; or let assay do it: --start auto", command);
}

}  // namespace

std::optional<Error> probe_openai(std::string_view engine) {
  const OpenAiFlavour& flavour = *find_flavour(engine);
  const std::string key = environment(std::string(flavour.key_variable).c_str()).value_or("");
  const bool is_local = is_loopback(flavour.address);
  if (!is_local) {
    if (!key.empty()) return std::nullopt;
    return Error{.code = Code::permission,
                 .where = {},
                 .found = fmt::format("no key in the environment variable {}", flavour.key_variable),
                 .expected = {},
                 .remedy = flavour.name == "openai"
                               ? "Set it for OpenAI's own service; a server of yours needs only its address"
                               : "Set it to use this service"};
  }
  SystemClock clock;
  Talk talk({.base = std::string(flavour.address),
             .headers = {},
             .secret = {},
             .key_variable = {},
             .how_to_start = how_to_start(flavour)},
            clock);
  const auto answer = talk.get("/models", std::chrono::seconds{2});
  if (answer || may_lack_list(flavour, answer.error())) return std::nullopt;
  return answer.error();
}

namespace {

/// Address and key of the spec's server. Errors: permission, when its service wants a key and there is none.
Result<TalkOptions> talk_options(const OpenAiFlavour& flavour, const record::ModelSpec& spec) {
  TalkOptions talk;
  talk.base = base_of(flavour, spec);
  talk.key_variable = flavour.key_variable;
  talk.how_to_start = how_to_start(flavour);
  const bool its_own_service =
      spec.start.empty() && (spec.url.empty() || base_of(flavour, spec) == flavour.address);
  if (!flavour.key_variable.empty() && may_have_key(talk.base, flavour.address, spec))
    talk.secret = environment(std::string(flavour.key_variable).c_str()).value_or("");
  if (!talk.secret.empty()) talk.headers.push_back({"Authorization", "Bearer " + talk.secret});
  if (its_own_service && talk.secret.empty() && !is_loopback(flavour.address))
    return fail(*probe_openai(flavour.name));
  return talk;
}

}  // namespace

Result<std::vector<ServedModel>> list_openai(const record::ModelSpec& spec, MakeContext context) {
  auto options = talk_options(*find_flavour(spec.engine), spec);
  if (!options) return fail(options.error());
  Talk talk(std::move(*options), context.clock);
  const auto list = talk.get("/models");
  if (!list) return fail(list.error());
  std::vector<ServedModel> models;
  const auto data = list->find("data");
  if (data == list->end() || !data->is_array()) return models;
  for (const Json& entry : *data) {
    if (!entry.is_object() || !entry.contains("id") || !entry["id"].is_string()) continue;
    ServedModel model;
    model.name = entry["id"].get<std::string>();
    if (const auto meta = entry.find("meta"); meta != entry.end() && meta->is_object()) {
      if (meta->contains("ftype") && (*meta)["ftype"].is_string())
        model.quantisation = (*meta)["ftype"].get<std::string>();
      if (meta->contains("size") && (*meta)["size"].is_number_unsigned())
        model.bytes = (*meta)["size"].get<std::uint64_t>();
      if (meta->contains("n_params") && (*meta)["n_params"].is_number_unsigned())
        model.parameters = fmt::format("{:.3g}M", (*meta)["n_params"].get<double>() / 1e6);
    }
    models.push_back(std::move(model));
  }
  return models;
}

Result<std::unique_ptr<Backend>> make_openai(const record::ModelSpec& spec, MakeContext context) {
  const OpenAiFlavour& flavour = *find_flavour(spec.engine);
  HttpOptions options;
  auto talk = talk_options(flavour, spec);
  if (!talk) return fail(talk.error());
  options.talk = std::move(*talk);
  options.model = spec.model;
  options.retry_pause = context.retry_pause;
  if (!spec.start.empty()) {
    if (spec.start == "auto" && flavour.start.empty()) {
      return fail({.code = Code::unsupported,
                   .where = {},
                   .found = fmt::format("'start: auto' for {}, which assay cannot start", flavour.name),
                   .expected = "a command with {port} and {model}",
                   .remedy = {}});
    }
    const std::string command = spec.start == "auto" ? std::string(flavour.start) : spec.start;
    options.start = StartRule{
        command, "http://127.0.0.1:{port}/v1",
        flavour.llama_server ? "http://127.0.0.1:{port}/health" : "http://127.0.0.1:{port}/v1/models"};
  }
  return make_http(std::make_unique<OpenAiDialect>(flavour, spec.is_file ? std::string{} : spec.model),
                   std::move(options), context.clock);
}

}  // namespace assay::backend
