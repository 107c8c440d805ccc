// Reading one JSON object member by member, strictly: each member that is asked for is checked, and one that
// nobody asked for is an error. Internal to the codec.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "record/choice_score.h"
#include "record/params.h"
#include "record/sample.h"
#include "record/suite.h"

namespace assay::wire {

/// Keeps the first error; the readers after it do nothing. Ask `done()` at the end.
class Fields {
 public:
  /// `object` must outlive this and must be an object. `what` names it in messages, e.g. "generate".
  Fields(const Json& object, std::string_view what) : object_(object), what_(what) {}

  // The member must be there.
  void text(const char* name, std::string& out);
  void whole(const char* name, std::uint64_t& out,
             std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max());
  void whole(const char* name, std::uint32_t& out);
  void whole(const char* name, int& out);
  void nanos(const char* name, Nanos& out);
  void list_of_nanos(const char* name, std::vector<Nanos>& out);
  void flag(const char* name, bool& out);
  void texts(const char* name, std::vector<std::string>& out);
  void ids(const char* name, std::vector<std::int32_t>& out);
  void messages(const char* name, std::vector<record::Message>& out);
  void params(const char* name, record::Params& out);
  void effective(const char* name, record::EffectiveParams& out);
  void scores(const char* name, std::vector<record::ChoiceScore>& out);
  void events(const char* name, std::vector<record::TokenEvent>& out);

  // The member may be missing; then `out` stays as it is.
  void optional_text(const char* name, std::optional<std::string>& out);
  void optional_text(const char* name, std::string& out);
  void optional_texts(const char* name, std::vector<std::string>& out);
  void optional_whole(const char* name, std::uint32_t& out);
  void optional_whole(const char* name, std::uint64_t& out);
  void optional_flag(const char* name, bool& out);
  void optional_nanos(const char* name, std::optional<Nanos>& out);
  void optional_params(const char* name, record::Params& out);
  void optional_effective(const char* name, record::EffectiveParams& out);
  void optional_value(const char* name, Json& out);

  void fail_with(std::string found, std::string expected);
  /// Also complains about members that were not asked for.
  Result<void> done();

 private:
  const Json* find(const char* name);
  const Json* need(const char* name);
  void wrong(std::string_view name, const Json& value, std::string_view expected);

  const Json& object_;
  std::string what_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

}  // namespace assay::wire
