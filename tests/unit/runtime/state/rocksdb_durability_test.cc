#include <fcntl.h>
#include <gtest/gtest.h>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <vector>

#include "runtime/state/rocksdb_state_backend.h"
#include "tests/unit/runtime/state/state_model.h"
#include "tests/unit/runtime/state/temporary_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

RocksDbStateOptions SmallOptions() {
  RocksDbStateOptions options;
  options.write_buffer_bytes = 256 * 1024;
  options.bulk_bytes = 64 * 1024;  // every fifth commit of the model
  return options;
}

std::unique_ptr<DurableStateBackend> Open(const std::string& folder) {
  auto opened = OpenRocksDbStateBackend(folder, SmallOptions());
  EXPECT_TRUE(opened.ok()) << opened.status().ToString();
  return opened.ok() ? *std::move(opened) : nullptr;
}

void CommitUpTo(StateBackend& backend, uint64_t epoch) {
  while (backend.last_epoch() < epoch) {
    const uint64_t next = backend.last_epoch() + 1;
    const Status committed = backend.Commit(next, StateModel::DeltasOf(next));
    ASSERT_TRUE(committed.ok()) << committed.ToString();
  }
}

void ExpectModel(const StateBackend& backend, uint64_t epoch) {
  StateModel model;
  model.ApplyTo(epoch);
  const auto rows = StateModel::Read(backend);
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  ASSERT_EQ(*rows, model.rows()) << "at epoch " << epoch;
}

/// Starts this program again for one of the tests below that only run when asked for: RocksDB's
/// threads don't survive a fork.
pid_t StartChild(const char* test, const std::string& folder, int acknowledge = -1) {
  const std::string filter = std::string("--gtest_filter=RocksDbDurability.DISABLED_") + test;
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv("WEIR_TEST_FOLDER", folder.c_str(), 1);
  ::setenv("WEIR_TEST_PIPE", std::to_string(acknowledge).c_str(), 1);
  const int nowhere = ::open("/dev/null", O_WRONLY);
  ::dup2(nowhere, STDOUT_FILENO);
  ::execl("/proc/self/exe", "unit_runtime_state", "--gtest_also_run_disabled_tests", filter.c_str(),
          nullptr);
  ::_exit(127);
}

std::string ChildFolder() {
  const char* folder = ::getenv("WEIR_TEST_FOLDER");
  return folder == nullptr ? "" : folder;
}

int EndOf(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

std::vector<fs::path> FilesOf(const std::string& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(RocksDbDurability, DISABLED_KeepCommitting) {
  auto backend = Open(ChildFolder());
  const int acknowledge = std::atoi(::getenv("WEIR_TEST_PIPE"));
  while (backend != nullptr) {
    const uint64_t epoch = backend->last_epoch() + 1;
    if (!backend->Commit(epoch, StateModel::DeltasOf(epoch)).ok()) ::_exit(2);
    if (::write(acknowledge, &epoch, sizeof(epoch)) != sizeof(epoch)) ::_exit(3);
  }
  ::_exit(1);
}

/// kill -9 at a random moment: what is found is exactly some epoch that isn't before the last
/// acknowledged one.
TEST(RocksDbDurability, AKilledProcessLeavesAPrefix) {
  const TemporaryFolder folder;
  const std::string state = folder.path() + "/state";
  std::mt19937 random(20);
  uint64_t found = 0;
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = StartChild("KeepCommitting", state, ends[1]);
    ::close(ends[1]);
    // Also while it opens: no commit awaited in some rounds.
    uint64_t acknowledged = found;
    for (auto wait = random() % 24; wait > 0; --wait) {
      if (::read(ends[0], &acknowledged, sizeof(acknowledged)) != sizeof(acknowledged)) break;
    }
    ::usleep(static_cast<useconds_t>(random() % 8000));
    ::kill(child, SIGKILL);
    ASSERT_EQ(EndOf(child), 1000 + SIGKILL) << "the child ended by itself";
    while (::read(ends[0], &acknowledged, sizeof(acknowledged)) == sizeof(acknowledged)) {
    }
    ::close(ends[0]);

    auto backend = Open(state);
    ASSERT_NE(backend, nullptr);
    found = backend->last_epoch();
    ASSERT_GE(found, acknowledged);
    ASSERT_LE(found, acknowledged + 1);
    ExpectModel(*backend, found);
    ASSERT_TRUE(fs::is_empty(state + "/scratch"));
  }
  EXPECT_GT(found, 20u);
}

TEST(RocksDbDurability, DISABLED_IsRefused) {
  const auto opened = OpenRocksDbStateBackend(ChildFolder(), SmallOptions());
  ::_exit(opened.status().code() == StatusCode::kFailedPrecondition ? 0 : 1);
}

TEST(RocksDbDurability, OneProcessAtATimeAndReadersBeside) {
  const TemporaryFolder folder;
  auto backend = Open(folder.path());
  CommitUpTo(*backend, 12);
  const auto second = OpenRocksDbStateBackend(folder.path(), SmallOptions());
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition) << second.status().ToString();
  EXPECT_EQ(EndOf(StartChild("IsRefused", folder.path())), 0);

  const auto reader = OpenRocksDbStateReader(folder.path());
  ASSERT_TRUE(reader.ok()) << reader.status().ToString();
  CommitUpTo(*backend, 15);
  EXPECT_EQ((*reader)->last_epoch(), 12u);
  ExpectModel(**reader, 12);
  ExpectModel(*backend, 15);
  EXPECT_EQ(OpenRocksDbStateReader(folder.path() + "/none").status().code(), StatusCode::kNotFound);
}

TEST(RocksDbDurability, DamageIsNamed) {
  const TemporaryFolder folder;
  const std::string whole = folder.path() + "/whole";
  {
    auto backend = Open(whole);
    CommitUpTo(*backend, 30);
  }
  const std::vector<fs::path> tables = FilesOf(whole + "/db", ".sst");
  ASSERT_FALSE(tables.empty());
  const auto copy = [&](const std::string& name) {
    const std::string to = folder.path() + "/" + name;
    fs::copy(whole, to, fs::copy_options::recursive);
    return to;
  };
  const auto expect_loss = [&](const std::string& state, const std::string& file) {
    const auto opened = OpenRocksDbStateBackend(state, SmallOptions());
    Status status = opened.status();
    if (opened.ok()) status = (*opened)->Verify();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status.ToString();
    EXPECT_NE(status.message().find(file), std::string::npos) << status.ToString();
  };
  for (const fs::path& table : tables) {
    const std::string name = table.filename().string();
    std::string state = copy("missing-" + name);
    fs::remove(state + "/db/" + name);
    expect_loss(state, name);
    state = copy("cut-" + name);
    fs::resize_file(state + "/db/" + name, fs::file_size(table) / 2);
    expect_loss(state, name);
    state = copy("changed-" + name);
    {
      std::fstream file(state + "/db/" + name, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(fs::file_size(table) / 3));
      const char byte = static_cast<char>(file.get() ^ 0x40);
      file.seekp(static_cast<std::streamoff>(fs::file_size(table) / 3));
      file.put(byte);
    }
    expect_loss(state, name);
  }
  for (const char* name : {"CURRENT"}) {
    const std::string state = copy(std::string("missing-") + name);
    fs::remove(state + "/db/" + name);
    expect_loss(state, name);
    EXPECT_FALSE(fs::exists(state + "/db/" + name)) << "made anew";
  }
  {
    const std::string state = copy("missing-manifest");
    for (const auto& entry : fs::directory_iterator(state + "/db")) {
      if (entry.path().filename().string().starts_with("MANIFEST")) fs::remove(entry.path());
    }
    expect_loss(state, "MANIFEST");
  }
  {
    const std::string state = copy("missing-db");
    fs::remove_all(state + "/db");
    expect_loss(state, "/db");
  }
}

/// The newest log may end anywhere after a crash, but not before an acknowledged commit.
TEST(RocksDbDurability, ALostLogIsNoticed) {
  const TemporaryFolder folder;
  const std::string state = folder.path() + "/state";
  {
    auto backend = Open(state);
    CommitUpTo(*backend, 4);
  }
  const std::vector<fs::path> logs = FilesOf(state + "/db", ".log");
  ASSERT_FALSE(logs.empty());
  const fs::path log = *std::max_element(
      logs.begin(), logs.end(),
      [](const auto& a, const auto& b) { return fs::file_size(a) < fs::file_size(b); });
  const auto size = fs::file_size(log);
  ASSERT_GT(size, 100u);
  fs::copy(log, folder.path() + "/kept");
  fs::resize_file(log, size - 10);
  auto opened = OpenRocksDbStateBackend(state, SmallOptions());
  EXPECT_EQ(opened.status().code(), StatusCode::kDataLoss) << opened.status().ToString();
  EXPECT_NE(opened.status().message().find("ends with commit 3, but commit 4"), std::string::npos)
      << opened.status().ToString();
}

/// Commits until one fails for lack of room, makes room, goes on. Returns what went wrong.
std::string FillUpAndGoOn(const std::string& state, const std::function<bool(bool)>& set_full) {
  auto opened = OpenRocksDbStateBackend(state, SmallOptions());
  if (!opened.ok()) return opened.status().ToString();
  StateBackend& backend = **opened;
  uint64_t epoch = 0;
  for (int round = 0; round < 2; ++round) {
    Status status;
    if (!set_full(true)) return "the disk can't be filled";
    while (status.ok() && epoch < 2000) {
      status = backend.Commit(epoch + 1, StateModel::DeltasOf(epoch + 1));
      if (status.ok()) ++epoch;
    }
    if (status.code() != StatusCode::kResourceExhausted) return "filling: " + status.ToString();
    if (backend.last_epoch() != epoch) return "the failed commit shows";
    // Still full: it fails again and still nothing is lost.
    status = backend.Commit(epoch + 1, StateModel::DeltasOf(epoch + 1));
    if (status.ok()) ++epoch;
    StateModel model;
    model.ApplyTo(epoch);
    auto rows = StateModel::Read(backend);
    if (!rows.ok()) return "reading while full: " + rows.status().ToString();
    if (*rows != model.rows()) return "other rows while full";
    if (!set_full(false)) return "no room can be made";
    const uint64_t goal = epoch + 12;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (epoch < goal) {
      status = backend.Commit(epoch + 1, StateModel::DeltasOf(epoch + 1));
      // The store may still be busy with looking for room itself; a committer tries again too.
      if (status.IsRetryable() && std::chrono::steady_clock::now() < until) continue;
      if (!status.ok()) return "after room was made: " + status.ToString();
      ++epoch;
    }
    model.ApplyTo(epoch);
    rows = StateModel::Read(backend);
    if (!rows.ok() || *rows != model.rows()) return "other rows after room was made";
  }
  opened = CancelledError("closed");
  auto again = OpenRocksDbStateBackend(state, SmallOptions());
  if (!again.ok()) return "opening again: " + again.status().ToString();
  StateModel model;
  model.ApplyTo(epoch);
  const auto rows = StateModel::Read(**again);
  if ((*again)->last_epoch() != epoch) return "another epoch after opening again";
  if (!rows.ok() || *rows != model.rows()) return "other rows after opening again";
  return "";
}

constexpr int kNotAllowed = 77;

TEST(RocksDbDurability, DISABLED_FillADisk) {
  const std::string disk = ChildFolder();
  if (::unshare(CLONE_NEWNS) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    ::_exit(kNotAllowed);
  }
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (::mount("weir", disk.c_str(), "tmpfs", 0, "size=40m") != 0) ::_exit(kNotAllowed);
  const std::string ballast = disk + "/ballast";
  const std::string problem = FillUpAndGoOn(disk + "/state", [&](bool full) {
    const int descriptor = ::open(ballast.c_str(), O_RDWR | O_CREAT, 0600);
    const auto room = static_cast<off_t>(fs::space(disk).available);
    const bool set = full ? ::posix_fallocate(descriptor, 0, room - (1 << 20)) == 0
                          : ::ftruncate(descriptor, 0) == 0;
    ::close(descriptor);
    return set;
  });
  if (!problem.empty()) std::fprintf(stderr, "%s\n", problem.c_str());
  ::_exit(problem.empty() ? 0 : 1);
}

/// A real full disk: a small tmpfs with a file that takes most of it.
TEST(RocksDbDurability, AFullDiskFailsTheCommitAndRoomLetsItGoOn) {
  const TemporaryFolder folder;
  const int result = EndOf(StartChild("FillADisk", folder.path()));
  if (result == kNotAllowed) GTEST_SKIP() << "mounting a tmpfs is not allowed here";
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace weir
