#include "backend/media.h"

#include <array>
#include <span>

#include "base/base64.h"
#include "base/file.h"

namespace assay::backend {
namespace {

constexpr std::uint64_t kMostBytes = 64U << 20U;

/// A format by its magic: `first` at the file's beginning, `later` at byte `at`.
struct Format {
  std::string_view first;
  std::size_t at = 0;
  std::string_view later;
  std::string_view type;
  std::string_view format;
};
using namespace std::string_view_literals;
constexpr std::array kImages{
    Format{"\x89PNG\r\n\x1a\n"sv, 0, "", "image/png", "png"},
    Format{"\xff\xd8\xff"sv, 0, "", "image/jpeg", "jpeg"},
    Format{"GIF8"sv, 0, "", "image/gif", "gif"},
    Format{"RIFF"sv, 8, "WEBP", "image/webp", "webp"},
};
constexpr std::array kRecordings{
    Format{"RIFF"sv, 8, "WAVE", "audio/wav", "wav"},  Format{"ID3"sv, 0, "", "audio/mpeg", "mp3"},
    Format{"\xff\xfb"sv, 0, "", "audio/mpeg", "mp3"}, Format{"\xff\xf3"sv, 0, "", "audio/mpeg", "mp3"},
    Format{"\xff\xf2"sv, 0, "", "audio/mpeg", "mp3"}, Format{"fLaC"sv, 0, "", "audio/flac", "flac"},
    Format{"OggS"sv, 0, "", "audio/ogg", "ogg"},
};

Result<Media> read(const std::string& path, std::span<const Format> formats, std::string_view expected) {
  auto bytes = read_file(path, kMostBytes);
  if (!bytes) return fail(bytes.error());
  for (const Format& format : formats) {
    const bool later = bytes->size() >= format.at + format.later.size() &&
                       std::string_view(*bytes).substr(format.at).starts_with(format.later);
    if (bytes->starts_with(format.first) && later)
      return Media{.type = format.type, .format = format.format, .base64 = base64(*bytes)};
  }
  return fail({.code = Code::bad_input,
               .where = {.file = path, .line = 0, .column = 0},
               .found = "a file that begins like none of these formats",
               .expected = std::string(expected),
               .remedy = {}});
}

}  // namespace

Result<Media> read_image(const std::string& path) {
  return read(path, kImages, "PNG, JPEG, GIF or WebP");
}

Result<Media> read_recording(const std::string& path) {
  return read(path, kRecordings, "WAV, MP3, FLAC or Ogg");
}

Result<AllMedia> media_of(const record::Prompt& prompt) {
  AllMedia all;
  for (const std::string& path : prompt.images) {
    auto image = read_image(path);
    if (!image) return fail(image.error());
    all.images.push_back(std::move(*image));
  }
  for (const std::string& path : prompt.audio) {
    auto recording = read_recording(path);
    if (!recording) return fail(recording.error());
    all.recordings.push_back(std::move(*recording));
  }
  return all;
}

std::size_t message_with_media(const record::Prompt& prompt) {
  for (std::size_t i = prompt.messages.size(); i-- > 0;) {
    if (prompt.messages[i].role == "user") return i;
  }
  return prompt.messages.empty() ? 0 : prompt.messages.size() - 1;
}

}  // namespace assay::backend
