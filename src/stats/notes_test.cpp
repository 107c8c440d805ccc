// The sentences under the table: each appears when it must, and not otherwise.
#include <gtest/gtest.h>

#include "src/stats/testdata/example_run.h"
#include "stats/summariser.h"

namespace assay::stats {
namespace {

using record::Mark;

std::vector<std::string> texts(const Summary& summary, const std::string& kind) {
  std::vector<std::string> found;
  for (const Note& note : summary.notes) {
    if (note.kind == kind) found.push_back(note.text);
  }
  return found;
}

TEST(Notes, a_calm_run_says_only_what_tells_nothing) {
  const auto run = example::demo_run();
  Summariser summariser(run);
  example::add_demo_samples(summariser);
  const Summary summary = summariser.finish();
  EXPECT_EQ(summary.notes.size(), 2U);
  const auto nothing = texts(summary, "tells_nothing");
  ASSERT_EQ(nothing.size(), 2U);
  EXPECT_EQ(
      nothing[0],
      "every model fails 5 cases: they tell nothing apart; check the cases: c009, c019, c029, c039, c049");
  EXPECT_EQ(summary.notes[1].case_ids.size(), 30U);
}

TEST(Notes, one_model_alone_tells_nothing_about_cases) {
  const auto run = example::run_of({example::model("m", 1)}, 5);
  Summariser summariser(run);
  for (std::uint64_t c = 0; c < 5; ++c) {
    const auto v = example::verdict(Mark::pass);
    summariser.add(example::sample(0, example::case_name(c), 0, 0, 10, 0.2), &v);
  }
  EXPECT_TRUE(texts(summariser.finish(), "tells_nothing").empty());
}

TEST(Notes, missing_samples_and_why) {
  auto run = example::run_of({example::model("a", 1), example::model("b", 1)}, 10);
  run.state = record::RunState::interrupted;
  run.models[1].ended = "three deaths in a row";
  Summariser summariser(run);
  for (std::uint64_t c = 0; c < 7; ++c)
    summariser.add(example::sample(0, example::case_name(c), 0, 0, 10, 0.2), nullptr);
  EXPECT_EQ(texts(summariser.finish(), "missing"),
            (std::vector<std::string>{"a: 3 of 10 samples are missing: the run was interrupted",
                                      "b: 10 of 10 samples are missing: three deaths in a row"}));
}

/// What is said of a row of 20 answers of which so many hold nothing that a filter finds.
std::vector<std::string> said_of_unfound(std::uint64_t unfound) {
  const auto run = example::run_of({example::model("m", 1)}, 20);
  Summariser summariser(run);
  for (std::uint64_t c = 0; c < 20; ++c) {
    auto v = example::verdict(c < unfound ? Mark::fail : Mark::pass);
    if (c < unfound) v.reason = "no_answer";
    summariser.add(example::sample(0, example::case_name(c), 0, 0, 10, 0.2), &v);
  }
  return texts(summariser.finish(), "no_answer");
}

TEST(Notes, many_answers_in_which_nothing_was_found) {
  EXPECT_EQ(said_of_unfound(2),
            std::vector<std::string>{"m: nothing was found in 2 of 20 graded answers (10 %): a pipeline that "
                                     "misses them more often than a bad model; look at some"});
  EXPECT_TRUE(said_of_unfound(1).empty());
}

TEST(Notes, requests_that_were_tried_again_and_why) {
  const auto run = example::run_of({example::model("m", 1)}, 4);
  Summariser summariser(run);
  const record::Attempt busy{.began = {},
                             .sent = {},
                             .ended = example::ms(5000),
                             .pause = {},
                             .reason = "http",
                             .http_status = 429,
                             .retry_after = "1"};
  record::Attempt lost = busy;
  lost.reason = "server_exit";
  lost.http_status.reset();
  for (std::uint64_t c = 0; c < 4; ++c) {
    record::Sample sample = example::sample(0, example::case_name(c), 0, 0, 10, 0.2);
    if (c < 2) sample.attempts = {busy, lost};
    if (c == 1) sample.attempts.push_back(busy);
    sample.attempt = c == 2 ? 1 : static_cast<std::uint32_t>(sample.attempts.size());
    summariser.add(sample, nullptr);
  }
  const Summary summary = summariser.finish();
  EXPECT_EQ(texts(summary, "tried_again"),
            std::vector<std::string>{"m: 6 requests failed and were tried again, for 3 samples; causes: http "
                                     "429 3, not recorded 1, server_exit 2; no figure holds them"});
  EXPECT_NEAR(*summary.rows[0].metrics.at("ttft_ms").max, 2.1, 1e-9) << "the tries took seconds";
}

TEST(Notes, dead_zone_below_ten_tokens_a_second) {
  const auto run = example::run_of({example::model("slow", 1), example::model("fast", 1)}, 5);
  Summariser summariser(run);
  for (std::uint64_t c = 0; c < 5; ++c) {
    summariser.add(example::sample(0, example::case_name(c), 0, 0, 10, 125), nullptr);
    summariser.add(example::sample(1, example::case_name(c), 0, 0, 10, 100), nullptr);
  }
  EXPECT_EQ(texts(summariser.finish(), "dead_zone"),
            (std::vector<std::string>{"slow: 8.00 tok/s is below 10 tok/s, too slow to talk with"}));
}

/// `samples` samples whose speed changes by `change` over the run.
Summary drifting(double change, double noise, double ms_apart = 800) {
  const auto run = example::run_of({example::model("m", 1)}, 100);
  Summariser summariser(run);
  Random random(8);
  for (std::uint64_t c = 0; c < 100; ++c) {
    const double speed = 1000 * (1 + change * static_cast<double>(c) / 99 + noise * random.normal());
    summariser.add(example::sample(0, example::case_name((c * 37) % 100), 0,
                                   ms_apart * static_cast<double>(c), 20, 1000 / speed),
                   nullptr);
  }
  return summariser.finish();
}

TEST(Notes, drift_with_its_first_and_last_fifth) {
  const auto slower = texts(drifting(-0.2, 0.02), "drift");
  ASSERT_EQ(slower.size(), 1U);
  EXPECT_TRUE(slower[0].starts_with("m: decode speed fell from 97")) << slower[0];
  EXPECT_NE(slower[0].find("tok/s per minute"), std::string::npos);
  EXPECT_EQ(texts(drifting(0.2, 0.02), "drift").size(), 1U);
  const auto brief = texts(drifting(-0.2, 0.02, 20), "drift");
  ASSERT_EQ(brief.size(), 1U);
  EXPECT_EQ(brief[0].find("slope"), std::string::npos)
      << "two seconds say nothing about a minute: " << brief[0];
}

TEST(Notes, no_drift_in_noise_or_when_it_is_tiny) {
  EXPECT_TRUE(texts(drifting(0, 0.05), "drift").empty());
  EXPECT_TRUE(texts(drifting(-0.005, 0.0001), "drift").empty()) << "sure, and too small to matter";
}

TEST(Notes, temperature_without_repeats) {
  for (const int repeats : {1, 2}) {
    const auto run = example::run_of({example::model("m", 1)}, 1, repeats);
    Summariser summariser(run);
    auto s = example::sample(0, "a", 0, 0, 10, 0.2);
    s.requested["temperature"] = 0.7;
    summariser.add(s, nullptr);
    EXPECT_EQ(texts(summariser.finish(), "temperature").size(), repeats == 1 ? 1U : 0U);
  }
}

TEST(Notes, temperature_of_the_suite_when_samples_do_not_tell) {
  auto run = example::run_of({example::model("m", 1)}, 1);
  const auto warm = [&](const SummaryOptions& options) {
    Summariser summariser(run, options);
    summariser.add(example::sample(0, "a", 0, 0, 10, 0.2), nullptr);
    return texts(summariser.finish(), "temperature").size();
  };
  EXPECT_EQ(warm({}), 0U);
  EXPECT_EQ(warm({.cases = {}, .params = {{"temperature", 0.7}}}), 1U);
  run.cells[0].params["temperature"] = 0;
  EXPECT_EQ(warm({.cases = {}, .params = {{"temperature", 0.7}}}), 0U) << "the cell wins";
}

TEST(Notes, parameters_that_were_not_confirmed) {
  const auto run = example::run_of({example::model("m", 1)}, 2);
  Summariser summariser(run);
  auto s = example::sample(0, "a", 0, 0, 10, 0.2);
  s.flags = bit(record::Flag::param_unverified);
  summariser.add(s, nullptr);
  EXPECT_EQ(texts(summariser.finish(), "param_unverified"),
            (std::vector<std::string>{"m: in 1 sample the engine did not confirm every parameter"}));
}

TEST(Notes, parameters_that_the_engine_does_not_support) {
  const auto run = example::run_of({example::model("m", 1)}, 2);
  Summariser summariser(run);
  auto s = example::sample(0, "a", 0, 0, 10, 0.2);
  s.effective["seed"] = {.value = Json(), .how = record::Applied::not_supported};
  summariser.add(s, nullptr);
  EXPECT_EQ(texts(summariser.finish(), "not_supported"),
            (std::vector<std::string>{"m: the engine does not support 'seed', asked for in 1 sample"}));
}

/// A model that was made for 2,048 tokens.
record::Run run_on_2048(std::uint64_t cases = 1) {
  auto run = example::run_of({example::model("m", 1)}, cases);
  run.models[0].facts = {{"context_length", 2048}};
  return run;
}

/// What is said of one sample of so many prompt tokens and ten more, with these parameters of the suite.
std::vector<std::string> said_of_length(const record::Run& run, record::Params params, std::uint32_t prompt) {
  Summariser summariser(run, {.cases = {}, .params = std::move(params)});
  for (std::uint32_t cell = 0; cell < run.cells.size(); ++cell) {
    auto s = example::sample(0, "a", 0, 0, 10, 0.2);
    s.cell = cell;
    s.counts.prompt_tokens = prompt;
    summariser.add(s, nullptr);
  }
  return texts(summariser.finish(), "context_length");
}

TEST(Notes, a_context_longer_than_the_model_was_made_for) {
  record::Run run = run_on_2048();
  EXPECT_EQ(said_of_length(run, {{"context", 100'000}}, 20),
            std::vector<std::string>{
                "m: the context is 100000 tokens and the model was made for 2048; no sample was longer than "
                "that, so the rest only took memory; set context to 2048 or less"});
  EXPECT_EQ(
      said_of_length(run, {{"context", 100'000}}, 3000),
      std::vector<std::string>{
          "m: the context is 100000 tokens and the model was made for 2048; the longest sample has 3010, "
          "and behind its length a model has learned nothing; set context to 2048 or less, and prompts "
          "or max_tokens shorter"});
  EXPECT_TRUE(said_of_length(run, {{"context", 2048}}, 20).empty());
  EXPECT_TRUE(said_of_length(run, {}, 20).empty()) << "the worker takes no more by itself";
  EXPECT_EQ(said_of_length(run, {{"context", 100'000}}, 2038).front().find("the longest sample has"),
            std::string::npos)
      << "2048 tokens are what it was made for";
  run.models[0].load_params["context"] = {.value = 2048, .how = record::Applied::verified};
  EXPECT_TRUE(said_of_length(run, {{"context", 100'000}}, 20).empty()) << "the engine took less";
  run.models[0].facts = Json();
  run.models[0].load_params.clear();
  EXPECT_TRUE(said_of_length(run, {{"context", 100'000}}, 20).empty()) << "nobody knows";
}

TEST(Notes, a_context_that_is_too_long_is_said_once_for_a_load) {
  record::Run run = run_on_2048();
  run.cells = {{{{"temperature", 0}}, "temperature=0"}, {{{"temperature", 1}}, "temperature=1"}};
  EXPECT_EQ(said_of_length(run, {{"context", 4096}}, 20).size(), 1U);
  run.cells = {{{{"context", 512}}, "context=512"}, {{{"context", 4096}}, "context=4096"}};
  run.models[0].load_params["context"] = {.value = 512, .how = record::Applied::verified};
  const auto said = said_of_length(run, {}, 20);
  ASSERT_EQ(said.size(), 1U) << "the record keeps the last load's alone";
  EXPECT_TRUE(said[0].starts_with("m at context=4096: the context is 4096 tokens"));
}

TEST(Notes, answers_that_the_context_cut) {
  const record::Run run = run_on_2048(2);
  const auto said = [&](const char* reason, int max_tokens, std::uint32_t prompt) {
    Summariser summariser(run, {.cases = {}, .params = {{"max_tokens", max_tokens}}});
    const auto v = example::verdict(Mark::incomplete, reason);
    for (std::uint32_t c = 0; c < 2; ++c) {
      auto s = example::sample(0, example::case_name(c), 0, 0, 10, 0.2);
      s.counts.prompt_tokens = prompt + c;
      summariser.add(s, &v);
    }
    return texts(summariser.finish(), "context_full");
  };
  EXPECT_EQ(said("context_full", 512, 200),
            std::vector<std::string>{"m: the context was full before max_tokens in 2 answers, which are "
                                     "incomplete and not wrong; set context to 713"});
  EXPECT_EQ(said("context_full", 1900, 200),
            std::vector<std::string>{
                "m: the context was full before max_tokens in 2 answers, which are incomplete and not wrong; "
                "the model was made for 2048 tokens and the longest of their prompts has 201: set max_tokens "
                "to what is left"});
  EXPECT_TRUE(said("output_truncated", 512, 200).empty());
}

TEST(Notes, more_threads_than_processors) {
  auto run = example::run_of({example::model("m", 1)}, 1);
  run.machine.cores = 2;
  const auto said = [&](int threads) {
    return texts(Summariser(run, {.cases = {}, .params = {{"threads", threads}}}).finish(), "threads");
  };
  EXPECT_EQ(said(64), std::vector<std::string>{"m: threads is 64 and the machine has 2 processors: they hold "
                                               "each other up; set threads to 2 or less"});
  EXPECT_TRUE(said(2).empty());
  run.models[0].over_http = true;
  EXPECT_TRUE(said(64).empty()) << "its machine may be another";
}

TEST(Notes, a_cold_load_is_said) {
  auto run = example::demo_run();
  run.models[0].page_cache_share = 0.03;
  run.models[1].page_cache_share = 1.0;
  EXPECT_EQ(
      texts(Summariser(run).finish(), "cold_load"),
      (std::vector<std::string>{"tiny-s: the first load was cold, 3 % of the file was in memory before"}));
}

TEST(Notes, a_server_says_where_its_time_went) {
  auto run = example::run_of({example::model("served", 1)}, 5);
  run.models[0].over_http = true;
  run.models[0].base_latency = std::chrono::microseconds{900};
  Summariser summariser(run);
  for (std::uint64_t c = 0; c < 5; ++c) {
    auto sample = example::sample(0, example::case_name(c), 0, 0, 10, 0.2);
    sample.claims = {{"claimed_decode_tps", 55.0 + static_cast<double>(c)}, {"claimed_prefill_ms", 3.0}};
    summariser.add(sample, nullptr);
  }
  const auto told = texts(summariser.finish(), "over_http");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(
      told[0].find(
          "3.00 ms are prefill by the server's own count and 0.900 ms are HTTP itself; the server claims "
          "57.0 tok/s of decoding"),
      std::string::npos)
      << told[0];
  run.models[0].over_http = false;
  Summariser worker(run);
  worker.add(example::sample(0, "c", 0, 0, 10, 0.2), nullptr);
  EXPECT_TRUE(texts(worker.finish(), "over_http").empty());
}

TEST(Notes, how_many_went_together_and_what_that_rests_on) {
  auto run = example::run_of({example::model("m", 1)}, 5);
  run.cells = {{}, {}};
  run.cells[1].params = {{"temperature", 1}};
  run.cells[1].label = "temperature=1";
  record::BatchSpeed speed{
      .streams = 16, .most = 32, .measured = {{1, 61}, {2, 80}, {8, 103}, {16, 148}, {32, 151}}};
  const auto told = [&] {
    run.models[0].batch_speeds = {speed};
    Summariser summariser(run);
    for (std::uint64_t c = 0; c < 5; ++c)
      summariser.add(example::sample(0, example::case_name(c), 0, 0, 10, 0.2), nullptr);
    return texts(summariser.finish(), "batch_speed");
  };
  const auto one = [](const char* text) { return std::vector<std::string>{text}; };
  EXPECT_EQ(told(), one("m: together: 16 at once, 148 tokens/s; 61.0 alone, 151 with 32"))
      << "once for all cells of a load";
  speed.streams = 32;
  EXPECT_EQ(told(), one("m: together: 32 at once, 151 tokens/s; 61.0 alone"));
  speed.streams = 1;
  EXPECT_EQ(told(), one("m: together: 1 at once, 61.0 tokens/s; 151 with 32"));
  speed.streams = speed.most = 24;
  speed.measured.clear();
  EXPECT_EQ(told(),
            one("m: together: 24 at once, which fit; the shared part was too short to measure how many "
                "are best"));
  run.models[0].batch_speeds.clear();
  Summariser silent(run);
  EXPECT_TRUE(texts(silent.finish(), "batch_speed").empty());
}

TEST(Notes, one_model_on_two_engines_with_prompts_of_different_length) {
  auto run = example::run_of({example::model("here", 7), example::model("there", 7)}, 5);
  run.models[0].spec.engine = "llama";
  run.models[1].spec.engine = "ollama";
  const auto told = [&](std::uint32_t here, std::uint32_t there) {
    Summariser summariser(run);
    for (std::uint64_t c = 0; c < 5; ++c) {
      for (std::uint32_t model : {0U, 1U}) {
        auto sample = example::sample(model, example::case_name(c), 0, 0, 10, 0.2);
        sample.counts.prompt_tokens = model == 0 ? here : there;
        summariser.add(sample, nullptr);
      }
    }
    return texts(summariser.finish(), "templates");
  };
  EXPECT_EQ(told(16, 22),
            (std::vector<std::string>{
                "here and there look like one model, but their prompts have 16 and 22 tokens on "
                "average: the chat templates differ, so they were not asked the same"}));
  EXPECT_TRUE(told(16, 16).empty());
}

}  // namespace
}  // namespace assay::stats
