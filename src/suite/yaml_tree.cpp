#include "suite/yaml_tree.h"

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/text.h"
#include "suite/plain_text.h"
#include "suite/yaml_merge.h"
#include "suite/yaml_old.h"
#include "suite/yaml_quoted.h"

namespace assay::suite {
namespace {

// What a stranger's file may cost. 10 million nodes are 360 MB, more than any suite of a million cases needs.
// Aliases share their subtree, so a bomb costs no memory here; but everything behind reads the expanded form.
constexpr std::size_t kMaxNodes = 10'000'000;
constexpr std::uint64_t kMaxExpanded = 1'000'000;
constexpr std::size_t kBytesPerValue = 64;  // a longer text counts as several values

/// Stops the parser from inside a callback. Never leaves this file.
struct Stop {};

/// A stream over text that somebody else owns, and behind a last line break the begin of a comment: the
/// library takes a quote that is never closed for one that ends with the file, but not in the middle of a
/// line.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) : ended_(!text.ends_with('\n')) {
    char* begin = const_cast<char*>(text.data());  // setg wants it; nothing writes
    setg(begin, begin, begin + text.size());
  }

 protected:
  int_type underflow() override {
    if (gptr() < egptr()) return traits_type::to_int_type(*gptr());
    if (std::exchange(ended_, true)) return traits_type::eof();
    setg(&comment_, &comment_, &comment_ + 1);
    return traits_type::to_int_type(comment_);
  }

 private:
  char comment_ = '#';
  bool ended_;
};

/// The library counts lines and columns from 0, and columns in bytes. Marks come in rising order, so counting
/// characters from the last one is linear even in a line of 10 MB.
class PlaceCounter {
 public:
  explicit PlaceCounter(std::string_view text) : text_(text) {}

  Place operator()(const YAML::Mark& mark) {
    if (mark.is_null()) return {1, 1};
    if (static_cast<std::size_t>(mark.pos) > text_.size())  // in the comment of ViewBuffer
      return {static_cast<std::uint32_t>(mark.line) + 1, 1};
    const auto position = std::min(static_cast<std::size_t>(mark.pos), text_.size());
    const std::size_t line_begin = position - std::min(position, static_cast<std::size_t>(mark.column));
    if (line_begin != line_begin_ || position < counted_to_) {
      line_begin_ = line_begin;
      counted_to_ = line_begin;
      characters_ = 0;
    }
    for (; counted_to_ < position; ++counted_to_) {
      if ((static_cast<unsigned char>(text_[counted_to_]) & 0xC0U) != 0x80U) ++characters_;
    }
    return {static_cast<std::uint32_t>(mark.line) + 1, characters_ + 1};
  }

  std::string_view text_from(const YAML::Mark& mark) const {
    return mark.is_null() ? std::string_view{}
                          : text_.substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
  }

 private:
  std::string_view text_;
  std::size_t line_begin_ = 0;
  std::size_t counted_to_ = 0;
  std::uint32_t characters_ = 0;
};

class Builder final : public YAML::EventHandler {
 public:
  /// `old_warnings`: the rules are those of YAML 1.1, and this is where duplicate keys are told.
  Builder(std::string_view text, Tree& tree, Errors& errors, Errors* old_warnings)
      : places_(text), tree_(tree), errors_(errors), old_warnings_(old_warnings) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      stop(places_(mark), "a second document begins here", "one document in a file",
           "Use one file for each suite");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(Kind::null, places_(mark), {}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { alias(places_(mark), anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& read_value) override {
    const Place place = places_(mark);
    plain_ = tag == "?";
    const std::optional<std::string> mended = plain_ ? std::nullopt : mended_text(mark, read_value);
    const std::string& value = mended ? *mended : read_value;
    if (old_warnings_ != nullptr) {
      if (tag == "!" && !mended) warn_of_folded_keep(mark, place);
      old_scalar(place, tag, anchor, value);
      return;
    }
    if (plain_) {
      leaf(kind_of_plain(value), place, value, anchor);
      return;
    }
    check_tag(tag, place);
    const std::uint32_t index = leaf(Kind::text, place, value, anchor);
    tree_.at(index).literal = tag != "!";
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Kind::list, places_(mark), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Kind::mapping, places_(mark), tag, anchor);
  }
  void OnMapEnd() override { close(); }

  int documents() const { return documents_; }
  Place place(const YAML::Mark& mark) { return places_(mark); }
  void add_error(Place place, std::string found, std::string expected, std::string remedy) {
    errors_.push_back({.code = Code::bad_input,
                       .where = {tree_.file, static_cast<int>(place.line), static_cast<int>(place.column)},
                       .found = std::move(found),
                       .expected = std::move(expected),
                       .remedy = std::move(remedy)});
  }

 private:
  /// A collection that is not closed yet.
  struct Open {
    std::uint32_t node;
    std::uint32_t last = Tree::kNone;  ///< newest child
    bool key_next = true;              ///< mapping: the next child is a key
    bool merges = false;               ///< mapping: has a merge key of YAML 1.1
    std::uint32_t height = 1;          ///< deepest nesting inside, itself included
    std::uint64_t expanded = 1;        ///< values inside with aliases written out
    YAML::anchor_t anchor = 0;
  };
  struct Anchor {
    std::uint32_t node;
    std::uint32_t height;
    std::uint64_t expanded;
  };

  [[noreturn]] void stop(Place place, std::string found, std::string expected, std::string remedy = {}) {
    add_error(place, std::move(found), std::move(expected), std::move(remedy));
    throw Stop{};
  }

  void old_scalar(Place place, const std::string& tag, YAML::anchor_t anchor, const std::string& value) {
    const bool merge = plain_ && value == "<<" && next_is_key();
    auto scalar = merge ? OldScalar{.kind = Kind::text, .date = false, .text = value}
                        : (plain_ ? read_old_scalar(value) : read_tagged_scalar(tag, value));
    if (!scalar) {
      add_error(place, scalar.error().found, scalar.error().expected, scalar.error().remedy);
      scalar = OldScalar{.kind = Kind::text, .date = false, .text = value};
    }
    const std::uint32_t index = leaf(scalar->kind, place, scalar->text, anchor);
    tree_.at(index).date = scalar->date;
    if (merge) open_.back().merges = true;
    tree_.at(index).merge = merge;
  }

  /// What the library reads wrongly (yaml_quoted.h).
  std::optional<std::string> mended_text(const YAML::Mark& mark, const std::string& value) const {
    const std::string_view source = places_.text_from(mark);
    if (auto quoted = quoted_text(source, old_warnings_ != nullptr)) return quoted;
    return folded_kept(source, value);
  }

  /// The library drops blank lines at the end of `>+`, where YAML keeps them; a prompt is never trimmed.
  void warn_of_folded_keep(const YAML::Mark& mark, Place place) {
    if (!is_folded_keep(places_.text_from(mark))) return;
    old_warnings_->push_back(
        {.code = Code::bad_input,
         .where = {tree_.file, static_cast<int>(place.line), static_cast<int>(place.column)},
         .found = "a folded block that keeps its last blank lines (>+), which may be lost here",
         .expected = "another form",
         .remedy = "Write |+, or the text in double quotes"});
  }

  bool next_is_key() const {
    return !open_.empty() && open_.back().key_next && tree_.at(open_.back().node).kind == Kind::mapping;
  }

  void check_tag(const std::string& tag, Place place) {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    if (old_warnings_ != nullptr && (tag == "tag:yaml.org,2002:seq" || tag == "tag:yaml.org,2002:map"))
      return;
    add_error(place, fmt::format("tag '{}'", printable(tag, 60)),
              old_warnings_ != nullptr ? "no tag, or that of a plain type" : "no tags but !!str",
              "Remove the tag; quotes make a text");
  }

  std::uint32_t add(Kind kind, Place place, std::string_view text) {
    if (tree_.size() >= kMaxNodes)
      stop(place, fmt::format("more than {} values", kMaxNodes), "a smaller file");
    return tree_.add(kind, place, text);
  }

  std::uint32_t leaf(Kind kind, Place place, std::string_view text, YAML::anchor_t anchor) {
    // The library places a missing value at the next token, perhaps lines further down. Its key is the better
    // place.
    if (kind == Kind::null && !open_.empty() && !open_.back().key_next) {
      const Place key = tree_.at(open_.back().last).place;
      if (tree_.at(open_.back().node).kind == Kind::mapping && place.line != key.line) place = key;
    }
    const std::uint32_t index = add(kind, place, text);
    const std::uint64_t size = 1 + text.size() / kBytesPerValue;
    if (anchor != 0) anchors_[anchor] = {index, 1, size};
    link(index, 1, size);
    return index;
  }

  void open(Kind kind, Place place, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() + 1 > kMaxDepth)
      stop(place, fmt::format("nested more than {} deep", kMaxDepth), "a flatter file");
    if (tag == "tag:yaml.org,2002:str")
      add_error(place, "tag '!!str' on a list or mapping", "it on a scalar", "Remove it");
    check_tag(tag, place);
    open_.push_back({.node = add(kind, place, {}), .anchor = anchor});
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    const Node node(tree_, done.node);
    if (node.is(Kind::mapping) && old_warnings_ != nullptr)
      settle_old_mapping(tree_, done.node, done.merges, errors_, *old_warnings_);
    else if (node.is(Kind::mapping))
      report_duplicate_keys(node, errors_);
    if (done.anchor != 0) anchors_[done.anchor] = {done.node, done.height, done.expanded};
    link(done.node, done.height, done.expanded);
  }

  void alias(Place place, YAML::anchor_t anchor) {
    const auto at = anchors_.find(anchor);
    if (at == anchors_.end())
      stop(place, "an alias to something that contains it", "an alias to a finished value");
    const Anchor& target = at->second;
    if (open_.size() + target.height > kMaxDepth) {
      stop(place, fmt::format("nested more than {} deep with its aliases", kMaxDepth), "a flatter file");
    }
    expanded_ += target.expanded;
    if (expanded_ > kMaxExpanded) {
      stop(place, fmt::format("aliases stand for more than {} values", kMaxExpanded),
           "a file that stays small when they are written out", "Write the values out, or use a matrix");
    }
    // The copy shares the children; its own links and place are new.
    const std::uint32_t index = add(Kind::null, place, {});
    const Tree::Data original = tree_.at(target.node);
    tree_.at(index) = original;
    tree_.at(index).next = Tree::kNone;
    tree_.at(index).place = place;
    link(index, target.height, target.expanded);
  }

  void link(std::uint32_t index, std::uint32_t height, std::uint64_t expanded) {
    if (open_.empty()) {
      tree_.root = index;
      return;
    }
    Open& parent = open_.back();
    Tree::Data& node = tree_.at(parent.node);
    if (node.kind == Kind::mapping) {
      if (parent.key_next)
        check_key(index);
      else
        ++node.count;
      parent.key_next = !parent.key_next;
    } else {
      ++node.count;
    }
    tree_.link(parent.node, parent.last, index);
    parent.height = std::max(parent.height, height + 1);
    parent.expanded += expanded;
  }

  void check_key(std::uint32_t index) {
    const Node key(tree_, index);
    if (key.is(Kind::list) || key.is(Kind::mapping)) {
      stop(key.place(), fmt::format("{} as a key", name_of(key.kind())), "text as a key",
           "Put quotes around a text that begins with [ or {");
    }
    if (old_warnings_ == nullptr && plain_ && key.is(Kind::text) && key.text() == "<<") {
      add_error(key.place(), "a merge key (<<)", "plain keys; YAML 1.2 has no merge keys",
                "Write the keys out, or alias the whole value");
    }
  }

  PlaceCounter places_;
  Tree& tree_;
  Errors& errors_;
  Errors* old_warnings_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchor> anchors_;
  std::uint64_t expanded_ = 0;
  int documents_ = 0;
  bool plain_ = false;  ///< the newest scalar had neither quotes nor tag
};

/// Whether a tab stands in the blanks at the beginning of the line of `mark`.
bool is_indented_by_tab(std::string_view text, const YAML::Mark& mark) {
  if (mark.is_null() || static_cast<std::size_t>(mark.pos) > text.size()) return false;
  const std::size_t begin = text.rfind('\n', mark.pos == 0 ? 0 : static_cast<std::size_t>(mark.pos) - 1);
  const std::string_view line = text.substr(begin == std::string_view::npos ? 0 : begin + 1);
  const std::size_t tab = line.find('\t');
  return tab != std::string_view::npos &&
         line.substr(0, tab).find_first_not_of(' ') == std::string_view::npos;
}

/// The library's words, with what to do about the mistakes that people make most.
void add_parser_error(Builder& builder, const YAML::Exception& error, std::string_view text) {
  const std::string& words = error.msg;
  std::string remedy;
  if (words.find("tab") != std::string::npos || is_indented_by_tab(text, error.mark))
    remedy = "Indent with blanks, not with tabs";
  else if (words.find("illegal map value") != std::string::npos)
    remedy = "Put quotes around a text that contains ': '";
  else if (words.find("EOF in scalar") != std::string::npos)
    remedy = "Look for a quote that is not closed";
  else if (words.find("bad conversion") == std::string::npos && words.find("end of ") != std::string::npos)
    remedy = "Look for a bracket, brace or indentation that does not match";
  builder.add_error(builder.place(error.mark), "not YAML: " + printable(words, 120), "YAML 1.2",
                    std::move(remedy));
}

/// `parsed`: what the library sees instead of `text`, of the same length.
bool read_events(std::string_view parsed, std::string_view text, Builder& builder) {
  ViewBuffer buffer(parsed);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    return true;
  } catch (const Stop&) {
  } catch (const YAML::DeepRecursion& error) {
    builder.add_error(builder.place(error.mark), fmt::format("nested more than {} deep", kMaxDepth),
                      "a flatter file", {});
  } catch (const YAML::Exception& error) {
    add_parser_error(builder, error, text);
  } catch (const std::exception& error) {  // out of memory and the like, inside the library
    builder.add_error({1, 1}, fmt::format("the YAML reader gave up: {}", error.what()), "YAML 1.2", {});
  }
  return false;
}

bool read(std::string_view text, const std::string& file, Tree& tree, Errors& errors, Errors* old_warnings) {
  tree.clear();
  tree.file = file;
  if (!check_text(text, file, errors)) return false;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Builder builder(text, tree, errors, old_warnings);
  // Only JSON is rewritten: there, every backslash stands in double quotes.
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const bool json = begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[') &&
                    text.find("\\u") != std::string_view::npos;
  const std::string rewritten = json ? without_pairs(text) : std::string();
  if (!read_events(json ? std::string_view(rewritten) : text, text, builder)) return false;
  if (tree.root == Tree::kNone) {
    builder.add_error({1, 1}, "the file is empty", "YAML", {});
    return false;
  }
  return true;
}

}  // namespace

bool read_yaml(std::string_view text, const std::string& file, Tree& tree, Errors& errors) {
  return read(text, file, tree, errors, nullptr);
}

bool read_old_yaml(std::string_view text, const std::string& file, Tree& tree, Errors& errors,
                   Errors& warnings) {
  return read(text, file, tree, errors, &warnings);
}

}  // namespace assay::suite
