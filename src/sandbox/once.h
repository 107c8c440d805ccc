// A value that is worked out once for each key, whichever threads ask for it.
#pragma once

#include <future>
#include <mutex>
#include <string>
#include <unordered_map>

namespace assay::sandbox {

/// Thread    any number at once; who asks for what is being worked out waits for it.
template <class Value>
class Once {
 public:
  /// The value of `key`, made by make() when it is not known. One that keep() does not want is given to those
  /// who wait for it, and made again for the next who ask. What make() throws reaches everybody who waits,
  /// and is not kept either.
  template <class Make, class Keep>
  Value get(const std::string& key, const Make& make, const Keep& keep) {
    std::promise<Value> promise;
    std::shared_future<Value> known;
    {
      const std::scoped_lock lock(mutex_);
      const auto [at, fresh] = values_.try_emplace(key);
      if (fresh) at->second = promise.get_future().share();
      if (!fresh) known = at->second;
    }
    if (known.valid()) return known.get();
    try {
      Value value = make();
      if (!keep(value)) forget(key);
      promise.set_value(value);
      return value;
    } catch (...) {
      forget(key);
      promise.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  void forget(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    values_.erase(key);
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_future<Value>> values_;
};

}  // namespace assay::sandbox
