#include "suite/model.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"

namespace assay::suite {
namespace {

constexpr std::string_view kFileEnding = ".gguf";

const record::NameSpec* find_engine(const record::Catalogue& catalogue, std::string_view name) {
  const auto at = std::find_if(catalogue.engines.begin(), catalogue.engines.end(),
                               [&](const record::NameSpec& engine) { return engine.name == name; });
  return at == catalogue.engines.end() ? nullptr : &*at;
}

std::vector<std::string> engine_names(const record::Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const record::NameSpec& engine : catalogue.engines) names.emplace_back(engine.name);
  return names;
}

/// Whether this engine's models are files. An engine that takes tags can take a .gguf file too.
bool is_file(const record::NameSpec& engine, std::string_view model) {
  return !model.empty() && (engine.model_is_file || model.ends_with(kFileEnding));
}

bool is_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

Error no_engine(std::string_view text, std::string_view engine, const record::Catalogue& catalogue) {
  const std::vector<std::string> names = engine_names(catalogue);
  const std::string near = nearest(engine, names);
  std::string remedy = "Write: engine:model, or the path of a .gguf file";
  if (const std::size_t tilde = text.find('~'); tilde != std::string_view::npos && tilde < text.find(':')) {
    remedy = fmt::format("Write: {}:{}", text.substr(0, tilde), text.substr(tilde + 1));
  } else if (!near.empty()) {
    remedy = fmt::format("Did you mean '{}'?", near);
  }
  return {
      .code = Code::bad_input,
      .where = {},
      .found = fmt::format("unknown engine '{}' in model '{}'", printable(engine, 40), printable(text, 80)),
      .expected = "one of: " + join(names, ", "),
      .remedy = std::move(remedy)};
}

std::string short_name(const record::ModelSpec& model) {
  if (model.model.empty()) return model.url.empty() ? model.engine : model.url;
  if (is_address(model.model)) return model.model;
  for (const std::string_view ending : {kFileEnding, std::string_view(".jsonl")}) {
    if (!model.model.ends_with(ending)) continue;
    const std::string name = file_name(model.model);
    if (name.size() > ending.size()) return name.substr(0, name.size() - ending.size());
  }
  // A folder, perhaps written with a slash at its end; a server may be asked for one too.
  if (model.is_file || model.model.starts_with('/') || model.model.starts_with("./")) {
    const std::string name = file_name(model.model.ends_with('/') ? folder_of(model.model) : model.model);
    if (!name.empty() && name != "." && name != "..") return name;
  }
  return model.model;
}

/// For two files of one name, the folder tells them apart; for two engines, the engine does.
std::string longer_name(const record::ModelSpec& model, bool several_engines) {
  const std::string folder = model.is_file ? file_name(folder_of(model.model)) : std::string{};
  return folder.empty() || several_engines ? fmt::format("{}:{}", model.engine, short_name(model))
                                           : fmt::format("{}/{}", folder, short_name(model));
}

}  // namespace

Result<record::ModelSpec> make_model(std::string_view engine, std::string_view model,
                                     const std::string& folder, const record::Catalogue& catalogue) {
  const record::NameSpec* known = find_engine(catalogue, engine);
  if (known == nullptr) return fail(no_engine(model, engine, catalogue));
  record::ModelSpec spec;
  spec.engine = engine;
  spec.model = model;
  spec.is_file = is_file(*known, model);
  // A shell expands a '~' only where a word begins, not in llama:~/model.gguf.
  if (spec.is_file) spec.model = resolve(folder, from_home(spec.model));
  return spec;
}

Result<record::ModelSpec> parse_model(std::string_view text, const std::string& folder,
                                      const record::Catalogue& catalogue) {
  const std::size_t colon = text.find(':');
  const std::string_view before = text.substr(0, colon);
  const bool has_engine = find_engine(catalogue, before) != nullptr;
  // 'lama:x.gguf' is a mistyped engine, not a file of that name.
  const bool mistyped = colon != std::string_view::npos && !nearest(before, engine_names(catalogue)).empty();
  if (!has_engine && !mistyped && text.ends_with(kFileEnding))
    return make_model("llama", text, folder, catalogue);
  if (!has_engine) return fail(no_engine(text, before, catalogue));
  const std::string_view rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  return make_model_or_server(before, rest, folder, catalogue);
}

Result<record::ModelSpec> make_model_or_server(std::string_view engine, std::string_view model,
                                               const std::string& folder,
                                               const record::Catalogue& catalogue) {
  if (!is_address(model)) return make_model(engine, model, folder, catalogue);
  const std::size_t hash = model.find('#');  // an address has none, a model's name may
  const std::string_view url = model.substr(0, hash);
  if (auto fit = check_address(url); !fit) return fail(fit.error());
  auto spec = make_model(engine, hash == std::string_view::npos ? std::string_view{} : model.substr(hash + 1),
                         folder, catalogue);
  if (spec) spec->url = url;
  return spec;
}

Result<void> check_address(std::string_view url) {
  const auto wrong = [](std::string found, std::string remedy) {
    return fail({.code = Code::bad_input,
                 .where = {},
                 .found = std::move(found),
                 .expected = "an address like http://127.0.0.1:8080/v1",
                 .remedy = std::move(remedy)});
  };
  // Not the address itself: it may have a password in it.
  if (const std::size_t hash = url.find('#'); hash != std::string_view::npos)
    return wrong("the address has a '#' in it",
                 fmt::format("What stands behind it is the model: {{engine, url: ADDRESS, model: \"{}\"}}",
                             printable(url.substr(hash + 1), 80)));
  if (!is_address(url)) return {};  // some engines take HOST:PORT
  const std::string_view host = url.substr(url.find("://") + 3);
  if (host.empty() || host.front() == '/' || host.front() == ':')
    return wrong(fmt::format("the address '{}' names no host", printable(url, 80)), {});
  return {};
}

void label_models(std::vector<record::ModelSpec>& models) {
  std::set<std::string, std::less<>> taken;
  std::set<std::string, std::less<>> ambiguous;
  for (const record::ModelSpec& model : models) {
    if (!model.label.empty()) taken.insert(model.label);
  }
  std::set<std::string, std::less<>> seen = taken;
  std::map<std::string, std::set<std::string>, std::less<>> engines;  // by short name
  for (const record::ModelSpec& model : models) {
    if (model.label.empty() && !seen.insert(short_name(model)).second) ambiguous.insert(short_name(model));
    engines[short_name(model)].insert(model.engine);
  }
  for (record::ModelSpec& model : models) {
    if (!model.label.empty()) continue;
    std::string label = short_name(model);
    if (ambiguous.contains(label)) label = longer_name(model, engines[label].size() > 1);
    const std::string base = label;
    for (int n = 2; !taken.insert(label).second; ++n) label = fmt::format("{} #{}", base, n);
    model.label = std::move(label);
  }
}

Errors missing_model_files(const std::vector<record::ModelSpec>& models) {
  Errors errors;
  for (const record::ModelSpec& model : models) {
    if (!model.is_file || file_exists(model.model)) continue;
    errors.push_back(
        {.code = Code::not_found,
         .where = model.where,
         .found = fmt::format("model file '{}' not found", model.model),
         .expected = "a file that exists",
         .remedy =
             "Relative paths in a suite start at the suite file, on the command line at the current folder"});
  }
  return errors;
}

Errors missing_engines(const std::vector<record::ModelSpec>& models, const record::Catalogue& catalogue) {
  Errors errors;
  for (const record::ModelSpec& model : models) {
    if (find_engine(catalogue, model.engine) != nullptr) continue;
    errors.push_back({.code = Code::unsupported,
                      .where = model.where,
                      .found = fmt::format("model '{}': this build has no engine '{}'",
                                           printable(model.label, 80), model.engine),
                      .expected = "one of: " + join(engine_names(catalogue), ", "),
                      .remedy = "Take another model for the run, for example: --model llama:FILE.gguf"});
  }
  return errors;
}

}  // namespace assay::suite
