// Answers of model servers. The first byte says whose dialect; the rest is the body. Whatever the pieces, the
// same text, the same number of token events and the same end must come, and the end comes once.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backend/anthropic.h"
#include "backend/ollama.h"
#include "backend/openai.h"
#include "base/check.h"

namespace {

using namespace assay;
using namespace assay::backend;

struct Told {
  std::string text;
  std::string reasoning;
  std::size_t events = 0;
  std::string end;
  bool operator==(const Told&) const = default;
};

std::unique_ptr<AnswerReader> reader_of(std::uint8_t which) {
  const auto logprobs = which >= 128 ? std::optional(2U) : std::nullopt;
  switch (which % 4) {
    case 0: return make_openai_reader(true, logprobs);
    case 1: return make_openai_reader(false, logprobs);
    case 2: return make_ollama_reader({4096, 3, logprobs});
    default: return make_anthropic_reader();
  }
}

Told read(std::uint8_t which, std::string_view body, std::size_t size) {
  const auto reader = reader_of(which);
  std::vector<Piece> pieces;
  Nanos at{1};
  for (std::size_t from = 0; from < body.size(); from += size)
    reader->take(body.substr(from, size), at++, pieces);
  reader->end(at, pieces);
  Told told;
  for (const Piece& piece : pieces) {
    CHECK(told.end.empty());  // nothing after the end
    if (const auto* tokens = std::get_if<Tokens>(&piece)) {
      told.text += tokens->text;
      told.reasoning += tokens->reasoning;
      told.events += tokens->events.size();
    } else if (const auto* finished = std::get_if<Finished>(&piece)) {
      told.end = "finished " + finished->finish;
    } else {
      told.end = "broken " + std::get<Broken>(piece).reason;
    }
  }
  CHECK(!told.end.empty());
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Told whole = read(data[0], body, body.size() + 1);
  for (const std::size_t pieces : {1U, 3U, 17U}) CHECK(read(data[0], body, pieces) == whole);
  return 0;
}
