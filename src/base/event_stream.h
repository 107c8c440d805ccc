// Server-sent events out of bytes that come in pieces, as the HTML standard says ("9.2.6 Interpreting an
// event stream"): comments, CR LF / LF / CR, several data lines, a byte order mark, events split anywhere.
#pragma once

#include <string>
#include <string_view>

#include "base/line_splitter.h"

namespace assay {

struct StreamEvent {
  std::string name;  ///< "message" unless the stream says otherwise
  std::string data;  ///< the data lines joined with LF
};

/// Feed with take(), then call next() until it gives false. An event that the end of the stream cut off is
/// not an event (the standard drops it); rest() shows that there was one.
class EventStream {
 public:
  explicit EventStream(std::size_t most = 16U << 20U) : lines_(most), most_(most) {}
  void take(std::string_view bytes) { lines_.take(bytes); }
  bool next(StreamEvent& event);
  /// An event has begun and not ended.
  bool unfinished() const { return has_data_ || !lines_.rest().empty(); }
  /// The data of the event that has begun, the last line included.
  std::string rest() const;
  bool too_long() const { return too_long_ || lines_.too_long(); }

 private:
  void take_line(std::string_view line);

  LineSplitter lines_;
  std::size_t most_;
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  bool first_ = true;
  bool too_long_ = false;
};

}  // namespace assay
