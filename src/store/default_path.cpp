#include "base/file.h"
#include "store/store.h"

namespace assay::store {

Result<std::string> default_path() {
  if (std::optional<std::string> named = environment("ASSAY_STORE")) return *std::move(named);
  if (const std::optional<std::string> data = environment("XDG_DATA_HOME"))
    return resolve(*data, "assay/assay.db");
  const std::optional<std::string> home = environment("HOME");
  if (!home) {
    return fail({.code = Code::not_found,
                 .where = {},
                 .found = "no place for the store: HOME is not set",
                 .expected = "a home folder",
                 .remedy = "Set ASSAY_STORE to a file"});
  }
#ifdef __APPLE__
  return resolve(*home, "Library/Application Support/assay/assay.db");
#else
  return resolve(*home, ".local/share/assay/assay.db");
#endif
}

}  // namespace assay::store
