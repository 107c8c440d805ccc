// What the files of the single tasks (task_*.cpp) share: rows of a data file, read strictly. Only they and
// task.cpp include this.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record/suite.h"
#include "suite/reader.h"

namespace assay::suite {

struct TaskRequest {
  std::string path;      ///< resolved, a file
  std::string protocol;  ///< one of the task's
  std::string split;     ///< one of the task's
  std::optional<std::size_t> limit;
  bool skip_bad = false;
  Location where;  ///< of the path in the suite
};

struct Split {
  std::string_view name;
  std::size_t rows;  ///< that were published
};

class TaskReader;

/// One public task. Its protocols and splits begin with the default.
struct TaskSpec {
  std::string_view name;
  std::string_view file;  ///< the name that it was published with
  std::span<const std::string_view> protocols;
  std::span<const Split> splits;
  /// The protocol's prompt, checks, pipelines and parameters. Cases come from `read`.
  void (*apply)(const TaskRequest& request, record::Suite& suite);
  void (*read)(TaskReader& reader, const TaskRequest& request);
};

extern const TaskSpec kHumanEval;  // task_humaneval.cpp
extern const TaskSpec kMbpp;       // task_mbpp.cpp

/// A row of a data file, whose fields have the names of the task's layouts; others are not looked at. A field
/// that is missing or of another kind makes the row bad, and gives an empty value.
class Row {
 public:
  explicit Row(Node node) : node_(node) {}
  std::string text(std::string_view name);
  std::string text_or_empty(std::string_view name);
  /// A list of texts, or a text that holds one, as a table has it.
  std::vector<std::string> texts(std::string_view name);
  /// A whole number from 1, also as text. 0 in a bad row.
  int whole(std::string_view name);
  bool has(std::string_view name) const {
    return node_.is(Kind::mapping) && static_cast<bool>(node_.find(name));
  }
  Location where() const { return node_.where(); }
  /// What is wrong with the row, if anything is.
  const std::optional<std::string>& fault() const { return fault_; }

 private:
  enum class Wanted { text, list, whole };
  Node field(std::string_view name, Wanted wanted);

  Node node_;
  std::optional<std::string> fault_;
};

/// Walks over the file of a task: JSON on each line, a JSON list (.json), or a table (.csv), each packed or
/// not.
class TaskReader {
 public:
  TaskReader(Reader& reader, const TaskRequest& request) : reader_(reader), request_(request) {}
  using Make = std::function<std::optional<record::Case>(Row&)>;
  /// `make` is given every row and returns its case, or nothing for a row of another split. A bad row is an
  /// error, or a warning with `skip_bad`; no row is left out in silence. Once for each file.
  void for_each_row(const Make& make);

  /// An error about the file as a whole.
  void refuse(std::string found, std::string expected, std::string remedy);

  std::vector<record::Case> cases;       ///< at most `limit`
  std::size_t rows = 0;                  ///< of the split, bad ones too
  std::size_t bad_rows = 0;              ///< of them
  std::optional<std::size_t> published;  ///< rows of the split, where the file's layout has another number

 private:
  void add(Node node, const Make& make);
  void read_lines(const Make& make);
  void read_list(const Make& make);
  void read_table(const Make& make);
  void bad_row(const Location& where, const std::string& fault);

  Reader& reader_;
  const TaskRequest& request_;
};

record::Value mapping_of(std::initializer_list<std::pair<std::string_view, record::Value>> pairs);
record::Value list_of(const std::vector<std::string>& texts);
/// Line ends of DOS become those of Unix.
std::string unix_lines(std::string text);

}  // namespace assay::suite
