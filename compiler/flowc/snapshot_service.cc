#include "compiler/flowc/snapshot_service.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "runtime/base/log.h"
#include "runtime/exec/state_codecs.h"

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKeepAll = 0;

/// Keeps the outbox's files in their place.
class OutboxPin {
 public:
  explicit OutboxPin(Outbox& outbox) : outbox_(outbox) {}
  ~OutboxPin() {
    if (pinned_) outbox_.Unpin();
  }
  OutboxPin(const OutboxPin&) = delete;
  OutboxPin& operator=(const OutboxPin&) = delete;

  std::vector<SnapshotFile> Files() {
    std::vector<SnapshotFile> files;
    for (const std::string& path : outbox_.Pin()) {
      files.push_back({path, "outbox/" + fs::path(path).filename().string(), false});
    }
    pinned_ = true;
    return files;
  }

 private:
  Outbox& outbox_;
  bool pinned_ = false;
};

}  // namespace

SnapshotService::SnapshotService(StateDirectory& state, Outbox& outbox, std::string flow_text,
                                 const plan::LogicalPlan& plan)
    : state_(state),
      outbox_(outbox),
      flow_text_(std::move(flow_text)),
      codecs_(StateCodecsOf(plan)),
      // Snapshots of other pipelines may be beside these, and must not be counted among them.
      folder_(plan.settings.snapshot_dir.empty()
                  ? state.snapshots()
                  : plan.settings.snapshot_dir + "/" + state.pipeline()),
      every_(plan.settings.snapshot_every),
      kept_(static_cast<size_t>(plan.settings.snapshots_kept)),
      taken_epoch_(state.backend().last_epoch()) {}

SnapshotService::~SnapshotService() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SnapshotService::Start() {
  if (every_ > 0) thread_ = std::thread([this] { Loop(); });
}

void SnapshotService::Loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::microseconds(every_), [this] { return stopping_; })) {
    lock.unlock();
    const Status taken = TakePeriodic();
    if (!taken.ok()) LogLine(fmt::format("no snapshot: {}", taken.message()));
    lock.lock();
  }
}

/// Nothing new is no reason for another copy.
Status SnapshotService::TakePeriodic() {
  if (state_.backend().last_epoch() == taken_epoch_) return Status::Ok();
  return Take(folder_, kept_).status();
}

Result<uint64_t> SnapshotService::StoredUpTo(uint64_t committed, bool last) {
  if (last && stored_epoch_.load(std::memory_order_acquire) < committed) {
    WEIR_TRY(Take(folder_, kept_).status());
  }
  return std::min(committed, stored_epoch_.load(std::memory_order_acquire));
}

Result<std::string> SnapshotService::TakeSavepoint(const std::string& to) {
  return Take(to.empty() ? state_.folder() + "/savepoints" : to, kKeepAll);
}

Result<std::string> SnapshotService::Take(const std::string& folder, size_t keep) {
  const std::lock_guard lock(taking_);
  const std::unique_ptr<SnapshotStore> store = MakeDirectorySnapshotStore(folder);
  OutboxPin pin(outbox_);
  SnapshotRequest request;
  request.flow_text = flow_text_;
  request.codec_versions = codecs_;
  request.files = [&pin](const CommitRecord&) -> Result<std::vector<SnapshotFile>> {
    return pin.Files();
  };
  WEIR_ASSIGN(const SnapshotManifest manifest, TakeSnapshot(state_, *store, request));
  taken_epoch_ = manifest.commit.epoch;
  if (keep != kKeepAll) stored_epoch_.store(manifest.commit.epoch, std::memory_order_release);
  if (keep != kKeepAll) WEIR_TRY(PruneSnapshots(*store, keep).status());
  return folder + "/" + manifest.name;
}

}  // namespace weir::flowc
