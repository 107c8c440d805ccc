#include "base/event_stream.h"

#include <utility>

namespace assay {
namespace {

/// The value of a line `field: value`; one blank after the colon is not part of it.
std::string_view value_of(std::string_view line, std::size_t colon) {
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

}  // namespace

bool EventStream::next(StreamEvent& event) {
  std::string_view line;
  while (!too_long_ && lines_.next(line)) {
    if (std::exchange(first_, false) && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (!line.empty()) {
      take_line(line);
      continue;
    }
    const bool complete = std::exchange(has_data_, false);
    if (name_.empty())
      event.name = "message";
    else
      event.name.swap(name_);
    name_.clear();
    event.data.swap(data_);  // both keep their memory, so that an event costs none
    data_.clear();
    if (complete) return true;
  }
  return false;
}

void EventStream::take_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0) return;  // a comment, often only to keep the connection alive
  const std::string_view field = line.substr(0, colon);
  const std::string_view value = colon == std::string_view::npos ? std::string_view{} : value_of(line, colon);
  if (field == "data") {
    if (std::exchange(has_data_, true)) data_ += '\n';
    data_ += value;
    too_long_ = data_.size() > most_;
  } else if (field == "event") {
    name_ = value;
  }  // id and retry are for clients that connect again
}

std::string EventStream::rest() const {
  std::string_view line = lines_.rest();
  std::string text = data_;
  if (line.starts_with("data:")) {
    if (has_data_) text += '\n';
    text += value_of(line, 4);
  } else if (!has_data_) {
    text = line;
  }
  return text;
}

}  // namespace assay
