// A value as a parser's events build it: opened, filled, closed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "record/value.h"

namespace assay::record {

class ValueStack {
 public:
  /// Into what is open, or as the whole.
  void add(Value value) { (open_.empty() ? whole_ : open_.back().items.emplace_back()) = std::move(value); }
  void open(Value::Kind kind) { open_.push_back({.kind = kind, .text = {}, .items = {}, .keys = {}}); }
  void close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    add(std::move(done));
  }
  std::size_t depth() const { return open_.size(); }
  /// What was opened last and not closed. Shape: depth() > 0.
  Value& top() { return open_.back(); }
  Value& whole() { return whole_; }

 private:
  Value whole_;
  std::vector<Value> open_;
};

}  // namespace assay::record
