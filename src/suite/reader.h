// Collects mistakes, and reads single values of a tree strictly. Every reader returns nothing when the value
// has the wrong form, after it has said so: the caller goes on, so that one load reports every mistake of a
// file.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "record/catalogue.h"
#include "suite/tree.h"

namespace assay::suite {

class Reader {
 public:
  /// Relative paths start at `folder`.
  Reader(const record::Catalogue& known, std::string suite_folder)
      : catalogue(known), folder(std::move(suite_folder)) {}

  void error(const Location& where, std::string found, std::string expected, std::string remedy = {},
             Code code = Code::bad_input);
  /// An error of somebody who does not know the place.
  void error_at(const Location& where, Error error);
  void warning(const Location& where, std::string found, std::string expected, std::string remedy = {});
  /// Errors so far, with those that were only counted.
  std::size_t error_count() const { return errors.size() + uncounted_; }
  /// Errors in the order of the file, cut to a number that people read, with a last one that counts the rest.
  void finish();

  bool is_mapping(Node node, std::string_view name);
  bool is_list(Node node, std::string_view name);
  /// Reports each key of `mapping` that is not known. `what`: "a case", "the suite".
  void check_keys(Node mapping, std::span<const std::string_view> known, std::string_view what);

  std::optional<std::string> text(Node node, std::string_view name);
  /// Text, or a number or truth as written: ids, labels, tags.
  std::optional<std::string> label(Node node, std::string_view name);
  std::optional<std::vector<std::string>> labels(Node node, std::string_view name);
  std::optional<bool> boolean(Node node, std::string_view name);
  std::optional<double> real(Node node, std::string_view name, double least, double greatest);
  std::optional<int> whole(Node node, std::string_view name, int least, int greatest);
  std::optional<Nanos> duration(Node node, std::string_view name);
  /// One of the words; the index of it.
  std::optional<std::size_t> choice(Node node, std::string_view name,
                                    std::initializer_list<std::string_view> words);

  const record::Catalogue& catalogue;
  std::string folder;
  bool benchy = false;  ///< the suite follows Benchy: variables of any name, models of its providers
  Errors errors;
  Errors warnings;

 private:
  void wrong_type(Node node, std::string_view name, std::string expected, std::string remedy = {});

  std::size_t uncounted_ = 0;
};

/// "'five' (text)", "5", "a list": a value as a message shows it.
std::string shown(Node node);
/// "Did you mean 'x'?" when one is near, else empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace assay::suite
