// What an Ollama has, and having it fetch more.
#include <fmt/format.h>

#include "backend/entries.h"
#include "backend/ollama.h"
#include "base/json_members.h"
#include "base/line_splitter.h"

namespace assay::backend {

Result<std::vector<ServedModel>> list_ollama(const record::ModelSpec& spec, MakeContext context) {
  Talk talk(ollama_talk(spec.url), context.clock);
  const auto tags = talk.get("/api/tags");
  if (!tags) return fail(tags.error());
  std::vector<ServedModel> models;
  const auto list = tags->find("models");
  if (list == tags->end() || !list->is_array()) return models;
  for (const Json& one : *list) {
    if (!one.is_object()) continue;
    ServedModel model{.name = std::string(text_of(one, "name")),
                      .quantisation = {},
                      .parameters = {},
                      .bytes = whole_of(one, "size")};
    if (const auto details = one.find("details"); details != one.end() && details->is_object()) {
      model.quantisation = text_of(*details, "quantization_level");
      model.parameters = text_of(*details, "parameter_size");
    }
    models.push_back(std::move(model));
  }
  return models;
}

Result<void> pull_ollama(const record::ModelSpec& spec, Clock& clock, const PullProgress& progress) {
  Talk talk(ollama_talk(spec.url), clock);
  const HttpId id = talk.client().start(
      talk.request("POST", "/api/pull", dump(Json{{"model", spec.model}, {"stream", true}})));
  LineSplitter lines;
  HttpHead head;
  std::string last;
  for (;;) {
    for (HttpEvent& event : talk.client().wait(clock.now() + std::chrono::seconds{1})) {
      if (event.id != id) continue;
      if (auto* came = std::get_if<HttpHead>(&event.what)) head = std::move(*came);
      if (const auto* failed = std::get_if<HttpFailed>(&event.what)) return fail(talk.unreachable(*failed));
      if (const auto* body = std::get_if<HttpBody>(&event.what)) {
        lines.take(body->bytes);
        std::string_view line;
        while (lines.next(line)) {
          last = line;
          const auto object = parse_json(line);
          if (!object || !object->is_object() || object->contains("error")) continue;
          progress(std::string(text_of(*object, "status")), whole_of(*object, "completed").value_or(0),
                   whole_of(*object, "total").value_or(0));
        }
      }
      if (!std::holds_alternative<HttpDone>(event.what)) continue;
      last += lines.rest();
      if (head.status != 200) return fail(talk.refused(head.status, head.headers, last));
      const auto object = parse_json(last);
      if (object && object->is_object() && text_of(*object, "status") == "success") return {};
      return fail({.code = Code::engine,
                   .where = {},
                   .found = fmt::format("Ollama did not fetch '{}': {}", spec.model,
                                        object && object->is_object() ? talk.shown(text_of(*object, "error"))
                                                                      : talk.shown(last)),
                   .expected = {},
                   .remedy = "Is the name right, and is Ollama's machine connected?"});
    }
  }
}

}  // namespace assay::backend
