#include "base/gzip.h"

#define ZLIB_CONST  // its input is const
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"

namespace assay {
namespace {

constexpr char kFirst = '\x1f';
constexpr char kSecond = '\x8b';
constexpr int kGzipOnly = 16 + MAX_WBITS;  // not zlib's own form, which has no beginning to know it by

tl::unexpected<Error> wrong(std::string found, std::string expected, std::string remedy) {
  return fail({.code = Code::bad_input,
               .where = {},
               .found = std::move(found),
               .expected = std::move(expected),
               .remedy = std::move(remedy)});
}

tl::unexpected<Error> broken(std::string found) {
  return wrong(std::move(found), "a whole gzip file", "Fetch or pack it again");
}

std::string in_words(std::uint64_t bytes) {
  constexpr std::uint64_t kMib = 1U << 20U;
  return bytes >= kMib && bytes % kMib == 0 ? fmt::format("{} MiB", bytes / kMib)
                                            : fmt::format("{} bytes", bytes);
}

uInt at_most(std::size_t bytes) {
  return static_cast<uInt>(std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max()));
}

}  // namespace

struct Gunzip::State {
  explicit State(std::uint64_t max_bytes) : limit(max_bytes) {
    CHECK(inflateInit2(&stream, kGzipOnly) == Z_OK);  // else: no memory for 40 KiB
  }
  ~State() { inflateEnd(&stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// One call of zlib: what it says. Both views lose what was used.
  int step(std::string_view& packed, std::span<char>& room) {
    stream.next_in = reinterpret_cast<const Bytef*>(packed.data());
    stream.avail_in = at_most(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = at_most(room.size());
    const int said = inflate(&stream, Z_NO_FLUSH);
    const std::size_t in = at_most(packed.size()) - stream.avail_in;
    const std::size_t out = at_most(room.size()) - stream.avail_out;
    packed.remove_prefix(in);
    room = room.subspan(out);
    taken += in;
    made += out;
    return said;
  }

  z_stream stream{};
  std::uint64_t limit;
  std::uint64_t taken = 0;
  std::uint64_t made = 0;
  bool inside = false;  ///< a member has begun and not ended
};

bool begins_gzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == kFirst && bytes[1] == kSecond;
}

Gunzip::Gunzip(std::uint64_t max_bytes) : state_(std::make_unique<State>(max_bytes)) {}
Gunzip::~Gunzip() = default;

Result<std::size_t> Gunzip::unpack(std::string_view& packed, std::span<char> room) {
  State& state = *state_;
  const std::size_t asked = room.size();
  while (!room.empty()) {
    if (!state.inside) {
      if (packed.empty()) break;
      if (packed.front() != kFirst)
        return wrong(fmt::format("bytes that are no gzip data, from byte {}", state.taken),
                     "gzip data to the end", "Fetch or pack it again");
      inflateReset(&state.stream);
      state.inside = true;
    }
    const int said = state.step(packed, room);
    if (state.made > state.limit)
      return wrong(fmt::format("gzip data that unpacks to more than {}", in_words(state.limit)),
                   fmt::format("at most {} unpacked", in_words(state.limit)), "Split the file");
    if (said == Z_BUF_ERROR) break;  // nothing to read
    if (said == Z_STREAM_END) state.inside = false;
    if (said != Z_OK && said != Z_STREAM_END)
      return broken(fmt::format("gzip data that is broken at byte {} ({})", state.taken,
                                state.stream.msg == nullptr ? "no reason given" : state.stream.msg));
  }
  return asked - room.size();
}

Result<void> Gunzip::finish() const {
  if (!state_->inside) return {};
  return broken(fmt::format("gzip data that ends too early, after {} bytes", state_->taken));
}

Result<std::string> gunzip(std::string_view packed, std::uint64_t max_bytes) {
  Gunzip unpacking(max_bytes);
  std::string text;
  std::array<char, 1U << 16U> block{};
  for (;;) {
    const Result<std::size_t> made = unpacking.unpack(packed, block);
    if (!made) return fail(made.error());
    if (*made == 0) break;
    text.append(block.data(), *made);
  }
  if (const Result<void> whole = unpacking.finish(); !whole) return fail(whole.error());
  return text;
}

Result<std::string> read_unpacked_file(const std::string& path, std::uint64_t max_bytes) {
  Result<std::string> bytes = read_file(path, max_bytes);
  if (!bytes || !begins_gzip(*bytes)) return bytes;
  Result<std::string> text = gunzip(*bytes, max_bytes);
  if (!text) {
    Error error = text.error();
    error.where.file = path;
    return fail(std::move(error));
  }
  return text;
}

std::string_view without_gz(std::string_view name) {
  return name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name;
}

}  // namespace assay
