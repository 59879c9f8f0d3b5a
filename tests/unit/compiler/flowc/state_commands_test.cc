#include <gtest/gtest.h>
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/human_units.h"
#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/exec/thread_scheduler.h"
#include "runtime/state/snapshot.h"

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kFlowFile = "tests/unit/compiler/flowc/state_shop.flow";

struct Output {
  int code = -1;
  std::string text, errors;

  std::vector<Json> lines() const {
    std::vector<Json> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
    return all;
  }
};

Output Run(std::unique_ptr<Command> command, std::vector<std::string> arguments) {
  CLI::App app;
  command->Define(app);
  std::reverse(arguments.begin(), arguments.end());
  app.parse(arguments);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Output output;
  output.code = command->Run();
  output.text = testing::internal::GetCapturedStdout();
  output.errors = testing::internal::GetCapturedStderr();
  return output;
}
Output RunState(std::vector<std::string> arguments) {
  return Run(MakeStateCommand(), std::move(arguments));
}
Output RunCheckpoints(std::vector<std::string> arguments) {
  return Run(MakeCheckpointsCommand(), std::move(arguments));
}

/// The state that a real run of the pipeline has committed.
class StateCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "weir-cli-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    folder_ = root_ + "/state";
    flow_ = root_ + "/shop.flow";
    fs::copy_file(kFlowFile, flow_);
    auto opened = StateDirectory::Open(folder_, "shop");
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    state_ = *std::move(opened);
    RunPipeline();
  }
  void TearDown() override {
    state_.reset();
    fs::remove_all(root_);
  }

  void RunPipeline() {
    Frontend frontend;
    FrontendOptions options;
    options.check_only = false;
    const auto compiled = frontend.Compile(flow_, options);
    ASSERT_TRUE(compiled.ok());
    if (frontend.failed()) frontend.Report();
    ASSERT_FALSE(frontend.failed());
    MemoryConnectors connectors;
    for (const auto& [card, country, second] :
         {std::tuple{"visa-1", "DE", 0}, {"visa-2", "FR", 1}, {"visa-1", "DE", 9}}) {
      connectors.Give("sales", fmt::format(R"({{"card": "{}", "country": "{}", "amount": 12.50, )"
                                           R"("at": "2026-01-01T10:00:{:02}Z"}})",
                                           card, country, second));
    }
    JobOptions job_options;
    job_options.workers = 2;
    job_options.clock = &SystemClock::Instance();
    job_options.connectors = &connectors;
    job_options.state = &state_->backend();
    job_options.checkpoint_every = 1'000;
    auto job = Job::Build(compiled->physical, job_options);
    ASSERT_TRUE(job.ok()) << job.status().ToString();
    ASSERT_TRUE((*job)->Start().ok());
    ThreadScheduler scheduler;
    const auto has_all = [&] {
      for (const NamedLedger& named : (*job)->LiveLedgers()) {
        if (named.ledger.records_read == 3) (*job)->RequestStop();
      }
    };
    ASSERT_TRUE(scheduler.Run(**job, has_all).ok());
    ASSERT_TRUE((*job)->Close().ok());
    ASSERT_GE(state_->backend().last_epoch(), 1u);
  }

  std::string root_, folder_, flow_;
  std::unique_ptr<StateDirectory> state_;
};

// All beside the process that has the state open.

TEST_F(StateCommandsTest, ListsOperators) {
  const Output text = RunState({folder_});
  EXPECT_EQ(text.code, 0) << text.errors;
  EXPECT_NE(text.text.find("visits/visit"), std::string::npos) << text.text;
  const Json json = Json::parse(RunState({folder_, "--json"}).text);
  EXPECT_EQ(json["epoch"], state_->backend().last_epoch());
  bool found = false;
  for (const Json& entry : json["operators"]) {
    if (entry["operator"] != "probes/watch" || entry["slot"] != "keys") continue;
    found = true;
    EXPECT_EQ(entry["entries"], 2);
    EXPECT_GT(entry["bytes"], 20);
  }
  EXPECT_TRUE(found) << json.dump(2);
}

TEST_F(StateCommandsTest, ShowsFieldsByTheTypesOfThePipeline) {
  const Output process = RunState({folder_, "probes/watch", "visa-1", "--flow", flow_});
  ASSERT_EQ(process.code, 0) << process.errors;
  ASSERT_EQ(process.lines().size(), 1u) << process.text;
  const Json entry = process.lines()[0];
  EXPECT_EQ(entry["slot"], "keys");
  EXPECT_EQ(entry["key"], "visa-1");
  EXPECT_EQ(entry["value"]["state"], Json({{"small", 2}}));
  EXPECT_EQ(entry["value"]["timers"]["quiet"], "2026-01-01T10:10:09.000000Z") << process.text;

  const Output session = RunState({folder_, "visits/visit", "visa-2", "--flow", flow_});
  ASSERT_EQ(session.lines().size(), 1u) << session.text << session.errors;
  const Json sessions = session.lines()[0]["value"];
  ASSERT_EQ(sessions.size(), 1u) << session.text;
  EXPECT_EQ(sessions[0]["count"], 1);
  EXPECT_EQ(sessions[0]["state"], Json({{"spent", 12.5}}));

  const Output window = RunState(
      {folder_, "hourly/hours", R"(["DE", "visa-1"])", "--flow", flow_, "--slot", "groups"});
  ASSERT_EQ(window.lines().size(), 1u) << window.text << window.errors;
  EXPECT_EQ(window.lines()[0]["key"]["from"], "2026-01-01T10:00:00.000000Z") << window.text;
  EXPECT_EQ(window.lines()[0]["value"]["aggregates"], Json({{"sold", 2}, {"taken", 25.0}}));
}

TEST_F(StateCommandsTest, SaysWhatItCanWithoutThePipeline) {
  const Output positions = RunState({folder_, "sales"});
  EXPECT_EQ(positions.code, 0) << positions.errors;
  bool found = false;
  for (const Json& line : positions.lines()) {
    if (line["slot"] != "positions") continue;
    found = true;
    EXPECT_EQ(line["value"]["ended"], false);
    EXPECT_EQ(line["value"]["max_event_time"], "2026-01-01T10:00:09.000000Z");
  }
  EXPECT_TRUE(found) << positions.text;
  const Output raw = RunState({folder_, "probes/watch", "--slot", "keys", "--limit", "1"});
  EXPECT_EQ(raw.lines().size(), 1u) << raw.text;
  EXPECT_NE(raw.errors.find("1 more entries"), std::string::npos) << raw.errors;
  EXPECT_NE(raw.errors.find("without the types"), std::string::npos) << raw.errors;
}

TEST_F(StateCommandsTest, WrongNamesGetAHint) {
  const Output name = RunState({folder_, "visits/vist"});
  EXPECT_EQ(name.code, 1);
  EXPECT_NE(name.errors.find("did you mean `visits/visit`?"), std::string::npos) << name.errors;
  const Output key = RunState({folder_, "visits/visit", "nobody", "--flow", flow_});
  EXPECT_EQ(key.code, 1);
  EXPECT_NE(key.errors.find("no entry of the key nobody"), std::string::npos) << key.errors;
  EXPECT_EQ(RunState({root_ + "/none"}).code, 1);
  const Output none = RunCheckpoints({root_ + "/none"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.errors.find("holds no state of a pipeline"), std::string::npos) << none.errors;
}

TEST_F(StateCommandsTest, CheckpointsListsCommitsAndSnapshotsAndVerifies) {
  const auto store = MakeDirectorySnapshotStore(state_->snapshots());
  SnapshotRequest request;
  request.flow_text = "pipeline shop";
  const auto whole = TakeSnapshot(*state_, *store, request);
  ASSERT_TRUE(whole.ok()) << whole.status().ToString();
  ASSERT_TRUE(state_->backend().Commit(state_->backend().last_epoch() + 1, {}).ok());
  const auto damaged = TakeSnapshot(*state_, *store, request);
  ASSERT_TRUE(damaged.ok()) << damaged.status().ToString();

  const Json json = Json::parse(RunCheckpoints({folder_, "--json"}).text);
  EXPECT_EQ(json["pipeline"], "shop");
  EXPECT_EQ(json["incarnation"], state_->incarnation());
  EXPECT_EQ(json["last_commit"]["epoch"], state_->backend().last_epoch());
  ASSERT_EQ(json["snapshots"].size(), 2u);
  EXPECT_EQ(json["snapshots"][0]["epoch"], whole->commit.epoch);
  EXPECT_EQ(json["snapshots"][0]["bytes"], whole->bytes());
  const Output text = RunCheckpoints({folder_, "--verify"});
  EXPECT_EQ(text.code, 0) << text.errors;
  EXPECT_NE(text.text.find("the live state is whole"), std::string::npos) << text.text;

  const std::string lost = damaged->files.back().path;
  fs::remove(*store->Fetch(damaged->name) + "/" + lost);
  const Output bad = RunCheckpoints({folder_, "--verify"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.text.find(lost + " is missing"), std::string::npos) << bad.text;

  // Of a state that is lost the newest whole snapshot is named.
  state_.reset();
  fs::remove(folder_ + "/db/CURRENT");
  const Output dead = RunCheckpoints({folder_});
  EXPECT_EQ(dead.code, 1);
  EXPECT_NE(dead.errors.find("CURRENT is missing"), std::string::npos) << dead.errors;
  EXPECT_NE(dead.errors.find("newest whole snapshot is"), std::string::npos) << dead.errors;
  EXPECT_NE(dead.errors.find(whole->name), std::string::npos) << dead.errors;
}

TEST(HumanUnits, AreShort) {
  EXPECT_EQ(BytesText(17), "17 B");
  EXPECT_EQ(BytesText(1536), "1.5 KiB");
  EXPECT_EQ(DurationText(90 * kMicrosPerSecond), "1.5 min");
  EXPECT_EQ(DurationText(250'000), "250 ms");
  EXPECT_EQ(TimeText(0), "1970-01-01 00:00:00Z");
}

}  // namespace
}  // namespace weir::flowc
