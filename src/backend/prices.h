// Who charges for a model, and how much by a dated list. A suite's own `price` goes before all of this.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/price.h"
#include "record/suite.h"

namespace assay::backend {

/// Whether tokens of this model cost money.
enum class Charge {
  none,     ///< in this machine, or a server of the user's own
  service,  ///< somebody's service, or an address elsewhere that might be one
};
Charge charge_of(const record::ModelSpec& spec);

/// A list in the form of prices.json. Errors: bad_input with what is wrong where.
class PriceList {
 public:
  static Result<PriceList> read(std::string_view text, std::string_view file);
  /// The one that comes with assay, or the user's: $ASSAY_PRICES. Errors: those of reading it.
  static Result<PriceList> here();

  /// By engine and model; a date at the end of the model's name ("-2024-07-18", "-20251001") is a version of
  /// the same price. Absent when the list does not have it.
  std::optional<record::Price> of(const record::ModelSpec& spec) const;

 private:
  explicit PriceList(Json services) : services_(std::move(services)) {}
  Json services_;
};

}  // namespace assay::backend
