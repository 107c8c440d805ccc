#include "cli/room.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::cli {
namespace {

double gib(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0 * 1024.0);
}

struct Cards {
  std::vector<std::string> names;
  std::uint64_t bytes = 0;  ///< of all together, as free as is known, without the margin
};

/// Cards with memory of their own that is known. What was free counts on this machine alone.
Cards cards_of(const record::Machine& machine, bool is_here) {
  Cards found;
  for (const record::Card& card : machine.cards) {
    if (card.shares_memory || !card.memory_bytes) continue;
    const std::uint64_t free = is_here && card.free_bytes ? *card.free_bytes : *card.memory_bytes;
    found.names.push_back(card.name);
    found.bytes += free - std::min(free, kCardMargin);
  }
  return found;
}

std::string unknown_cards(const record::Machine& machine) {
  std::vector<std::string> names = machine.gpus;
  for (const record::Card& card : machine.cards)
    if (!card.memory_bytes) names.push_back(card.name);
  return join(names, ", ");
}

Room room_in_cards(const Cards& cards) {
  return {.bytes = cards.bytes,
          .words = fmt::format("{:.1f} GiB on {}", gib(cards.bytes), join(cards.names, " + ")),
          .note =
              "All of a model's layers on the card, of which 1 GiB stays free. With --on memory: what fits "
              "into main memory, where the processor computes.",
          .place = Place::card,
          .has_card = true};
}

Room room_in_memory(const record::Machine& machine, std::uint64_t bytes, std::string words) {
  Room room{.bytes = bytes, .words = std::move(words), .note = {}};
  for (const record::Card& card : machine.cards) {
    if (!card.shares_memory || !card.memory_bytes || *card.memory_bytes >= room.bytes) continue;
    room.bytes = *card.memory_bytes;
    room.words += fmt::format(", of which its graphics processor may have {:.1f}", gib(room.bytes));
  }
  return room;
}

}  // namespace

Result<Room> room_on(const record::Machine& machine, std::optional<std::uint64_t> available,
                     std::optional<Place> wanted) {
  const Cards cards = cards_of(machine, available.has_value());
  if (wanted == Place::card && cards.names.empty())
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = "no graphics card is known here whose memory the system tells",
                 .expected = {},
                 .remedy = "Name its memory: --vram 24"});
  if (!cards.names.empty() && wanted != Place::memory) return room_in_cards(cards);
  if (!available && !machine.memory_bytes)
    return fail({.code = Code::unsupported,
                 .where = {},
                 .found = "nothing says how much memory the machine has",
                 .expected = {},
                 .remedy = "Name it: --ram 16"});
  Room room = available
                  ? room_in_memory(machine, *available,
                                   fmt::format("{:.1f} GiB are free on this machine", gib(*available)))
                  : room_in_memory(
                        machine,
                        static_cast<std::uint64_t>(kUsableShare * static_cast<double>(*machine.memory_bytes)),
                        fmt::format("a machine of {:.0f} GiB, {:.0f} % of it for a model",
                                    gib(*machine.memory_bytes), 100 * kUsableShare));
  room.has_card = !cards.names.empty();
  const std::string unknown = unknown_cards(machine);
  if (room.has_card)
    room.note = fmt::format("Processors compute there; on {} {:.1f} GiB are for a model: --on card",
                            join(cards.names, " + "), gib(cards.bytes));
  else if (!unknown.empty())
    room.note = fmt::format(
        "How much memory {} has is not known, so this is of main memory; with --vram 24 it is of the card.",
        unknown);
  return room;
}

std::optional<std::uint64_t> memory_of_all(const record::Machine& machine,
                                           std::optional<std::uint64_t> available) {
  if (!available) return std::nullopt;
  return *available + cards_of(machine, true).bytes;
}

}  // namespace assay::cli
