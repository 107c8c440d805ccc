#include <gtest/gtest.h>

#include "record/machine.h"
#include "record/param_names.h"
#include "record/params.h"
#include "record/run.h"
#include "record/sample.h"
#include "record/value.h"
#include "record/verdict.h"

namespace assay::record {
namespace {

TEST(Value, number_literals_survive) {
  const auto value = value_from_json(R"({"b":5.00,"a":[1e3,-0.0,true,null,"5"]})");
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->find("b")->text, "5.00");
  EXPECT_EQ(as_text(*value), R"({"b":5.00,"a":[1e3,-0.0,true,null,"5"]})");
  const auto again = from_canonical(canonical(*value));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, *value);
}

TEST(Value, text_and_number_of_the_same_letters_differ) {
  EXPECT_NE(canonical(Value::of_text("5")), canonical(Value::of_number("5")));
  EXPECT_EQ(*from_canonical(canonical(Value::of_number("0x1F"))), Value::of_number("0x1F"));
}

TEST(Value, duplicate_keys_and_depth_are_errors) {
  EXPECT_FALSE(value_from_json(R"({"a":1,"a":2})").has_value());
  EXPECT_FALSE(value_from_json(std::string(100'000, '[')).has_value());
  EXPECT_FALSE(value_from_json("1e999").has_value());
  EXPECT_FALSE(value_from_json("[1,]").has_value());
  EXPECT_FALSE(from_canonical("\"unmarked\"").has_value());
}

TEST(Value, json_of_a_number_that_json_cannot_write_is_text) {
  EXPECT_EQ(to_json(Value::of_number("0x1F")), Json("0x1F"));
  EXPECT_EQ(to_json(Value::of_number("1.50")), Json(1.5));
}

TEST(Params, values_are_checked_against_the_table) {
  const auto check = [](const char* name, const Json& value) {
    return checked_param(*find_param(name), value).has_value();
  };
  EXPECT_TRUE(check("temperature", 0.7));
  EXPECT_FALSE(check("temperature", -1));
  EXPECT_FALSE(check("temperature", "hot"));
  EXPECT_TRUE(check("max_tokens", 64));
  EXPECT_FALSE(check("max_tokens", 0));
  EXPECT_FALSE(check("max_tokens", 1.5));
  EXPECT_TRUE(check("stop", "\n"));
  EXPECT_FALSE(check("stop", Json::array({"a", ""})));
  EXPECT_EQ(*checked_param(*find_param("flash_attention"), true), "on");
  EXPECT_FALSE(check("kv_type", "q9"));
  EXPECT_FALSE(check("grammar", "")) << "nothing would be applied";
  EXPECT_EQ(find_param("temperture"), nullptr);
}

TEST(Params, names_of_other_programs_are_understood) {
  for (const auto& [theirs, ours] :
       std::vector<std::pair<const char*, const char*>>{{"n_ctx", "context"},
                                                        {"num_predict", "max_tokens"},
                                                        {"temp", "temperature"},
                                                        {"repetition_penalty", "repeat_penalty"},
                                                        {"cache_type_k", "kv_type"},
                                                        {"temprature", "temperature"},
                                                        {"tp", ""},
                                                        {"batch_size", ""}})
    EXPECT_EQ(meant_param(theirs), ours) << theirs;
}

TEST(Params, scopes_split_and_merge) {
  const Params params = merged({{"temperature", 0}, {"threads", 2}}, {{"temperature", 1}});
  EXPECT_EQ(params.at("temperature"), 1);
  EXPECT_EQ(with_scope(params, ParamScope::load), (Params{{"threads", 2}}));
}

TEST(Params, effective_values_round_trip) {
  const EffectiveParams params{{"seed", {7, Applied::verified}}, {"top_k", {40, Applied::not_supported}}};
  EXPECT_EQ(effective_from_json(to_json(params)), params);
}

TEST(Flags, names_and_bits_agree) {
  const Flags flags = bit(Flag::batched) | bit(Flag::truncated_prompt) | bit(Flag::estimated_count);
  EXPECT_EQ(names_of(flags), (std::vector<std::string>{"truncated_prompt", "batched", "estimated_count"}));
  EXPECT_EQ(flags_from(names_of(flags)), flags);
}

TEST(Run, ItsOptionsSayWhatItIs) {
  EXPECT_EQ(kind_of({{"kind", "bench"}}), RunKind::bench);
  EXPECT_EQ(kind_of({{"imported", {{"tool", "x"}}}}), RunKind::report);
  EXPECT_EQ(kind_of({{"kind", 7}}), RunKind::suite);
  EXPECT_EQ(kind_of(Json()), RunKind::suite);
  EXPECT_EQ(name_of(RunKind::bench), "bench");
}

TEST(Names, every_state_reads_back) {
  for (const Status status : {Status::ok, Status::timeout, Status::error, Status::cancelled})
    EXPECT_EQ(status_from(name_of(status)), status);
  for (const RunState state :
       {RunState::running, RunState::finished, RunState::interrupted, RunState::failed})
    EXPECT_EQ(run_state_from(name_of(state)), state);
  for (const Mark mark : {Mark::pass, Mark::fail, Mark::error, Mark::incomplete, Mark::ungraded})
    EXPECT_EQ(mark_from(name_of(mark)), mark);
}

TEST(Verdict, round_trips_through_json) {
  Verdict verdict;
  verdict.mark = Mark::fail;
  verdict.score = 0.25;
  verdict.reason = "mismatch";
  verdict.extracted = "41";
  verdict.assertions = {{"numeric@1", "main", "sum", Mark::fail, 0.25, 2, "mismatch: 41 ≠ 42"}};
  verdict.steps = {{"pipelines", {{"main", {{"extracted", "41"}}}}}};
  verdict.flags = {"coerced"};
  EXPECT_EQ(verdict_from_json(to_json(verdict)), verdict);
}

TEST(Verdict, what_is_no_assertion_keeps_its_place) {
  const Verdict read = verdict_from_json({{"assertions", {3, {{"type", "equals@1"}, {"verdict", "pass"}}}},
                                          {"score", "1"},
                                          {"flags", {1, "x"}}});
  ASSERT_EQ(read.assertions.size(), 2U);
  EXPECT_EQ(read.assertions[0].mark, Mark::ungraded);
  EXPECT_EQ(read.assertions[1].type, "equals@1");
  EXPECT_EQ(read.score, std::nullopt);
  EXPECT_EQ(read.flags, (std::vector<std::string>{"x"}));
  EXPECT_EQ(verdict_from_json("pass"), Verdict{});
}

TEST(Machine, numbers_that_no_machine_has_are_absent) {
  const Machine read = machine_from_json({{"cores", 1e300},
                                          {"memory_bytes", -1},
                                          {"physical_cores", 5'000'000'000},
                                          {"gpus", {1, "a"}},
                                          {"bandwidth", {{"read_bytes_per_s", 1e10}, {"threads", "two"}}}});
  EXPECT_EQ(read.cores, 0);
  EXPECT_EQ(read.memory_bytes, std::nullopt);
  EXPECT_EQ(read.physical_cores, std::nullopt);
  EXPECT_EQ(read.gpus, (std::vector<std::string>{"a"}));
  ASSERT_TRUE(read.bandwidth.has_value());
  EXPECT_EQ(read.bandwidth->threads, 0);
  EXPECT_EQ(machine_from_json(Json::array({1})), Machine{});
}

TEST(Machine, cards_keep_what_is_known_of_them) {
  Machine machine;
  machine.cards = {
      {.name = "A", .memory_bytes = 24, .free_bytes = 20, .shares_memory = false},
      {.name = "B", .memory_bytes = std::nullopt, .free_bytes = std::nullopt, .shares_memory = true}};
  EXPECT_EQ(machine_from_json(to_json(machine)), machine);
  EXPECT_TRUE(machine_from_json({{"cards", {3}}}).cards.empty());
}

TEST(RunId, sorts_by_time_and_has_sixteen_characters) {
  const std::string early = new_run_id(Nanos{1'700'000'000'000'000'000}, 0xFFFFFFFFFFFFFFFF);
  const std::string late = new_run_id(Nanos{1'700'000'001'000'000'000}, 0);
  EXPECT_EQ(early.size(), 16U);
  EXPECT_LT(early, late);
}

}  // namespace
}  // namespace assay::record
