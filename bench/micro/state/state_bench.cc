// Cost of one big commit: `ninja bench_state && bin/bench_state [ids] [folder]`. Each way runs in a
// process of its own, so that the peak of memory is its own:
//   put        what operators pay on the hot thread, per entry
//   batch      ids as a key each, one write batch through the log
//   files      the same as sorted files
//   blobs      ids as dedupe writes them: a blob per key group
// µs CPU are user and system of all threads, the library's background work included.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>

#include "runtime/base/hash.h"
#include "runtime/metrics/process_usage.h"
#include "runtime/state/rocksdb_state_backend.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr size_t kIdBytes = 16;

struct Stopwatch {
  SteadyClock::time_point wall = SteadyClock::now();
  ProcessUsage usage = ProcessUsage::Now();

  double seconds() const {
    return std::chrono::duration<double>(SteadyClock::now() - wall).count();
  }
  double cpu() const { return ProcessUsage::Now().cpu_seconds() - usage.cpu_seconds(); }
};

StateDelta IdsAsKeys(size_t ids) {
  StateWriter writer("dedupe");
  std::mt19937_64 random(1);
  char id[kIdBytes];
  for (size_t i = 0; i < ids; ++i) {
    const uint64_t high = random(), low = random();
    std::memcpy(id, &high, sizeof(high));
    std::memcpy(id + sizeof(high), &low, sizeof(low));
    writer.Put("ids", static_cast<uint32_t>(low >> 56), {id, kIdBytes}, "\x01");
  }
  return writer.Take();
}

StateDelta IdsAsBlobs(size_t ids) {
  StateWriter writer("dedupe");
  std::mt19937_64 random(1);
  std::string blob;
  for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
    blob.assign(1, '\x01');
    for (size_t i = 0; i < ids / kNumKeyGroups; ++i) {
      const uint64_t parts[2] = {random(), random()};
      blob.append(reinterpret_cast<const char*>(parts), sizeof(parts));
    }
    writer.Put("ids", group, "0/0/1", blob);
  }
  return writer.Take();
}

int Run(const std::string& way, size_t ids, const std::string& folder) {
  RocksDbStateOptions options;
  options.bulk_bytes = way == "batch" ? ~size_t{0} : 0;
  const Stopwatch putting;
  std::vector<StateDelta> deltas;
  deltas.push_back(way == "blobs" ? IdsAsBlobs(ids) : IdsAsKeys(ids));
  const double put_cpu = putting.cpu(), per = 1e6 / static_cast<double>(ids);
  const int64_t sealed_rss = ProcessUsage::Now().peak_rss_bytes;
  if (way == "put") {
    fmt::print("put      {:5.3f} us CPU/id (with making the ids), {} MiB\n", put_cpu * per,
               sealed_rss >> 20);
    return 0;
  }
  auto backend = OpenRocksDbStateBackend(folder, options);
  if (!backend.ok()) {
    fmt::print(stderr, "{}\n", backend.status().ToString());
    return 1;
  }
  const Stopwatch committing;
  const Status committed = (*backend)->Commit(1, deltas);
  if (!committed.ok()) {
    fmt::print(stderr, "{}\n", committed.ToString());
    return 1;
  }
  const double seconds = committing.seconds(), cpu = committing.cpu();
  const int64_t peak = ProcessUsage::Now().peak_rss_bytes;
  const uint64_t disk = (*backend)->DiskBytes();
  deltas.clear();
  backend = CancelledError("closed");
  const Stopwatch opening;
  backend = OpenRocksDbStateBackend(folder, options);
  if (!backend.ok() || (*backend)->last_epoch() != 1) {
    fmt::print(stderr, "the commit is not there: {}\n", backend.status().ToString());
    return 1;
  }
  fmt::print(
      "{:<8} {:5.3f} us CPU/id, {:5.2f} s, {} MiB more memory, {} MiB on disk, opened again in "
      "{:.3f} s\n",
      way, cpu * per, seconds, (peak - sealed_rss) >> 20, disk >> 20, opening.seconds());
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  const size_t ids = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
  const std::string folder =
      argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / "bench-state").string();
  int failed = 0;
  for (const char* way : {"put", "batch", "files", "blobs"}) {
    std::filesystem::remove_all(folder);
    const pid_t child = ::fork();
    if (child == 0) {
      const int result = weir::Run(way, ids, folder);
      std::fflush(nullptr);
      ::_exit(result);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    failed |= status;
  }
  std::filesystem::remove_all(folder);
  return failed == 0 ? 0 : 1;
}
