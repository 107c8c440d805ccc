#include "suite/yaml_merge.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::suite {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;  // key, value

void append_pairs(const Tree& tree, std::uint32_t mapping, std::vector<Pair>& pairs) {
  for_each_pair(Node(tree, mapping),
                [&](Node key, Node value) { pairs.emplace_back(key.index(), value.index()); });
}

/// What `<<` stands for, the pairs that win last.
void append_merged(const Tree& tree, Node value, std::vector<Pair>& pairs, Errors& errors) {
  if (value.is(Kind::mapping)) {
    append_pairs(tree, value.index(), pairs);
    return;
  }
  std::vector<Node> sources;
  bool good = value.is(Kind::list);
  if (good)
    for_each_item(value, [&](Node item) {
      good = good && item.is(Kind::mapping);
      sources.push_back(item);
    });
  if (!good) {
    errors.push_back({.code = Code::bad_input,
                      .where = value.where(),
                      .found = fmt::format(
                          "a merge key (<<) with {}",
                          value.is(Kind::list) ? "a list that holds something else" : name_of(value.kind())),
                      .expected = "a mapping, or a list of mappings",
                      .remedy = "Put an alias there: <<: *name"});
    return;
  }
  for (std::size_t i = sources.size(); i-- > 0;) append_pairs(tree, sources[i].index(), pairs);
}

/// Whether Python would take them for one key: 1 and "1" are two.
std::string identity(Node key) {
  return fmt::format("{}{}", key.is(Kind::text) && !key.is_date() ? 't' : 'o', key.text());
}

Error repeated(Node key, Node earlier) {
  return {.code = Code::bad_input,
          .where = key.where(),
          .found = fmt::format("key '{}' is already there at {}:{}; the last one counts",
                               printable(key.text(), 60), earlier.place().line, earlier.place().column),
          .expected = "each key once",
          .remedy = "Remove or rename one"};
}

bool has_duplicates(Node mapping) {
  if (mapping.count() <= 16) {  // nearly all mappings; no allocation
    for (Node key = mapping.first(); key; key = key.next().next()) {
      if (mapping.find_key(key.text()).index() != key.index()) return true;
    }
    return false;
  }
  return true;  // the slow way finds out
}

}  // namespace

void settle_old_mapping(Tree& tree, std::uint32_t mapping, bool merges, Errors& errors, Errors& warnings) {
  if (!merges && !has_duplicates(Node(tree, mapping))) return;
  std::vector<Pair> pairs;
  std::vector<Pair> own;
  for_each_pair(Node(tree, mapping), [&](Node key, Node value) {
    if (tree.at(key.index()).merge)
      append_merged(tree, value, pairs, errors);
    else
      own.emplace_back(key.index(), value.index());
  });
  const std::size_t merged = pairs.size();
  pairs.insert(pairs.end(), own.begin(), own.end());

  std::unordered_map<std::string, std::size_t> at;  // by key, its place in `kept`
  std::vector<Pair> kept;
  std::vector<bool> is_own;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const Node key(tree, pairs[i].first);
    const auto [found, fresh] = at.emplace(identity(key), kept.size());
    if (fresh) {
      kept.push_back(pairs[i]);
      is_own.push_back(i >= merged);
      continue;
    }
    const std::size_t place = found->second;
    if (i >= merged && is_own[place]) warnings.push_back(repeated(key, Node(tree, kept[place].first)));
    kept[place].second = pairs[i].second;
    if (i >= merged) {
      is_own[place] = true;
      kept[place].first = pairs[i].first;
    }
  }
  if (!merges && kept.size() == own.size()) return;

  // Keys and values of other mappings hang in chains of their own: each pair gets fresh links. Children are
  // shared.
  std::uint32_t last = Tree::kNone;
  const auto link = [&](std::uint32_t original) {
    const std::uint32_t index = tree.add(Kind::null, {}, {});
    tree.at(index) = Tree::Data(tree.at(original));
    tree.at(index).next = Tree::kNone;
    if (last == Tree::kNone)
      tree.at(mapping).first = index;
    else
      tree.at(last).next = index;
    last = index;
  };
  tree.at(mapping).first = Tree::kNone;
  for (const auto& [key, value] : kept) {
    link(key);
    link(value);
  }
  tree.at(mapping).count = static_cast<std::uint32_t>(kept.size());
}

}  // namespace assay::suite
