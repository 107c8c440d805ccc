// Texts that come again and again (prompts, parameters, the suite) are stored once and told apart by their
// content: a hundred repeats of a case store its prompt once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "store/database.h"

namespace assay::store {

/// What stands in a "text or reference" column.
struct TextOrReference {
  std::optional<std::int64_t> reference;
  std::string text;  ///< when there is no reference
  Bound bound() const { return reference ? Bound(*reference) : Bound(std::string_view(text)); }
};

// A row of `content` with its index entry costs about 60 bytes beside the text, and a look-up; below that a
// copy in the row is smaller and faster.
constexpr std::size_t kInlineLimit = 64;

/// Writes texts within the transaction of the caller.
/// Thread   that of its Database.
class ContentWriter {
 public:
  static Result<ContentWriter> make(const Database& database);

  /// The text itself when it is short, else the id of its row, which is made when there is none.
  Result<TextOrReference> keep(std::string text);
  /// To be called when a transaction was undone, and whenever another program may have removed rows: forgets
  /// which rows exist.
  void forget() { known_.clear(); }

 private:
  // 128 bits of SHA-256: two different texts of one store meet by chance with probability 2^-64 after 2^32
  // texts.
  using Hash = std::string;
  // Ids of texts seen lately, so that the usual repeat costs no SQL. 65,536 entries take about 8 MiB; when
  // they are full we begin anew, because the texts of a run come again soon (next repeat, next cell) or
  // never.
  static constexpr std::size_t kMostKnown = 65'536;

  Result<std::int64_t> row_of(const Hash& hash, const std::string& text);

  const Database* database_ = nullptr;
  Statement find_;
  Statement insert_;
  std::unordered_map<Hash, std::int64_t> known_;
};

}  // namespace assay::store
