#include "session.h"

#include <exception>
#include <new>

#include <fmt/format.h>

#include "about.h"
#include "base/text.h"

namespace assay::llama {

void Session::run() {
  while (!quit_) {
    // Everything that has come before the next step, so that requests sent together begin together.
    if (channel_.has_request() || !busy()) {
      handle(channel_.wait());
    } else {
      if (scheduler_->busy()) scheduler_->step();
      if (scorer_ != nullptr) scorer_->step();
    }
  }
}

bool Session::busy() const {
  return (scheduler_ != nullptr && scheduler_->busy()) || (scorer_ != nullptr && scorer_->busy());
}

void Session::handle(const Incoming& incoming) {
  if (!incoming.request) return fail(incoming.id, {"bad_request", message(incoming.request.error())});
  try {
    std::visit([this](const auto& request) { answer(request); }, *incoming.request);
  } catch (const std::bad_alloc&) {
    fail(incoming.id, {"engine_oom", "not enough memory for this request"});
  } catch (const std::exception& error) {
    fail(incoming.id, {"internal", fmt::format("the worker failed: {}", error.what())});
  }
}

void Session::fail(wire::Id id, const Trouble& why) {
  channel_.send(wire::Failed{.id = id, .reason = why.reason, .message = why.message});
}

bool Session::needs_model(wire::Id id) {
  if (engine_ == nullptr) fail(id, {"bad_request", "no model is loaded; send load first"});
  return engine_ != nullptr;
}

void Session::answer(const wire::Hello& request) {
  if (request.protocol != wire::kProtocol)
    return fail(request.id, {"not_supported", fmt::format("protocol {} is asked for; this worker speaks {}",
                                                          request.protocol, wire::kProtocol)});
  wire::HelloReply reply = about();
  reply.id = request.id;
  channel_.send(std::move(reply));
}

void Session::answer(const wire::Load& request) {
  if (engine_ != nullptr) return fail(request.id, {"bad_request", "a model is loaded; send unload first"});
  Outcome<Engine::Load> load = Engine::load(request);
  if (!load) return fail(request.id, load.error());
  engine_ = std::move(load->engine);
  scheduler_ =
      std::make_unique<Scheduler>(*engine_, [this](const wire::Reply& reply) { channel_.send(reply); });
  load->told.id = request.id;
  channel_.send(std::move(load->told));
}

void Session::answer(const wire::Tokenize& request) {
  Outcome<Vocabulary> other;
  if (!request.model.empty()) {
    other = read_vocabulary(request.model);
    if (!other) return fail(request.id, other.error());
  } else if (!needs_model(request.id)) {
    return;
  }
  const llama_vocab* vocab = *other ? llama_model_get_vocab(other->get()) : engine_->vocab();
  wire::Tokens reply{.id = request.id, .ids = {}, .prompt = {}};
  if (request.text) {
    reply.prompt = *request.text;
    reply.ids = tokenize(vocab, *request.text);
  } else {
    Outcome<Prompt> prompt = engine_->chat().render(request.messages, std::nullopt);
    if (!prompt) return fail(request.id, prompt.error());
    reply.prompt = std::move(prompt->text);
    reply.ids = std::move(prompt->tokens);
  }
  reply.pieces.reserve(reply.ids.size());
  for (const std::int32_t id : reply.ids) reply.pieces.push_back(shown_piece(vocab, id));
  channel_.send(std::move(reply));
}

void Session::answer(const wire::Generate& request) {
  if (!needs_model(request.id)) return;
  if (Outcome<void> added = scheduler_->add(request); !added) fail(request.id, added.error());
}

void Session::answer(const wire::Cancel& request) {
  const bool found = scheduler_ != nullptr && scheduler_->cancel(request.target);
  if (!found && scorer_ != nullptr) scorer_->cancel(request.target);
  channel_.send(wire::Ok{request.id});
}

void Session::answer(const wire::Bench& request) {
  if (!needs_model(request.id)) return;
  if (busy())
    return fail(request.id,
                {"bad_request", "requests are in flight, and a speed test needs the engine alone"});
  if (bench_ == nullptr) bench_ = std::make_unique<BenchStand>(*engine_);
  Outcome<record::BenchAnswer> told = bench_->run(request);
  if (!told) return fail(request.id, told.error());
  channel_.send(wire::Benched{.id = request.id, .answer = std::move(*told)});
}

void Session::answer(const wire::Steps& request) {
  if (!needs_model(request.id)) return;
  if (busy())
    return fail(request.id,
                {"bad_request", "requests are in flight, and timing steps needs the engine alone"});
  Outcome<std::vector<Nanos>> steps = scheduler_->time_steps(request);
  if (!steps) return fail(request.id, steps.error());
  channel_.send(wire::Stepped{.id = request.id, .steps = std::move(*steps)});
}

void Session::answer(const wire::Score& request) {
  if (!needs_model(request.id)) return;
  if (scorer_ == nullptr)
    scorer_ = std::make_unique<Scorer>(*engine_, [this](const wire::Reply& reply) { channel_.send(reply); });
  if (Outcome<void> added = scorer_->add(request); !added) fail(request.id, added.error());
}

void Session::unload() {
  if (scheduler_ != nullptr) scheduler_->cancel_all();
  if (scorer_ != nullptr) scorer_->cancel_all();
  scorer_.reset();
  scheduler_.reset();
  bench_.reset();
  engine_.reset();
}

void Session::answer(const wire::Unload& request) {
  unload();
  channel_.send(wire::Ok{request.id});
}

void Session::answer(const wire::Quit& request) {
  unload();
  channel_.send(wire::Ok{request.id});
  quit_ = true;
}

}  // namespace assay::llama
