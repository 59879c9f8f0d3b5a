#include "runtime/state/snapshot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/runtime/state/state_model.h"
#include "tests/unit/runtime/state/temporary_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

class SnapshotTest : public testing::Test {
 protected:
  std::unique_ptr<StateDirectory> Open(const std::string& name,
                                       const std::string& pipeline = "shop") {
    RocksDbStateOptions options;
    options.bulk_bytes = 64 * 1024;
    options.clock = &clock_;
    auto opened = StateDirectory::Open(folder_.path() + "/" + name, pipeline, options);
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    return opened.ok() ? *std::move(opened) : nullptr;
  }
  Status Refusal(const std::string& name, const std::string& pipeline = "shop") {
    return StateDirectory::Open(folder_.path() + "/" + name, pipeline).status();
  }

  void CommitUpTo(StateDirectory& state, uint64_t epoch) {
    while (state.backend().last_epoch() < epoch) {
      const uint64_t next = state.backend().last_epoch() + 1;
      const Status committed = state.backend().Commit(next, StateModel::DeltasOf(next));
      ASSERT_TRUE(committed.ok()) << committed.ToString();
      clock_.AdvanceTo(clock_.Now() + kMicrosPerSecond);
    }
  }

  void ExpectModel(StateDirectory& state, uint64_t epoch) {
    StateModel model;
    model.ApplyTo(epoch);
    const auto rows = StateModel::Read(state.backend());
    ASSERT_TRUE(rows.ok()) << rows.status().ToString();
    EXPECT_EQ(state.backend().last_epoch(), epoch);
    EXPECT_EQ(*rows, model.rows());
  }

  SnapshotManifest Take(StateDirectory& state, SnapshotStore& store) {
    SnapshotRequest request;
    request.flow_text = "pipeline shop { }\n\xff";  // bytes that are no UTF-8 hurt nobody
    request.codec_versions = {{"clicks/window", 1}};
    request.clock = &clock_;
    request.files = [&](const CommitRecord& commit) -> Result<std::vector<SnapshotFile>> {
      const std::string segment = state.outbox() + "/segment-" + std::to_string(commit.epoch);
      std::ofstream(segment) << "rows of " << commit.epoch;
      return std::vector<SnapshotFile>{
          {segment, "outbox/segment-" + std::to_string(commit.epoch), false}};
    };
    auto taken = TakeSnapshot(state, store, request);
    EXPECT_TRUE(taken.ok()) << taken.status().ToString();
    return taken.ok() ? *std::move(taken) : SnapshotManifest();
  }

  TemporaryFolder folder_;
  ManualClock clock_{1'700'000'000'000'000};
};

TEST_F(SnapshotTest, AFolderKeepsItsIdentity) {
  std::string incarnation;
  {
    auto state = Open("a");
    EXPECT_TRUE(state->is_new());
    incarnation = state->incarnation();
    EXPECT_EQ(incarnation.size(), 16u);
    CommitUpTo(*state, 2);
    EXPECT_EQ(Refusal("a").code(), StatusCode::kFailedPrecondition) << "it is open";
  }
  {
    auto state = Open("a");
    EXPECT_FALSE(state->is_new());
    EXPECT_EQ(state->incarnation(), incarnation);
    EXPECT_NE(Open("b")->incarnation(), incarnation);
  }
  const Status other = Refusal("a", "orders");
  EXPECT_EQ(other.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(other.message().find("'shop', not to 'orders'"), std::string::npos) << other.message();
}

TEST_F(SnapshotTest, ALostIdentityIsNoticed) {
  const std::string state = folder_.path() + "/a";
  CommitUpTo(*Open("a"), 2);
  fs::rename(state + "/state.json", state + "/kept");
  EXPECT_EQ(Refusal("a").code(), StatusCode::kDataLoss);
  std::ofstream(state + "/state.json") << "{\"format\": 1, \"pipe";
  EXPECT_EQ(Refusal("a").code(), StatusCode::kDataLoss);
  std::ofstream(state + "/state.json") << "{\"format\": 2}";
  EXPECT_EQ(Refusal("a").code(), StatusCode::kFailedPrecondition);
  fs::rename(state + "/kept", state + "/state.json");
  EXPECT_EQ(Open("a")->backend().last_epoch(), 2u);
  fs::remove_all(state + "/db");
  EXPECT_EQ(Refusal("a").code(), StatusCode::kDataLoss);
  fs::remove(state + "/last_epoch");
  EXPECT_EQ(Refusal("a").code(), StatusCode::kDataLoss);
}

TEST_F(SnapshotTest, AFolderWithOtherFilesIsNotMadeOneOfState) {
  const std::string folder = folder_.path() + "/mine";
  fs::create_directories(folder);
  std::ofstream(folder + "/thesis.txt") << "words";
  const Status refused = Refusal("mine");
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.message().find("thesis.txt"), std::string::npos) << refused.message();
  fs::remove(folder + "/thesis.txt");
  EXPECT_EQ(Open("mine")->backend().last_epoch(), 0u);
}

TEST_F(SnapshotTest, RestoresTheCommitThatItNames) {
  auto state = Open("a");
  const auto store = MakeDirectorySnapshotStore(folder_.path() + "/snapshots");
  CommitUpTo(*state, 7);
  const SnapshotManifest early = Take(*state, *store);
  EXPECT_EQ(early.commit.epoch, 7u);
  CommitUpTo(*state, 20);
  const SnapshotManifest late = Take(*state, *store);
  CommitUpTo(*state, 23);
  ExpectModel(*state, 23);
  ASSERT_EQ(*store->List(), (std::vector<std::string>{early.name, late.name}));

  for (const auto& [name, epoch] : {std::pair{early.name, 7u}, {late.name, 20u}}) {
    const std::string snapshot = *store->Fetch(name);
    EXPECT_TRUE(VerifySnapshot(snapshot).ok()) << VerifySnapshot(snapshot).ToString();
    const std::string target = "from-" + std::to_string(epoch);
    const auto identity = RestoreSnapshot(snapshot, folder_.path() + "/" + target, &clock_);
    ASSERT_TRUE(identity.ok()) << identity.status().ToString();
    auto restored = Open(target);
    ASSERT_NE(restored, nullptr);
    EXPECT_FALSE(restored->is_new());
    EXPECT_NE(restored->incarnation(), state->incarnation());
    EXPECT_EQ(restored->identity().from_snapshot, name);
    ExpectModel(*restored, epoch);
    std::ifstream segment(restored->outbox() + "/segment-" + std::to_string(epoch));
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(segment), {}}),
              "rows of " + std::to_string(epoch));
    // What it goes on to write changes neither the snapshot nor where it came from.
    CommitUpTo(*restored, epoch + 6);
    ExpectModel(*restored, epoch + 6);
    EXPECT_TRUE(VerifySnapshot(snapshot).ok()) << VerifySnapshot(snapshot).ToString();
    EXPECT_EQ(RestoreSnapshot(snapshot, folder_.path() + "/" + target).status().code(),
              StatusCode::kFailedPrecondition);
  }
  ExpectModel(*state, 23);
}

TEST_F(SnapshotTest, DamageIsNamedFileByFile) {
  auto state = Open("a");
  const auto store = MakeDirectorySnapshotStore(folder_.path() + "/snapshots");
  CommitUpTo(*state, 10);
  const SnapshotManifest taken = Take(*state, *store);
  const std::string snapshot = *store->Fetch(taken.name);
  ASSERT_GT(taken.files.size(), 3u);
  for (const SnapshotManifest::File& file : taken.files) {
    const std::string damaged = folder_.path() + "/damaged";
    fs::remove_all(damaged);
    fs::copy(snapshot, damaged, fs::copy_options::recursive);
    if (file.size > 0) {
      std::fstream bytes(damaged + "/" + file.path, std::ios::in | std::ios::out);
      const char last = static_cast<char>(bytes.seekg(-1, std::ios::end).get() ^ 1);
      bytes.seekp(-1, std::ios::end).put(last);
      bytes.close();
      const Status status = VerifySnapshot(damaged);
      EXPECT_EQ(status.code(), StatusCode::kDataLoss);
      EXPECT_NE(status.message().find(file.path + " is damaged"), std::string::npos)
          << status.message();
    }
    fs::remove(damaged + "/" + file.path);
    const Status status = RestoreSnapshot(damaged, folder_.path() + "/never").status();
    EXPECT_EQ(status.code(), StatusCode::kDataLoss);
    EXPECT_NE(status.message().find(file.path + " is missing"), std::string::npos);
    EXPECT_FALSE(fs::exists(folder_.path() + "/never"));
  }
  std::fstream manifest(SnapshotManifest::PathIn(snapshot), std::ios::in | std::ios::out);
  manifest.seekp(40).put('#');
  manifest.close();
  EXPECT_EQ(VerifySnapshot(snapshot).code(), StatusCode::kDataLoss);
}

TEST_F(SnapshotTest, AnUnfinishedRestoreIsBegunAnew) {
  auto state = Open("a");
  const auto store = MakeDirectorySnapshotStore(folder_.path() + "/snapshots");
  CommitUpTo(*state, 6);
  const std::string snapshot = *store->Fetch(Take(*state, *store).name);
  const std::string target = folder_.path() + "/b";
  ASSERT_TRUE(RestoreSnapshot(snapshot, target).ok());
  // As if it had been cut short.
  std::ofstream(StateDirectory::UnfinishedMark(target)) << "x";
  fs::remove(target + "/db/CURRENT");
  EXPECT_EQ(Refusal("b").code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(RestoreSnapshot(snapshot, target).ok());
  auto restored = Open("b");
  ASSERT_NE(restored, nullptr);
  ExpectModel(*restored, 6);
}

TEST_F(SnapshotTest, KeepsTheNewestAndClearsLeftovers) {
  auto state = Open("a");
  const std::string folder = folder_.path() + "/snapshots";
  const auto store = MakeDirectorySnapshotStore(folder);
  std::vector<std::string> names;
  for (uint64_t epoch = 1; epoch <= 5; ++epoch) {
    CommitUpTo(*state, epoch);
    names.push_back(Take(*state, *store).name);
  }
  EXPECT_EQ(Take(*state, *store).name, names.back()) << "nothing was committed since";
  fs::create_directories(folder + "/.tmp-123/db");
  EXPECT_EQ(*PruneSnapshots(*store, 2), (std::vector<std::string>(names.begin(), names.end() - 2)));
  EXPECT_EQ(*store->List(), (std::vector<std::string>(names.end() - 2, names.end())));
  EXPECT_FALSE(fs::exists(folder + "/.tmp-123"));
  EXPECT_EQ(PruneSnapshots(*store, 2)->size(), 0u);
}

TEST_F(SnapshotTest, AnUnknownCodecIsRefusedAndNamed) {
  auto state = Open("state");
  CommitUpTo(*state, 2);
  const std::string snapshots = folder_.path() + "/snapshots";
  const auto store = MakeDirectorySnapshotStore(snapshots);
  const SnapshotManifest manifest = Take(*state, *store);  // {"clicks/window", 1}
  const std::string from = snapshots + "/" + manifest.name;
  const std::string to = folder_.path() + "/restored";
  std::map<std::string, int> known;
  Status refused = RestoreSnapshot(from, to, &clock_, &known).status();
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  for (const char* part : {"\"clicks/window\"", "codec version 1", "no such part"}) {
    EXPECT_NE(refused.message().find(part), std::string::npos) << refused.message();
  }
  known["clicks/window"] = 0;
  refused = RestoreSnapshot(from, to, &clock_, &known).status();
  EXPECT_NE(refused.message().find("reads up to 0"), std::string::npos) << refused.message();
  EXPECT_FALSE(fs::exists(to));
  known["clicks/window"] = 2;  // an older one is read
  const auto restored = RestoreSnapshot(from, to, &clock_, &known);
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_EQ(restored->from_incarnation, manifest.incarnation);
  EXPECT_EQ(StateIdentity::Read(to)->from_epoch, 2U);
}

}  // namespace
}  // namespace weir
