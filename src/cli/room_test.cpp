#include "cli/room.h"

#include <gtest/gtest.h>

namespace assay::cli {
namespace {

constexpr std::uint64_t kGiB = 1ULL << 30U;

record::Machine machine_with(std::vector<record::Card> cards) {
  record::Machine machine;
  machine.memory_bytes = 64 * kGiB;
  machine.cards = std::move(cards);
  return machine;
}

record::Card card(std::optional<std::uint64_t> all, std::optional<std::uint64_t> free = std::nullopt) {
  return {.name = "Card", .memory_bytes = all, .free_bytes = free};
}

TEST(Room, IsMainMemoryWhereThereIsNoCard) {
  const auto here = room_on(machine_with({}), 40 * kGiB, std::nullopt);
  ASSERT_TRUE(here);
  EXPECT_EQ(here->bytes, 40 * kGiB);
  EXPECT_EQ(here->place, Place::memory);
  EXPECT_EQ(here->note, "");
  const auto elsewhere = room_on(machine_with({}), std::nullopt, std::nullopt);
  ASSERT_TRUE(elsewhere);
  EXPECT_EQ(elsewhere->bytes, static_cast<std::uint64_t>(0.7 * 64 * kGiB));
  EXPECT_FALSE(room_on({}, std::nullopt, std::nullopt));
}

TEST(Room, IsTheCardsMemoryWhereItIsKnown) {
  const record::Machine machine = machine_with({card(24 * kGiB, 20 * kGiB)});
  const auto here = room_on(machine, 40 * kGiB, std::nullopt);
  ASSERT_TRUE(here);
  EXPECT_EQ(here->place, Place::card);
  EXPECT_EQ(here->bytes, 19 * kGiB) << "what is free, and the engine's margin";
  EXPECT_EQ(room_on(machine, std::nullopt, std::nullopt)->bytes, 23 * kGiB)
      << "what was free when the record was made says nothing of tomorrow";
  const auto memory = room_on(machine, 40 * kGiB, Place::memory);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->bytes, 40 * kGiB);
  EXPECT_NE(memory->note.find("--on card"), std::string::npos);
}

TEST(Room, OfSeveralCardsIsTheirSum) {
  EXPECT_EQ(
      room_on(machine_with({card(24 * kGiB), card(16 * kGiB), card(std::nullopt)}), 40 * kGiB, Place::card)
          ->bytes,
      38 * kGiB);
  EXPECT_EQ(room_on(machine_with({card(24 * kGiB, kGiB / 2)}), 40 * kGiB, {})->bytes, 0U) << "it is full";
}

TEST(Room, OfACardThatSharesMainMemoryIsTheSmallerLimit) {
  record::Card metal = card(48 * kGiB);
  metal.shares_memory = true;
  const auto limited = room_on(machine_with({metal}), 60 * kGiB, std::nullopt);
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->bytes, 48 * kGiB);
  EXPECT_EQ(limited->place, Place::memory);
  EXPECT_NE(limited->words.find("48.0"), std::string::npos);
  EXPECT_EQ(room_on(machine_with({metal}), 30 * kGiB, std::nullopt)->bytes, 30 * kGiB)
      << "others use the rest";
}

TEST(Room, OfMainMemoryAndCardsTogetherIsWhatNoModelCanExceed) {
  const record::Machine machine = machine_with({card(24 * kGiB, 21 * kGiB)});
  EXPECT_EQ(memory_of_all(machine, 16 * kGiB), 36 * kGiB);
  EXPECT_EQ(memory_of_all(machine_with({}), 16 * kGiB), 16 * kGiB);
  EXPECT_EQ(memory_of_all(machine, std::nullopt), std::nullopt);
}

TEST(Room, WhatIsNotKnownIsSaid) {
  record::Machine machine = machine_with({});
  machine.gpus = {"NVIDIA RTX 4090"};
  const auto room = room_on(machine, 40 * kGiB, std::nullopt);
  ASSERT_TRUE(room);
  EXPECT_EQ(room->place, Place::memory);
  EXPECT_NE(room->note.find("NVIDIA RTX 4090"), std::string::npos);
  EXPECT_NE(room->note.find("--vram"), std::string::npos);
  const auto wanted = room_on(machine, 40 * kGiB, Place::card);
  ASSERT_FALSE(wanted);
  EXPECT_NE(wanted.error().remedy.find("--vram"), std::string::npos);
}

}  // namespace
}  // namespace assay::cli
