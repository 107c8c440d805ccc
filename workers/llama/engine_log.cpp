#include "engine_log.h"

#include <cstdio>
#include <deque>
#include <mutex>
#include <vector>

#include <llama.h>

#include "base/text.h"

namespace assay::llama {
namespace {

constexpr std::size_t kComplaintsKept = 6;
constexpr std::size_t kLinesKept = 500;  // a load says about 100
constexpr std::size_t kComplaintColumns = 300;

/// The engine logs from its own threads too.
struct Kept {
  std::mutex mutex;
  std::deque<std::string> complaints;
  std::vector<std::string> lines;
};

Kept& kept() {
  static Kept instance;
  return instance;
}

void on_log(ggml_log_level level, const char* text, void* /*data*/) {
  if (level == GGML_LOG_LEVEL_DEBUG || text == nullptr) return;
  std::fputs(text, stderr);
  const std::string_view line = trim(text);
  if (line.empty() || line == ".") return;  // dots show progress
  Kept& k = kept();
  const std::scoped_lock lock(k.mutex);
  if (k.lines.size() < kLinesKept) k.lines.emplace_back(line);
  if (level != GGML_LOG_LEVEL_WARN && level != GGML_LOG_LEVEL_ERROR) return;
  k.complaints.emplace_back(printable(line, kComplaintColumns));
  if (k.complaints.size() > kComplaintsKept) k.complaints.pop_front();
}

}  // namespace

void install_engine_log() {
  llama_log_set(on_log, nullptr);
}

void clear_engine_log() {
  Kept& k = kept();
  const std::scoped_lock lock(k.mutex);
  k.complaints.clear();
  k.lines.clear();
}

std::string engine_complaints() {
  Kept& k = kept();
  const std::scoped_lock lock(k.mutex);
  return join({k.complaints.begin(), k.complaints.end()}, " | ");
}

std::string engine_line_with(std::string_view words) {
  Kept& k = kept();
  const std::scoped_lock lock(k.mutex);
  for (const std::string& line : k.lines)
    if (line.find(words) != std::string::npos) return line;
  return {};
}

std::string with_complaints(std::string sentence) {
  const std::string complaints = engine_complaints();
  if (!complaints.empty()) sentence += "; the engine says: " + complaints;
  return sentence;
}

bool engine_ran_out_of_memory() {
  const std::string complaints = lower_ascii(engine_complaints());
  for (const char* words :
       {"failed to allocate", "unable to allocate", "out of memory", "cannot allocate", "bad_alloc"})
    if (complaints.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace assay::llama
