#include "meter/bandwidth.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "meter/machine.h"

namespace assay::meter {
namespace {

constexpr std::uint64_t kSmallestArray = 64ULL << 20U;
constexpr std::uint64_t kUnknownCache = 32ULL << 20U;
constexpr std::uint64_t kMostShare = 8;  // of all memory
constexpr std::uint64_t kSmallFile = 1ULL << 16U;

std::uint64_t array_bytes_for(const record::Machine& machine, const ProbeOptions& options) {
  if (options.array_bytes != 0) return options.array_bytes;
  const std::uint64_t wanted = std::max(kSmallestArray, 4 * machine.last_cache_bytes.value_or(kUnknownCache));
  return machine.memory_bytes ? std::min(wanted, *machine.memory_bytes / kMostShare) : wanted;
}

/// Eight sums, so that the additions do not wait for each other and memory alone is the limit.
double sum_of(const double* values, std::size_t count) {
  double sums[8] = {};
  for (std::size_t i = 0; i + 8 <= count; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sums[k] += values[i + k];
  return sums[0] + sums[1] + sums[2] + sums[3] + sums[4] + sums[5] + sums[6] + sums[7];
}

void triad(double* a, const double* b, const double* c, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) a[i] = b[i] + 3.0 * c[i];
}

/// Each thread touches its part first, so that the pages are near its core.
class Probe {
 public:
  Probe(std::size_t count, int threads) : count_(count), threads_(threads) {
    for (auto& array : arrays_) array.reset(new (std::nothrow) double[count]);
  }
  bool has_memory() const { return arrays_[0] && arrays_[1] && arrays_[2]; }

  /// Seconds of each repetition of both kinds, without the first.
  void run(int repetitions, std::vector<double>& reads, std::vector<double>& triads) {
    std::barrier gate(threads_ + 1);
    std::vector<std::thread> team;
    for (int t = 0; t < threads_; ++t) team.emplace_back([&, t] { work(t, repetitions, gate); });
    gate.arrive_and_wait();  // first touch is done
    for (int i = 0; i < 2 * repetitions; ++i) {
      const Nanos begin = clock_.now();
      gate.arrive_and_wait();
      gate.arrive_and_wait();
      const double seconds = std::chrono::duration<double>(clock_.now() - begin).count();
      if (i % repetitions != 0) (i < repetitions ? reads : triads).push_back(seconds);
    }
    for (std::thread& one : team) one.join();
  }

 private:
  void work(int thread, int repetitions, std::barrier<>& gate) {
    const std::size_t begin = count_ * static_cast<std::size_t>(thread) / static_cast<std::size_t>(threads_);
    const std::size_t end =
        count_ * (static_cast<std::size_t>(thread) + 1) / static_cast<std::size_t>(threads_);
    for (auto& array : arrays_) std::fill(array.get() + begin, array.get() + end, 1.0);
    gate.arrive_and_wait();
    for (int i = 0; i < 2 * repetitions; ++i) {
      gate.arrive_and_wait();
      if (i < repetitions)
        sink_ = sum_of(arrays_[0].get() + begin, end - begin);
      else
        triad(arrays_[2].get() + begin, arrays_[0].get() + begin, arrays_[1].get() + begin, end - begin);
      gate.arrive_and_wait();
    }
  }

  std::size_t count_;
  int threads_;
  std::unique_ptr<double[]> arrays_[3];
  std::atomic<double> sink_{0};  // so that the compiler cannot leave the sums out
  SystemClock clock_;
};

std::string cache_file(const record::Machine& machine, const std::string& folder) {
  return resolve(folder, "bandwidth-" + file_key(machine) + ".json");
}

std::optional<record::Bandwidth> read_cache(const std::string& path) {
  const auto text = read_file(path, kSmallFile);
  if (!text) return std::nullopt;
  const auto json = parse_json(*text);
  if (!json) return std::nullopt;
  return record::machine_from_json(*json).bandwidth;
}

}  // namespace

std::optional<record::Bandwidth> measure_bandwidth(const record::Machine& machine,
                                                   const ProbeOptions& options) {
  const int threads = options.threads > 0 ? options.threads : std::max(1, machine.cores);
  const std::uint64_t bytes = array_bytes_for(machine, options);
  const std::size_t count = bytes / sizeof(double);
  Probe probe(count, threads);
  if (!probe.has_memory()) return std::nullopt;
  std::vector<double> reads;
  std::vector<double> triads;
  probe.run(std::max(2, options.repetitions), reads, triads);
  std::sort(reads.begin(), reads.end());
  const double middle = (reads[(reads.size() - 1) / 2] + reads[reads.size() / 2]) / 2;
  const auto size = static_cast<double>(count * sizeof(double));
  return record::Bandwidth{.read = size / reads.front(),
                           .read_median = size / middle,
                           .triad = 3 * size / *std::min_element(triads.begin(), triads.end()),
                           .threads = threads,
                           .array_bytes = bytes};
}

std::optional<record::Bandwidth> known_bandwidth(const record::Machine& machine, const std::string& folder,
                                                 bool again) {
  const std::string path = cache_file(machine, folder);
  const auto known = read_cache(path);
  if (known && !again) return known;
  const auto fresh = measure_bandwidth(machine);
  if (!fresh) return known;
  if (known && known->read >= fresh->read) return known;
  record::Machine kept = machine;
  kept.bandwidth = fresh;
  // Without a cache the next bench measures again; that is all.
  if (make_folder(folder)) static_cast<void>(write_file(path, dump(to_json(kept)) + "\n"));
  return fresh;
}

}  // namespace assay::meter
