#include "store/content.h"

#include "base/hash.h"

namespace assay::store {

Result<ContentWriter> ContentWriter::make(const Database& database) {
  ContentWriter writer;
  Result<Statement> find = database.prepare("SELECT id FROM content WHERE hash = ?");
  if (!find) return fail(find.error());
  Result<Statement> insert = database.prepare("INSERT INTO content (hash, body) VALUES (?, ?)");
  if (!insert) return fail(insert.error());
  writer.database_ = &database;
  writer.find_ = *std::move(find);
  writer.insert_ = *std::move(insert);
  return writer;
}

Result<TextOrReference> ContentWriter::keep(std::string text) {
  if (text.size() < kInlineLimit) return TextOrReference{std::nullopt, std::move(text)};
  const Digest digest = sha256(text);
  Hash hash(reinterpret_cast<const char*>(digest.data()), 16);
  if (const auto at = known_.find(hash); at != known_.end()) return TextOrReference{at->second, {}};

  Result<std::int64_t> id = row_of(hash, text);
  if (!id) return fail(id.error());
  if (known_.size() >= kMostKnown) known_.clear();
  known_.emplace(std::move(hash), *id);
  return TextOrReference{*id, {}};
}

Result<std::int64_t> ContentWriter::row_of(const Hash& hash, const std::string& text) {
  if (Result<void> bound = find_.bind({Blob{hash}}); !bound) return fail(bound.error());
  const Result<bool> exists = find_.step();
  if (!exists) return fail(exists.error());
  const std::int64_t found = *exists ? find_.integer(0) : 0;
  find_.reset();
  if (*exists) return found;
  if (Result<void> made = insert_.run({Blob{hash}, text}); !made) return fail(made.error());
  return database_->last_id();
}

}  // namespace assay::store
