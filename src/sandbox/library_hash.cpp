#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "sandbox/interpreter.h"

namespace assay::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxModule = std::uint64_t{256} << 20U;
constexpr std::size_t kHexDigits = 64;

/// What a program under -S cannot import, or never would.
bool left_out(const std::string& folder) {
  return folder == "__pycache__" || folder == "site-packages" || folder == "dist-packages" ||
         folder == "test" || folder == "tests";
}

/// Path relative to `library`, in order; the executable is "".
std::vector<std::string> modules_of(const std::string& library) {
  std::vector<std::string> found{""};
  std::error_code error;
  fs::recursive_directory_iterator at(library, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (left_out(path.filename())) at.disable_recursion_pending();
    } else if (path.extension() == ".py" || path.extension() == ".so") {
      found.push_back(path.lexically_relative(library));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string full_path(const Interpreter& interpreter, const std::string& module) {
  return module.empty() ? interpreter.executable : interpreter.library + "/" + module;
}

/// Two libraries with the same stamp have the same files as far as sizes and times tell.
std::string stamp_of(const Interpreter& interpreter, const std::vector<std::string>& modules) {
  std::string all = interpreter.executable + "\n" + interpreter.library + "\n";
  for (const std::string& module : modules) {
    struct stat facts {};
    if (stat(full_path(interpreter, module).c_str(), &facts) != 0) continue;
    all += fmt::format("{}\n{} {}\n", module, facts.st_size, facts.st_mtime);
  }
  return hex(sha256(all));
}

std::string hash_of(const Interpreter& interpreter, const std::vector<std::string>& modules) {
  std::string all;
  for (const std::string& module : modules) {
    const auto bytes = read_file(full_path(interpreter, module), kMaxModule);
    if (!bytes) return {};
    all += fmt::format("{} {}\n", hex(sha256(*bytes)), module);
  }
  return hex(sha256(all));
}

}  // namespace

std::string library_hash(const Interpreter& interpreter, const std::string& cache) {
  const std::vector<std::string> modules = modules_of(interpreter.library);
  if (modules.size() < 2) return {};
  const std::string kept =
      fmt::format("{}/python/{}.sha256", cache, stamp_of(interpreter, modules).substr(0, 32));
  if (const auto known = read_file(kept, kHexDigits + 1); known && !cache.empty()) {
    const std::string_view text = trim(*known);
    if (text.size() == kHexDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos)
      return std::string(text);
  }
  std::string hash = hash_of(interpreter, modules);
  // Without a place to keep it, it is worked out again the next time.
  if (!cache.empty() && !hash.empty() && make_folder(folder_of(kept)))
    static_cast<void>(write_file(kept, hash + "\n"));
  return hash;
}

std::string LibraryHash::get() const {
  std::call_once(once_, [this] { hash_ = library_hash(interpreter_, cache_); });
  return hash_;
}

}  // namespace assay::sandbox
