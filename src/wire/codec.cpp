#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "wire/fields.h"
#include "wire/messages.h"

namespace assay::wire {
namespace {

// Deep enough for a JSON schema in a request, shallow enough for every reader.
constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kShownColumns = 200;

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;  // clang 16 does not deduce it

// ---- encoding ----

Json message_json(const std::vector<record::Message>& messages) {
  Json list = Json::array();
  for (const record::Message& message : messages)
    list.push_back({{"role", message.role}, {"content", message.content}});
  return list;
}

Json base_json(const char* type, Id id) {
  return {{"type", type}, {"id", id}};
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
  if (m.text)
    j["text"] = *m.text;
  else
    j["messages"] = message_json(m.messages);
  if (!m.model.empty()) j["model"] = m.model;
  return j;
}
Json to_json(const Generate& m) {
  Json j = base_json("generate", m.id);
  if (m.raw)
    j["raw"] = *m.raw;
  else
    j["messages"] = message_json(m.messages);
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
  if (m.raw)
    j["raw"] = *m.raw;
  else
    j["messages"] = message_json(m.messages);
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

Json to_json(const HelloReply& m) {
  Json j = base_json("hello", m.id);
  j["protocol"] = m.protocol;
  j["worker"] = m.worker;
  j["engine"] = m.engine;
  j["engine_version"] = m.engine_version;
  j["capabilities"] = m.capabilities;
  j["params"] = m.params;
  if (!m.build.is_null()) j["build"] = m.build;
  return j;
}
Json to_json(const Loaded& m) {
  Json j = base_json("loaded", m.id);
  j["load_ns"] = m.load.count();
  j["options"] = record::to_json(m.options);
  if (!m.facts.is_null()) j["facts"] = m.facts;
  return j;
}
Json to_json(const Tokens& m) {
  Json j = base_json("tokens", m.id);
  j["ids"] = m.ids;
  j["ids"] = m.ids;
  j["prompt"] = m.prompt;
  if (!m.pieces.empty()) j["pieces"] = m.pieces;
  return j;
}
Json to_json(const Started& m) {
  Json j = base_json("started", m.id);
  j["t_ns"] = m.at.count();
  j["prompt"] = m.prompt;
  j["prompt_tokens"] = m.prompt_tokens;
  j["cached_prompt_tokens"] = m.cached_prompt_tokens;
  j["effective"] = record::to_json(m.effective);
  return j;
}
Json to_json(const Done& m) {
  Json j = base_json("done", m.id);
  j["t_ns"] = m.at.count();
  j["finish"] = m.finish;
  j["output_tokens"] = m.output_tokens;
  if (m.reasoning_tokens != 0) j["reasoning_tokens"] = m.reasoning_tokens;
  if (!m.claims.is_null()) j["claims"] = m.claims;
  return j;
}
Json to_json(const Benched& m) {
  const record::BenchAnswer& answer = m.answer;
  Json j = base_json("benched", m.id);
  j["t_ns"] = answer.repetition.at.count();
  if (answer.repetition.prompt) j["prompt_ns"] = answer.repetition.prompt->count();
  j["total_ns"] = answer.repetition.total.count();
  Json tokens = Json::array();
  for (const Nanos token : answer.repetition.tokens) tokens.push_back(token.count());
  j["tokens_ns"] = std::move(tokens);
  j["warmed_up"] = answer.warmed_up;
  j["before"] = answer.before;
  j["context"] = answer.context;
  j["threads"] = answer.threads;
  j["memory_bytes"] = answer.memory_bytes;
  return j;
}
Json to_json(const Stepped& m) {
  Json j = base_json("stepped", m.id);
  j["steps_ns"] = Json::array();
  for (const Nanos step : m.steps) j["steps_ns"].push_back(step.count());
  return j;
}
Json to_json(const Scored& m) {
  Json j = base_json("scored", m.id);
  j["t_ns"] = m.at.count();
  j["choices"] = Json::array();
  for (const record::ChoiceScore& choice : m.choices) j["choices"].push_back(record::to_json(choice));
  return j;
}
Json to_json(const Ok& m) {
  return base_json("ok", m.id);
}
Json to_json(const Failed& m) {
  Json j = base_json("error", m.id);
  j["reason"] = m.reason;
  j["message"] = m.message;
  return j;
}

void append_number(std::string& line, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  line.append(digits.data(), end);
}

void append_text(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    switch (c) {
      case '"': line += "\\\""; break;
      case '\\': line += "\\\\"; break;
      case '\n': line += "\\n"; break;
      case '\t': line += "\\t"; break;
      case '\r': line += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20)
          line += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else
          line += c;
    }
  }
  line += '"';
}

void append_member_text(std::string& line, const char* member, const std::string& text) {
  if (text.empty()) return;
  line += member;
  if (first_invalid_utf8(text))
    append_text(line, to_valid_utf8(text));
  else
    append_text(line, text);
}

// By hand: a worker calls it while it generates. 350 events (50 ms of a tiny model) take 13 us this way and
// 59 us through the JSON library.
std::string encode_output(const Output& m) {
  std::string line;
  line.reserve(64 + m.events.size() * 24 + m.text.size() * 9 / 8 + m.reasoning.size() * 9 / 8);
  line += R"({"type":"output","id":)";
  line += std::to_string(m.id);
  line += R"(,"events":[)";
  for (const record::TokenEvent& event : m.events) {
    line += line.back() == '[' ? "[" : ",[";
    append_number(line, event.at.count());
    line += ',';
    append_number(line, event.count);
    line += ',';
    append_number(line, static_cast<int>(event.kind));
    line += ']';
  }
  line += ']';
  append_member_text(line, R"(,"text":)", m.text);
  append_member_text(line, R"(,"reasoning":)", m.reasoning);
  line += '}';
  return line;
}

// ---- decoding ----

/// Reads the members that the message has besides type and id.
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
  f.optional_text("text", m.text);
  if (!m.text) return f.messages("messages", m.messages);
  f.optional_text("model", m.model);
}
void read(Fields& f, Generate& m) {
  f.optional_text("raw", m.raw);
  if (!m.raw) f.messages("messages", m.messages);
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
  f.optional_text("raw", m.raw);
  if (!m.raw) f.messages("messages", m.messages);
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

void read(Fields& f, HelloReply& m) {
  f.whole("protocol", m.protocol);
  f.text("worker", m.worker);
  f.text("engine", m.engine);
  f.text("engine_version", m.engine_version);
  f.texts("capabilities", m.capabilities);
  f.texts("params", m.params);
  f.optional_value("build", m.build);
}
void read(Fields& f, Loaded& m) {
  f.nanos("load_ns", m.load);
  f.effective("options", m.options);
  f.optional_value("facts", m.facts);
}
void read(Fields& f, Tokens& m) {
  f.ids("ids", m.ids);
  f.text("prompt", m.prompt);
  f.optional_texts("pieces", m.pieces);
  if (!m.pieces.empty() && m.pieces.size() != m.ids.size())
    f.fail_with(fmt::format("{} pieces for {} ids", m.pieces.size(), m.ids.size()), "as many");
}
void read(Fields& f, Started& m) {
  f.nanos("t_ns", m.at);
  f.text("prompt", m.prompt);
  f.whole("prompt_tokens", m.prompt_tokens);
  f.optional_whole("cached_prompt_tokens", m.cached_prompt_tokens);
  f.optional_effective("effective", m.effective);
}
void read(Fields& f, Output& m) {
  f.events("events", m.events);
  f.optional_text("text", m.text);
  f.optional_text("reasoning", m.reasoning);
}
void read(Fields& f, Done& m) {
  f.nanos("t_ns", m.at);
  f.text("finish", m.finish);
  f.whole("output_tokens", m.output_tokens);
  f.optional_whole("reasoning_tokens", m.reasoning_tokens);
  f.optional_value("claims", m.claims);
}
void read(Fields& f, Benched& m) {
  record::BenchAnswer& answer = m.answer;
  f.nanos("t_ns", answer.repetition.at);
  f.optional_nanos("prompt_ns", answer.repetition.prompt);
  f.nanos("total_ns", answer.repetition.total);
  f.list_of_nanos("tokens_ns", answer.repetition.tokens);
  f.flag("warmed_up", answer.warmed_up);
  f.whole("before", answer.before);
  f.whole("context", answer.context);
  f.whole("threads", answer.threads);
  f.whole("memory_bytes", answer.memory_bytes);
}
void read(Fields& f, Stepped& m) {
  f.list_of_nanos("steps_ns", m.steps);
}
void read(Fields& f, Scored& m) {
  f.nanos("t_ns", m.at);
  f.scores("choices", m.choices);
}
void read(Fields&, Ok&) {}
void read(Fields& f, Failed& m) {
  f.text("reason", m.reason);
  f.text("message", m.message);
}

Error bad_line(std::string found, std::string expected) {
  return {.code = Code::bad_input,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = {}};
}

/// The line's object and its type word.
Result<Json> parse_line(std::string_view line) {
  // The JSON library takes a NUL for the end of the text.
  if (line.find('\0') != std::string_view::npos) return fail(bad_line("the line has a NUL byte", "JSON"));
  Result<Json> parsed = parse_json(line, {.max_bytes = kMaxLine, .max_depth = kMaxDepth});
  if (!parsed) {  // the library repeats the text that it dislikes, however long
    parsed.error().found = printable(parsed.error().found, kShownColumns);
    return parsed;
  }
  if (!parsed->is_object())
    return fail(bad_line("the line is JSON, but no object", "an object with type and id"));
  const auto type = parsed->find("type");
  if (type == parsed->end() || !type->is_string())
    return fail(bad_line("the message has no 'type'", "a text"));
  return parsed;
}

template <class Message, class Any>
Result<Any> read_message(const Json& object, const char* type) {
  Message message;
  Fields fields(object, type);
  std::string word;
  fields.text("type", word);
  fields.whole("id", message.id);
  read(fields, message);
  if (const Result<void> read = fields.done(); !read) return fail(read.error());
  return Any(std::move(message));
}

template <class Any>
struct Entry {
  const char* type;
  Result<Any> (*read)(const Json&, const char*);
};

constexpr std::array kRequests{
    Entry<Request>{"hello", read_message<Hello, Request>},
    Entry<Request>{"load", read_message<Load, Request>},
    Entry<Request>{"tokenize", read_message<Tokenize, Request>},
    Entry<Request>{"generate", read_message<Generate, Request>},
    Entry<Request>{"cancel", read_message<Cancel, Request>},
    Entry<Request>{"bench", read_message<Bench, Request>},
    Entry<Request>{"steps", read_message<Steps, Request>},
    Entry<Request>{"score", read_message<Score, Request>},
    Entry<Request>{"unload", read_message<Unload, Request>},
    Entry<Request>{"quit", read_message<Quit, Request>},
};

constexpr std::array kReplies{
    Entry<Reply>{"hello", read_message<HelloReply, Reply>},
    Entry<Reply>{"loaded", read_message<Loaded, Reply>},
    Entry<Reply>{"tokens", read_message<Tokens, Reply>},
    Entry<Reply>{"started", read_message<Started, Reply>},
    Entry<Reply>{"output", read_message<Output, Reply>},
    Entry<Reply>{"done", read_message<Done, Reply>},
    Entry<Reply>{"benched", read_message<Benched, Reply>},
    Entry<Reply>{"stepped", read_message<Stepped, Reply>},
    Entry<Reply>{"scored", read_message<Scored, Reply>},
    Entry<Reply>{"ok", read_message<Ok, Reply>},
    Entry<Reply>{"error", read_message<Failed, Reply>},
};

template <class Any, std::size_t n>
Result<Any> decode(std::string_view line, const std::array<Entry<Any>, n>& table) {
  const Result<Json> object = parse_line(line);
  if (!object) return fail(object.error());
  const auto& type = object->find("type")->template get_ref<const std::string&>();
  std::vector<std::string> known;
  for (const Entry<Any>& entry : table) {
    if (type == entry.type) return entry.read(*object, entry.type);
    known.emplace_back(entry.type);
  }
  return fail(bad_line(fmt::format("unknown message type '{}'", printable(type, 40)),
                       "one of: " + join(known, ", ")));
}

}  // namespace

std::string encode(const Request& request) {
  return std::visit([](const auto& message) { return dump(to_json(message)); }, request);
}

std::string encode(const Reply& reply) {
  return std::visit(Overloaded{[](const Output& output) { return encode_output(output); },
                               [](const auto& message) { return dump(to_json(message)); }},
                    reply);
}

Result<Request> decode_request(std::string_view line) {
  return decode(line, kRequests);
}

Result<Reply> decode_reply(std::string_view line) {
  return decode(line, kReplies);
}

Id id_of(std::string_view line) {
  const Result<Json> object = parse_line(line);
  if (!object) return 0;
  const auto id = object->find("id");
  return id != object->end() && id->is_number_unsigned() ? id->get<Id>() : 0;
}

}  // namespace assay::wire
