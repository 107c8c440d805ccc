// What a suite or case file says, before anybody knows what it means: scalars, lists and mappings, each with
// its place. YAML, JSON and CSV are all read into this form, so that a case is understood in one way only.
//
// A tree is two arrays: nodes of 36 bytes linked by index, and one string that holds every scalar. 100,000
// small cases are about a million nodes; as objects that own their text and children they took six times the
// memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/value.h"

namespace assay::suite {

using Kind = record::Value::Kind;

/// Lines and columns count from 1; columns count characters, not bytes.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// The deepest nesting that any reader accepts. The scalar of `a: [[5]]` is 3 deep.
constexpr std::size_t kMaxDepth = 64;

class Tree {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Data {
    Kind kind = Kind::null;
    bool literal = false;  ///< tagged !!str: text that is never a `file://` reference
    bool date = false;     ///< YAML 1.1: a date or time; its text is what Python prints
    bool merge = false;    ///< YAML 1.1: the key << of a mapping that is not closed yet
    Place place;
    std::uint32_t first = kNone;  ///< list: first item; mapping: first key, then value, key, value, …
    std::uint32_t next = kNone;
    std::uint32_t text_at = 0;
    std::uint32_t text_size = 0;
    std::uint32_t count = 0;  ///< list: items; mapping: pairs
  };

  /// Values are numbered in the order they are added. A child is linked behind its elder by the builder.
  std::uint32_t add(Kind kind, Place place, std::string_view text);
  /// `last` is the newest child of `parent`, kNone before the first; then it is `child`.
  void link(std::uint32_t parent, std::uint32_t& last, std::uint32_t child) {
    (last == kNone ? nodes_[parent].first : nodes_[last].next) = child;
    last = child;
  }
  Data& at(std::uint32_t index) { return nodes_[index]; }
  const Data& at(std::uint32_t index) const { return nodes_[index]; }
  std::string_view text(const Data& node) const {
    return std::string_view(text_).substr(node.text_at, node.text_size);
  }
  std::size_t size() const { return nodes_.size(); }
  void clear();

  std::uint32_t root = kNone;
  std::string file;  ///< for locations, as given

 private:
  std::vector<Data> nodes_;
  std::string text_;
};

/// One value of a tree; cheap to copy, valid while the tree is.
class Node {
 public:
  Node() = default;
  Node(const Tree& tree, std::uint32_t index) : tree_(&tree), index_(index) {}

  explicit operator bool() const { return tree_ != nullptr && index_ != Tree::kNone; }
  Kind kind() const { return data().kind; }
  bool is(Kind kind) const { return data().kind == kind; }
  bool literal() const { return data().literal; }
  bool is_date() const { return data().date; }
  /// Scalars as written: "5.00", "true"; null has none.
  std::string_view text() const { return tree_->text(data()); }
  std::size_t count() const { return data().count; }
  Location where() const;
  Place place() const { return data().place; }
  std::uint32_t index() const { return index_; }
  const Tree& tree() const { return *tree_; }

  Node first() const { return {*tree_, data().first}; }
  Node next() const { return {*tree_, data().next}; }
  /// The value under a key of a mapping; false when there is none.
  Node find(std::string_view key) const;
  /// The key's own node.
  Node find_key(std::string_view key) const;

 private:
  const Tree::Data& data() const { return tree_->at(index_); }

  const Tree* tree_ = nullptr;
  std::uint32_t index_ = Tree::kNone;
};

/// Calls visit(key, value) for every pair of a mapping, in the order written.
template <class Visit>
void for_each_pair(Node mapping, const Visit& visit) {
  for (Node key = mapping.first(); key; key = key.next().next()) visit(key, key.next());
}

template <class Visit>
void for_each_item(Node list, const Visit& visit) {
  for (Node item = list.first(); item; item = item.next()) visit(item);
}

record::Value value_of(Node node);
/// JSON of a value, where numbers have become numbers; for parameters.
Json json_of(Node node);

/// Finds keys that a mapping has twice and reports each at its second place.
void report_duplicate_keys(Node mapping, Errors& errors);

/// The kind of a plain YAML scalar by the core rules of YAML 1.2: null, true, false, numbers; all else is
/// text (yes, no, on and off too).
Kind kind_of_plain(std::string_view text);

}  // namespace assay::suite
