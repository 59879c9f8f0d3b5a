#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "compiler/flowc/command.h"
#include "compiler/flowc/human_units.h"
#include "compiler/flowc/run_record.h"
#include "compiler/flowc/terminal.h"
#include "runtime/state/snapshot.h"
#include "runtime/types/text.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kCommitsShown = 10;

struct SnapshotView {
  std::string folder;
  SnapshotManifest manifest;
  std::vector<std::string> problems;  ///< with --verify, or when the manifest is damaged
};

std::string Rfc3339(Micros time) {
  std::string text;
  AppendTimestamp(time, text);
  return text;
}

Json CommitJson(const CommitRecord& commit) {
  Json json = {{"epoch", commit.epoch},
               {"time", Rfc3339(commit.time)},
               {"entries", commit.entries},
               {"bytes", commit.bytes},
               {"as_files", commit.as_files}};
  if (commit.duration > 0) json["milliseconds"] = static_cast<double>(commit.duration) / 1000;
  return json;
}

class CheckpointsCommand final : public Command {
 public:
  std::string name() const override { return "checkpoints"; }
  std::string summary() const override {
    return "Shows the commits and snapshots of a state folder";
  }
  std::string examples() const override {
    return "  flowc checkpoints .weir/shop\n"
           "  flowc checkpoints .weir/shop --verify\n"
           "  flowc checkpoints .weir/shop --snapshots /backup/shop --json\n"
           "Also while the pipeline runs. --verify reads every file and names what is damaged or "
           "missing;\n"
           "exit code 1 when something is.";
  }
  void Define(CLI::App& app) override {
    app.add_option("dir", folder_, "State folder of a pipeline")->required()->type_name("DIR");
    app.add_option("--snapshots", snapshots_,
                   "Where the snapshots are, if not where the last run "
                   "put them")
        ->type_name("DIR");
    app.add_flag("--verify", verify_, "Read everything and check it");
    app.add_flag("--json", json_, "As JSON");
  }

  int Run() override {
    if (snapshots_.empty()) snapshots_ = SnapshotFolder();
    LoadState();
    const Status listed = LoadSnapshots();
    if (!listed.ok()) problems_.push_back(listed.message());
    if (!identity_ && views_.empty() && not_found_) {
      Log(fmt::format("{} holds no state of a pipeline: `flowc run --state DIR` makes one",
                      folder_));
      return kExitFailed;
    }
    if (json_) {
      Print(ToJson().dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    } else {
      PrintText();
    }
    for (const std::string& problem : problems_) Log(problem);
    bool bad = !problems_.empty();
    for (const SnapshotView& view : views_) bad = bad || !view.problems.empty();
    if (!problems_.empty()) Offer();
    return bad ? kExitFailed : kExitOk;
  }

 private:
  std::string SnapshotFolder() const {
    const auto record = RunRecord::Read(folder_);
    return record.ok() && !record->snapshots.empty() ? record->snapshots : folder_ + "/snapshots";
  }

  void LoadState() {
    auto identity = StateIdentity::Read(folder_);
    not_found_ = identity.status().code() == StatusCode::kNotFound;
    if (identity.ok()) {
      identity_ = *std::move(identity);
    } else if (!not_found_) {
      problems_.push_back(identity.status().message());
    }
    auto reader = OpenRocksDbStateReader(folder_);
    if (!reader.ok()) {
      if (!not_found_) problems_.push_back(reader.status().message());
      return;
    }
    // A store with commits has said whose it is.
    if (not_found_) problems_.push_back(identity.status().message());
    not_found_ = false;
    commits_ = (*reader)->Commits();
    disk_bytes_ = (*reader)->DiskBytes();
    if (!verify_) return;
    const Status verified = (*reader)->Verify();
    if (!verified.ok()) problems_.push_back(verified.message());
  }

  Status LoadSnapshots() {
    const auto store = MakeDirectorySnapshotStore(snapshots_);
    WEIR_ASSIGN(const std::vector<std::string> names, store->List());
    for (const std::string& name : names) {
      SnapshotView view;
      WEIR_ASSIGN(view.folder, store->Fetch(name));
      auto manifest = SnapshotManifest::Read(view.folder);
      if (manifest.ok()) {
        view.manifest = *std::move(manifest);
        if (verify_) {
          WEIR_ASSIGN(view.problems, FindSnapshotProblems(view.folder));
        }
      } else {
        view.problems.push_back(manifest.status().message());
      }
      view.manifest.name = name;
      views_.push_back(std::move(view));
    }
    return Status::Ok();
  }

  /// The newest snapshot that is whole.
  void Offer() const {
    for (auto view = views_.rbegin(); view != views_.rend(); ++view) {
      const auto problems = FindSnapshotProblems(view->folder);
      if (!problems.ok() || !problems->empty()) continue;
      Log(fmt::format("the newest whole snapshot is {} (epoch {})", view->folder,
                      view->manifest.commit.epoch));
      return;
    }
  }

  Json ToJson() const {
    Json json = {{"folder", folder_}};
    if (identity_) {
      json["pipeline"] = identity_->pipeline;
      json["incarnation"] = identity_->incarnation;
      json["made"] = Rfc3339(identity_->made);
      if (!identity_->from_snapshot.empty()) json["from_snapshot"] = identity_->from_snapshot;
    }
    json["bytes"] = disk_bytes_;
    json["last_commit"] = commits_.empty() ? Json() : CommitJson(commits_.back());
    json["commits"] = Json::array();
    for (const CommitRecord& commit : commits_) json["commits"].push_back(CommitJson(commit));
    json["snapshots"] = Json::array();
    for (const SnapshotView& view : views_) {
      Json snapshot = {{"name", view.manifest.name}, {"folder", view.folder}};
      if (!view.manifest.incarnation.empty()) {
        snapshot["epoch"] = view.manifest.commit.epoch;
        snapshot["taken"] = Rfc3339(view.manifest.taken);
        snapshot["bytes"] = view.manifest.bytes();
        snapshot["pipeline"] = view.manifest.pipeline;
        snapshot["incarnation"] = view.manifest.incarnation;
      }
      if (verify_ || !view.problems.empty()) snapshot["problems"] = view.problems;
      json["snapshots"].push_back(std::move(snapshot));
    }
    if (verify_ || !problems_.empty()) json["problems"] = problems_;
    return json;
  }

  void PrintText() const {
    const Micros now = SystemClock::Instance().Now();
    std::string text;
    if (identity_) {
      text += fmt::format(
          "pipeline     {}\nincarnation  {}, made {}{}\n", identity_->pipeline,
          identity_->incarnation, TimeText(identity_->made),
          identity_->from_snapshot.empty() ? "" : " from snapshot " + identity_->from_snapshot);
    }
    text += fmt::format("on disk      {}\n", BytesText(disk_bytes_));
    if (commits_.empty()) {
      text += "commits      none yet\n";
    } else {
      const CommitRecord& last = commits_.back();
      text += fmt::format("last commit  epoch {}, {} ago\n\n", last.epoch,
                          DurationText(now - last.time));
      text += fmt::format("{:>10}  {:<20} {:>12} {:>10} {:>9}\n", "epoch", "committed", "changes",
                          "size", "took");
      const size_t shown = std::min(commits_.size(), kCommitsShown);
      for (size_t i = commits_.size(); i > commits_.size() - shown; --i) {
        const CommitRecord& commit = commits_[i - 1];
        text +=
            fmt::format("{:>10}  {:<20} {:>12} {:>10} {:>9}\n", commit.epoch, TimeText(commit.time),
                        Grouped(static_cast<int64_t>(commit.entries)), BytesText(commit.bytes),
                        commit.duration > 0 ? DurationText(commit.duration) : "");
      }
    }
    if (views_.empty()) {
      text += fmt::format("\nno snapshots in {}\n", snapshots_);
    } else {
      text += fmt::format("\n{:<34} {:>10} {:>9} {:>10}\n", "snapshot", "epoch", "age", "size");
    }
    for (auto view = views_.rbegin(); view != views_.rend(); ++view) {
      const SnapshotManifest& manifest = view->manifest;
      if (manifest.incarnation.empty()) {
        text += fmt::format("{:<34}\n", manifest.name);
      } else {
        text += fmt::format("{:<34} {:>10} {:>9} {:>10}{}\n", manifest.name, manifest.commit.epoch,
                            DurationText(now - manifest.taken), BytesText(manifest.bytes()),
                            verify_ && view->problems.empty() ? "  whole" : "");
      }
      for (const std::string& problem : view->problems) text += "  ! " + problem + "\n";
    }
    if (verify_ && problems_.empty() && !commits_.empty()) {
      text += "\nthe live state is whole; rows in the outbox are checked when a run starts\n";
    }
    Print(text);
  }

  std::string folder_, snapshots_;
  bool verify_ = false, json_ = false;

  std::optional<StateIdentity> identity_;
  bool not_found_ = false;
  std::vector<CommitRecord> commits_;
  uint64_t disk_bytes_ = 0;
  std::vector<SnapshotView> views_;
  std::vector<std::string> problems_;  ///< of the live state
};

}  // namespace

std::unique_ptr<Command> MakeCheckpointsCommand() { return std::make_unique<CheckpointsCommand>(); }

}  // namespace weir::flowc
