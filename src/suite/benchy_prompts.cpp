// The prompts of a Benchy suite, filled once to see what will be asked.
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/text.h"
#include "record/python_text.h"
#include "record/template.h"
#include "suite/benchy.h"

namespace assay::suite {
namespace {

// Every variable searches the whole prompt. 100,000 cases of 20 variables and 2 KiB are 4 GiB.
constexpr std::uint64_t kMostSearched = std::uint64_t{64} << 30U;

std::string hole_of(std::string_view name) {
  return fmt::format("{{{{{}}}}}", name);
}

/// Calls visit(hole) for the first hundred `{{name}}` of a filled prompt.
template <class Visit>
void for_each_hole(std::string_view prompt, const Visit& visit) {
  int left = 100;
  for (std::size_t at = prompt.find("{{"); at != std::string_view::npos; at = prompt.find("{{", at + 1)) {
    const std::size_t end = prompt.find_first_of("{}\n", at + 2);
    if (end == std::string_view::npos || end == at + 2 || prompt.substr(end, 2) != "}}") continue;
    visit(prompt.substr(at, end + 2 - at));
    if (--left == 0) return;
  }
}

class PromptCheck {
 public:
  PromptCheck(Reader& reader, const record::Suite& suite) : reader_(reader), suite_(suite) {}

  void run() {
    for (const record::Case& test : suite_.cases) {
      if (!fill(test)) return;
    }
  }

 private:
  /// Each kind of oddity once, at the first case that has it: the others have it for the same reason.
  void tell(const record::Case& test, std::string found, std::string expected, std::string remedy) {
    if (told_.insert(found).second)
      reader_.warning(test.where, std::move(found), std::move(expected), std::move(remedy));
  }

  void look_for_later_holes(const record::Case& test, std::size_t i) {
    const std::string value = record::python_text(test.vars[i].second);
    if (value.find("{{") == std::string::npos) return;
    for (std::size_t later = i + 1; later < test.vars.size(); ++later) {
      const std::string hole = hole_of(test.vars[later].first);
      if (value.find(hole) == std::string::npos) continue;
      tell(test,
           fmt::format("the value of '{}' contains {}, which is filled too",
                       printable(test.vars[i].first, 40), printable(hole, 40)),
           "values without holes", "Put it behind the later variable to keep it as it is");
    }
  }

  static std::optional<std::string> fill_one(const std::string& prompt,
                                             const std::pair<std::string, record::Value>& var,
                                             std::vector<bool>& used, std::size_t i) {
    if (prompt.find(hole_of(var.first)) == std::string::npos) return prompt;
    used[i] = true;
    return record::benchy_expanded(prompt, {var});
  }

  /// False: enough is enough.
  bool fill(const record::Case& test) {
    std::vector<bool> used(test.vars.size());
    for (const record::Message& message : suite_.prompt.messages) {
      std::string prompt = message.content;
      for (std::size_t i = 0; i < test.vars.size(); ++i) {
        searched_ += prompt.size();
        auto filled = searched_ > kMostSearched ? std::nullopt : fill_one(prompt, test.vars[i], used, i);
        if (!filled) {
          reader_.error(test.where,
                        searched_ > kMostSearched ? "prompts that take too long to fill"
                                                  : "a prompt of more than 64 MiB",
                        "shorter prompts, or fewer variables",
                        "Look for values that contain the holes of later variables");
          return false;
        }
        prompt = *std::move(filled);
      }
      for_each_hole(prompt, [&](std::string_view hole) {
        tell(test, fmt::format("no variable fills {}; it is sent as it is", printable(hole, 60)),
             "a variable for every hole", "Add it to dynamic_variables");
      });
    }
    for (std::size_t i = 0; i < test.vars.size(); ++i) {
      if (used[i]) {
        look_for_later_holes(test, i);
        continue;
      }
      tell(test,
           fmt::format("variable '{}' fills no {}", printable(test.vars[i].first, 40),
                       printable(hole_of(test.vars[i].first), 44)),
           "every variable used", "Remove it, or write the hole without blanks and in the same case");
    }
    return true;
  }

  Reader& reader_;
  const record::Suite& suite_;
  std::set<std::string> told_;
  std::uint64_t searched_ = 0;
};

}  // namespace

void check_benchy_prompts(Reader& reader, const record::Suite& suite) {
  PromptCheck(reader, suite).run();
}

}  // namespace assay::suite
