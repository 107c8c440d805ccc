#include "suite/models.h"

#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"
#include "suite/benchy_model.h"
#include "suite/model.h"
#include "suite/params.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 7> kModelKeys{"engine", "model", "label", "url",
                                                     "params", "start", "price"};
constexpr std::array<std::string_view, 4> kPriceKeys{"input", "output", "cached_input", "as_of"};

std::optional<record::ModelSpec> accepted(Reader& reader, Node node, Result<record::ModelSpec> model) {
  if (model) return *std::move(model);
  reader.error_at(node.where(), model.error());
  return std::nullopt;
}

/// `model: "ollama:x"`, or `engine` and what that engine calls the model.
std::optional<record::ModelSpec> named(Reader& reader, Node node) {
  const Node engine = node.find("engine");
  const Node name = node.find("model");
  std::optional<std::string> model = name ? reader.label(name, "model") : std::string{};
  if (!model) return std::nullopt;
  if (!engine) {
    if (name) return accepted(reader, name, parse_model(*model, reader.folder, reader.catalogue));
    reader.error(node.where(), "a model without engine and model", "both, or a string engine:model",
                 "Write: {engine: llama, model: FILE.gguf}");
    return std::nullopt;
  }
  const auto engine_name = reader.text(engine, "engine");
  if (!engine_name) return std::nullopt;
  if (reader.benchy && is_benchy_provider(*engine_name))
    return benchy_spec({*engine_name, *model}, reader.folder, reader.catalogue);
  return accepted(reader, engine,
                  make_model_or_server(*engine_name, *model, reader.folder, reader.catalogue));
}

/// `url`, where the model does not name the server already.
void read_url(Reader& reader, Node node, record::ModelSpec& model) {
  const Node value = node.find("url");
  if (!value) return;
  const auto url = reader.label(value, "url");
  if (!url) return;
  if (!model.url.empty())
    return reader.error(value.where(), "'url' beside a model that is an address", "one of them",
                        "Write: {engine, url: ADDRESS, model: MODEL}, or {engine, model: \"ADDRESS#MODEL\"}");
  if (const auto fit = check_address(*url); !fit) return reader.error_at(value.where(), fit.error());
  model.url = *url;
}

void read_text(Reader& reader, Node node, std::string_view key, std::string& target) {
  if (const Node value = node.find(key)) {
    if (auto text = reader.label(value, key)) target = *std::move(text);
  }
}

/// US dollars per million tokens.
void read_price(Reader& reader, Node node, record::ModelSpec& model) {
  constexpr double kDearest = 1e6;
  if (!reader.is_mapping(node, "price")) return;
  reader.check_keys(node, kPriceKeys, "a price");
  const auto check = [&](std::string_view key, bool needed) {
    if (const Node value = node.find(key))
      static_cast<void>(reader.real(value, key, 0, kDearest));
    else if (needed)
      reader.error(node.where(), fmt::format("a price without '{}'", key), "US dollars per million tokens",
                   "For example: price: {input: 0.28, output: 0.42}");
  };
  check("input", true);
  check("output", true);
  check("cached_input", false);
  if (const Node as_of = node.find("as_of")) static_cast<void>(reader.label(as_of, "as_of"));
  model.price = value_of(node);  // as written
}

std::optional<record::ModelSpec> read_model(Reader& reader, Node node) {
  if (node.is(Kind::text))
    return accepted(reader, node, parse_model(node.text(), reader.folder, reader.catalogue));
  if (!reader.is_mapping(node, "a model")) return std::nullopt;
  reader.check_keys(node, kModelKeys, "a model");
  auto model = named(reader, node);
  if (!model) return std::nullopt;
  read_text(reader, node, "label", model->label);
  read_url(reader, node, *model);
  read_text(reader, node, "start", model->start);
  if (const Node params = node.find("params"))
    model->params = read_params(reader, params, "the model's params");
  if (const Node price = node.find("price"); price && !price.is(Kind::null))
    read_price(reader, price, *model);
  return model;
}

void check_labels(Reader& reader, const std::vector<record::ModelSpec>& models) {
  std::map<std::string_view, const record::ModelSpec*> seen;
  for (const record::ModelSpec& model : models) {
    if (model.label.empty()) continue;
    const auto [at, fresh] = seen.emplace(model.label, &model);
    if (fresh) continue;
    const Location& first = at->second->where;
    reader.error(model.where,
                 fmt::format("label '{}' is already used at {}:{}", printable(model.label, 60), first.line,
                             first.column),
                 "a label of its own for each model", "Rename one");
  }
}

}  // namespace

std::vector<record::ModelSpec> read_models(Reader& reader, Node node) {
  std::vector<record::ModelSpec> models;
  const auto add = [&](Node item) {
    auto model = read_model(reader, item);
    if (!model) return;
    model->where = item.where();
    models.push_back(*std::move(model));
  };
  if (node.is(Kind::null)) return models;
  if (node.is(Kind::list))
    for_each_item(node, add);
  else
    add(node);
  check_labels(reader, models);
  label_models(models);
  return models;
}

}  // namespace assay::suite
