// Pictures and recordings of a case, as servers want them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "record/plan.h"

namespace assay::backend {

struct Media {
  std::string_view type;    ///< "image/png", "audio/wav"
  std::string_view format;  ///< "png", "wav"
  std::string base64;
};

/// PNG, JPEG, GIF or WebP; known by its first bytes, whatever its name says. Errors: those of the file;
/// bad_input for anything else.
Result<Media> read_image(const std::string& path);
/// WAV, MP3, FLAC or Ogg; known and refused in the same way.
Result<Media> read_recording(const std::string& path);

/// Every picture of the prompt, then every recording.
struct AllMedia {
  std::vector<Media> images;
  std::vector<Media> recordings;
  bool empty() const { return images.empty() && recordings.empty(); }
};
/// Errors: those of the first file that cannot be sent.
Result<AllMedia> media_of(const record::Prompt& prompt);

/// Index of the message that they go with: the last one of the user, or the last at all.
std::size_t message_with_media(const record::Prompt& prompt);

}  // namespace assay::backend
