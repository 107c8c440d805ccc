// What assay asks of a worker, as lines.
#include "wire/line.h"

namespace assay::wire {
namespace {

Json message_json(const std::vector<record::Message>& messages) {
  Json list = Json::array();
  for (const record::Message& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  return list;
}

/// Messages, or in their place one text under the name of `plain`.
void put_prompt(Json& j, const char* plain, const std::optional<std::string>& text,
                const std::vector<record::Message>& messages) {
  if (text)
    j[plain] = *text;
  else
    j["messages"] = message_json(messages);
}

void read_prompt(Fields& f, const char* plain, std::optional<std::string>& text,
                 std::vector<record::Message>& messages) {
  f.optional_text(plain, text);
  if (!text) f.messages("messages", messages);
}

Json to_json(const Hello& m) {
  Json j = base_json("hello", m.id);
  j["protocol"] = m.protocol;
  return j;
}
Json to_json(const Load& m) {
  Json j = base_json("load", m.id);
  j["model"] = m.model;
  j["options"] = record::to_json(m.options);
  j["parallel"] = m.parallel;
  if (m.longest != 0) j["longest"] = m.longest;
  if (m.share_prefixes) j["share_prefixes"] = true;
  if (m.together != 0) j["together"] = m.together;
  return j;
}
Json to_json(const Tokenize& m) {
  Json j = base_json("tokenize", m.id);
  put_prompt(j, "text", m.text, m.messages);
  if (!m.model.empty()) j["model"] = m.model;
  return j;
}
Json to_json(const Generate& m) {
  Json j = base_json("generate", m.id);
  put_prompt(j, "raw", m.raw, m.messages);
  j["params"] = record::to_json(m.params);
  if (m.reuse_prefix) j["reuse_prefix"] = true;
  return j;
}
Json to_json(const Cancel& m) {
  Json j = base_json("cancel", m.id);
  j["target"] = m.target;
  return j;
}
Json to_json(const Bench& m) {
  const record::BenchTest& test = m.test;
  Json j = base_json("bench", m.id);
  j["path"] = record::name_of(test.path);
  j["prompt"] = test.prompt;
  j["generate"] = test.generate;
  j["depth"] = test.depth;
  j["batch"] = test.batch;
  j["micro_batch"] = test.micro_batch;
  if (test.threads) j["threads"] = *test.threads;
  j["flash_attention"] = test.flash_attention;
  j["key_type"] = test.key_type;
  j["value_type"] = test.value_type;
  j["seed"] = m.seed;
  return j;
}
Json to_json(const Steps& m) {
  Json j = base_json("steps", m.id);
  j["streams"] = m.streams;
  j["count"] = m.count;
  return j;
}
Json to_json(const Score& m) {
  Json j = base_json("score", m.id);
  put_prompt(j, "raw", m.raw, m.messages);
  j["continuations"] = m.continuations;
  j["params"] = record::to_json(m.params);
  if (m.reuse_prefix) j["reuse_prefix"] = true;
  return j;
}
Json to_json(const Unload& m) {
  return base_json("unload", m.id);
}
Json to_json(const Quit& m) {
  return base_json("quit", m.id);
}

void read(Fields& f, Hello& m) {
  f.whole("protocol", m.protocol);
}
void read(Fields& f, Load& m) {
  f.text("model", m.model);
  f.optional_params("options", m.options);
  std::uint32_t parallel = 1;
  f.optional_whole("parallel", parallel);
  if (parallel < 1 || parallel > 4096) f.fail_with(fmt::format("'parallel' is {}", parallel), "1 to 4096");
  m.parallel = static_cast<int>(parallel);
  f.optional_whole("longest", m.longest);
  f.optional_flag("share_prefixes", m.share_prefixes);
  f.optional_whole("together", m.together);
}
void read(Fields& f, Tokenize& m) {
  read_prompt(f, "text", m.text, m.messages);
  if (m.text) f.optional_text("model", m.model);
}
void read(Fields& f, Generate& m) {
  read_prompt(f, "raw", m.raw, m.messages);
  f.optional_params("params", m.params);
  f.optional_flag("reuse_prefix", m.reuse_prefix);
}
void read(Fields& f, Cancel& m) {
  f.whole("target", m.target);
}
void read(Fields& f, Bench& m) {
  record::BenchTest& test = m.test;
  std::string path;
  f.text("path", path);
  const auto known = record::bench_path_from(path);
  if (!known || (*known != record::BenchPath::engine && *known != record::BenchPath::sampling))
    f.fail_with(fmt::format("'path' is '{}'", printable(path, 40)), "engine or sampling");
  test.path = known.value_or(record::BenchPath::engine);
  f.whole("prompt", test.prompt);
  f.whole("generate", test.generate);
  f.whole("depth", test.depth);
  f.whole("batch", test.batch);
  f.whole("micro_batch", test.micro_batch);
  std::uint32_t threads = 0;
  f.optional_whole("threads", threads);
  if (threads != 0) test.threads = threads;
  f.text("flash_attention", test.flash_attention);
  f.text("key_type", test.key_type);
  f.text("value_type", test.value_type);
  f.whole("seed", m.seed);
}
void read(Fields& f, Steps& m) {
  f.whole("streams", m.streams);
  f.whole("count", m.count);
}
void read(Fields& f, Score& m) {
  read_prompt(f, "raw", m.raw, m.messages);
  f.texts("continuations", m.continuations);
  if (m.continuations.empty() || m.continuations.size() > kMaxContinuations)
    f.fail_with(fmt::format("'continuations' is a list of {}", m.continuations.size()),
                fmt::format("1 to {} texts", kMaxContinuations));
  for (const std::string& text : m.continuations)
    if (text.empty()) f.fail_with("an empty text in 'continuations'", "text whose likelihood is asked");
  f.optional_params("params", m.params);
  f.optional_flag("reuse_prefix", m.reuse_prefix);
}
void read(Fields&, Unload&) {}
void read(Fields&, Quit&) {}

constexpr std::array kRequests{
    Entry<Request>{"hello", read_message<Request, Hello, read>},
    Entry<Request>{"load", read_message<Request, Load, read>},
    Entry<Request>{"tokenize", read_message<Request, Tokenize, read>},
    Entry<Request>{"generate", read_message<Request, Generate, read>},
    Entry<Request>{"cancel", read_message<Request, Cancel, read>},
    Entry<Request>{"bench", read_message<Request, Bench, read>},
    Entry<Request>{"steps", read_message<Request, Steps, read>},
    Entry<Request>{"score", read_message<Request, Score, read>},
    Entry<Request>{"unload", read_message<Request, Unload, read>},
    Entry<Request>{"quit", read_message<Request, Quit, read>},
};

}  // namespace

std::string encode(const Request& request) {
  return std::visit([](const auto& message) { return dump(to_json(message)); }, request);
}

Result<Request> decode_request(std::string_view line) {
  return decode(line, kRequests);
}

}  // namespace assay::wire
