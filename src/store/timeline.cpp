#include "store/timeline.h"

#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace assay::store {
namespace {

using record::TokenEvent;
using record::TokenKind;

constexpr char kVersion = 1;

std::uint64_t zigzag(std::uint64_t difference) {
  const std::uint64_t sign = difference >> 63U;
  return (difference << 1U) ^ (0 - sign);
}

std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1U) ^ (0 - (value & 1U));
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(value | 0x80U));
  out.push_back(static_cast<char>(value));
}

/// Reads from the front; remembers the place for the error.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<std::uint8_t> byte() {
    if (at_ >= bytes_.size()) return std::nullopt;
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      const std::optional<std::uint8_t> next = byte();
      if (!next) return std::nullopt;
      const std::uint64_t bits = *next & 0x7fU;
      if (shift == 63 && bits > 1) return std::nullopt;  // more than 64 bits
      value |= bits << shift;
      if ((*next & 0x80U) != 0) continue;
      if (*next == 0 && shift > 0) return std::nullopt;  // longer than needed
      return value;
    }
    return std::nullopt;
  }

  std::size_t at() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> wrong(const Reader& reader, std::string_view what) {
  return fail({.code = Code::bad_input,
               .where = {},
               .found = fmt::format("token timeline: {} at byte {}", what, reader.at()),
               .expected = "the format of docs/store.md, \"Token timelines\"",
               .remedy = {}});
}

struct Span {
  std::uint64_t length = 0;
  TokenKind kind = TokenKind::answer;
  std::uint32_t count = 0;
};

Result<Span> read_span(Reader& reader, std::uint64_t events_left) {
  const std::optional<std::uint64_t> length = reader.varint();
  if (!length || *length == 0 || *length > events_left) return wrong(reader, "bad length of a span");
  const std::optional<std::uint8_t> kind = reader.byte();
  if (!kind || *kind > static_cast<std::uint8_t>(TokenKind::tool))
    return wrong(reader, "unknown kind of token");
  const std::optional<std::uint64_t> count = reader.varint();
  if (!count || *count > std::numeric_limits<std::uint32_t>::max())
    return wrong(reader, "bad number of tokens");
  return Span{*length, static_cast<TokenKind>(*kind), static_cast<std::uint32_t>(*count)};
}

}  // namespace

std::string encode_timeline(const std::vector<TokenEvent>& events) {
  std::string out;
  if (events.empty()) return out;
  out.reserve(8 + events.size() * 4);
  out.push_back(kVersion);
  put_varint(out, events.size());
  std::uint64_t before = 0;
  for (std::size_t begin = 0; begin < events.size();) {
    const TokenEvent& first = events[begin];
    std::size_t end = begin + 1;
    while (end < events.size() && events[end].kind == first.kind && events[end].count == first.count) ++end;
    put_varint(out, end - begin);
    out.push_back(static_cast<char>(first.kind));
    put_varint(out, first.count);
    for (; begin < end; ++begin) {
      const auto now = static_cast<std::uint64_t>(events[begin].at.count());
      put_varint(out, zigzag(now - before));
      before = now;
    }
  }
  return out;
}

Result<std::vector<TokenEvent>> decode_timeline(std::string_view bytes) {
  std::vector<TokenEvent> events;
  if (bytes.empty()) return events;
  Reader reader(bytes);
  if (reader.byte() != static_cast<std::uint8_t>(kVersion)) return wrong(reader, "unknown version");
  const std::optional<std::uint64_t> n = reader.varint();
  // Each event takes a byte at least, so a hostile n cannot make us ask for more memory than it paid for.
  if (!n || *n == 0 || *n > reader.left()) return wrong(reader, "bad number of events");
  events.reserve(*n);
  std::uint64_t now = 0;
  while (events.size() < *n) {
    const Result<Span> span = read_span(reader, *n - events.size());
    if (!span) return fail(span.error());
    if (!events.empty() && events.back().kind == span->kind && events.back().count == span->count)
      return wrong(reader, "two spans alike");
    for (std::uint64_t i = 0; i < span->length; ++i) {
      const std::optional<std::uint64_t> step = reader.varint();
      if (!step) return wrong(reader, "bad time step");
      now += unzigzag(*step);
      events.push_back({Nanos{static_cast<std::int64_t>(now)}, span->count, span->kind});
    }
  }
  if (reader.left() != 0) return wrong(reader, "bytes after the last event");
  return events;
}

}  // namespace assay::store
