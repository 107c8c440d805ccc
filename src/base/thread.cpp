#include "base/thread.h"

#include <algorithm>
#include <cstddef>
#include <system_error>

#include "base/check.h"

namespace assay {
namespace {

constexpr std::size_t kStack = std::size_t{8} << 20U;

}  // namespace

Thread::~Thread() {
  CHECK(!running_);
}

Thread& Thread::operator=(Thread&& other) noexcept {
  CHECK(!running_);
  id_ = other.id_;
  running_ = std::exchange(other.running_, false);
  return *this;
}

void Thread::join() {
  CHECK(running_);
  pthread_join(id_, nullptr);
  running_ = false;
}

void Thread::start(std::unique_ptr<Body> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  std::size_t given = 0;
  pthread_attr_getstacksize(&attributes, &given);
  pthread_attr_setstacksize(&attributes, std::max(given, kStack));
  const int error = pthread_create(&id_, &attributes, &Thread::enter, body.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category(), "no thread can be started");
  static_cast<void>(body.release());  // enter() has it
  running_ = true;
}

void* Thread::enter(void* body) {
  const std::unique_ptr<Body> own(static_cast<Body*>(body));
  own->run();
  return nullptr;
}

}  // namespace assay
