#include "suite/text_source.h"

#include <string_view>

namespace assay::suite {
namespace {

Error unreadable(std::string found) {
  return {.code = Code::io,
          .where = {},
          .found = std::move(found),
          .expected = "a file that can be read",
          .remedy = {}};
}

}  // namespace

TextSource::TextSource(const std::string& path, std::uint64_t max_unpacked)
    : path_(path), file_(path, std::ios::binary) {
  if (!file_.is_open()) {
    fail_with(unreadable("cannot be opened"));
    return;
  }
  fill();
  if (begins_gzip({block_.data(), filled_})) {
    packed_.assign(block_.data(), filled_);
    gunzip_.emplace(max_unpacked);
    fill();
  }
  if (std::string_view(block_.data(), filled_).starts_with("\xEF\xBB\xBF")) {
    at_ = 3;
    offset_ = 3;
  }
}

void TextSource::fill() {
  at_ = 0;
  filled_ = trouble_ ? 0 : gunzip_ ? unpack() : read_file(block_.data(), block_.size());
}

std::size_t TextSource::read_file(char* into, std::size_t size) {
  file_.read(into, static_cast<std::streamsize>(size));
  if (file_.bad()) fail_with(unreadable("reading failed"));
  return static_cast<std::size_t>(file_.gcount());
}

std::size_t TextSource::unpack() {
  for (;;) {
    std::string_view rest = std::string_view(packed_).substr(packed_at_);
    const Result<std::size_t> made = gunzip_->unpack(rest, block_);
    packed_at_ = packed_.size() - rest.size();
    if (!made) {
      fail_with(made.error());
      return 0;
    }
    if (*made > 0) return *made;
    packed_.resize(block_.size());
    packed_.resize(read_file(packed_.data(), packed_.size()));
    packed_at_ = 0;
    if (!packed_.empty()) continue;
    if (const Result<void> whole = gunzip_->finish(); !whole) fail_with(whole.error());
    return 0;
  }
}

void TextSource::fail_with(Error error) {
  if (trouble_) return;
  error.where.file = path_;
  trouble_ = std::move(error);
}

}  // namespace assay::suite
