#include "runtime/state/snapshot.h"

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "runtime/base/durable_files.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr size_t kProblemsNamed = 5;

Micros NowOf(const Clock* clock) {
  return clock == nullptr ? SystemClock::Instance().Now() : clock->Now();
}

/// By time, not by epoch: a state that is made from an old snapshot begins at lower ones.
std::string NameOf(const SnapshotManifest& manifest) {
  const time_t seconds = manifest.taken / kMicrosPerSecond;
  tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &parts);
  return fmt::format("{}.{:06}Z-{}", text, manifest.taken % kMicrosPerSecond,
                     manifest.commit.epoch);
}

/// Hard-linked where allowed and possible, else copied.
Status Bring(const std::string& from, const std::string& to, bool may_link) {
  WEIR_TRY(MakeFolderDurably(fs::path(to).parent_path().string()));
  std::error_code error;
  if (may_link) {
    fs::create_hard_link(from, to, error);
    if (!error) return Status::Ok();
  }
  fs::copy_file(from, to, error);
  if (error == std::errc::no_space_on_device) {
    return ResourceExhaustedError("{}: {}", to, error.message());
  }
  if (error) return IoError("copying {} to {}: {}", from, to, error.message());
  return FsyncFile(to);
}

Result<std::vector<SnapshotManifest::File>> FilesIn(const std::string& folder) {
  std::vector<SnapshotManifest::File> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file()) continue;
    SnapshotManifest::File file;
    file.path = fs::relative(entry.path(), folder, error).string();
    file.size = entry.file_size();
    WEIR_ASSIGN(file.checksum, FileChecksum(entry.path().string()));
    files.push_back(std::move(file));
  }
  if (error) return IoError("{}: {}", folder, error.message());
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

Status CheckCodecs(const SnapshotManifest& manifest, const std::string& snapshot,
                   const std::map<std::string, int>& known) {
  for (const auto& [part, version] : manifest.codec_versions) {
    const auto found = known.find(part);
    if (found != known.end() && version <= found->second) continue;
    return FailedPreconditionError(
        "snapshot {}: its part \"{}\" has codec version {}, this version of flowc reads {}: use "
        "the "
        "one that took the snapshot or a newer one",
        snapshot, part, version,
        found == known.end() ? "no such part" : fmt::format("up to {}", found->second));
  }
  return Status::Ok();
}

/// A path of a manifest must stay inside its folder.
bool IsInside(const std::string& path) {
  const fs::path parsed(path);
  if (parsed.empty() || parsed.is_absolute()) return false;
  return std::none_of(parsed.begin(), parsed.end(), [](const auto& part) { return part == ".."; });
}

}  // namespace

Result<SnapshotManifest> TakeSnapshot(StateDirectory& state, SnapshotStore& store,
                                      const SnapshotRequest& request) {
  WEIR_ASSIGN(const std::string staged, store.Stage());
  SnapshotManifest manifest;
  manifest.pipeline = state.pipeline();
  manifest.incarnation = state.incarnation();
  manifest.flow_text = request.flow_text;
  manifest.codec_versions = request.codec_versions;
  manifest.taken = NowOf(request.clock);
  WEIR_ASSIGN(manifest.commit,
              state.backend().CopyTo(staged, [&](const CommitRecord& commit) -> Status {
                if (request.files == nullptr) return Status::Ok();
                WEIR_ASSIGN(const std::vector<SnapshotFile> files, request.files(commit));
                for (const SnapshotFile& file : files) {
                  WEIR_TRY(Bring(file.source, staged + "/" + file.path, file.is_final));
                }
                return Status::Ok();
              }));
  manifest.name = NameOf(manifest);
  WEIR_ASSIGN(const std::vector<std::string> there, store.List());
  if (std::find(there.begin(), there.end(), manifest.name) != there.end()) {
    // Only where the clock stands still: the one that is there holds the same commit.
    WEIR_ASSIGN(const std::string folder, store.Fetch(manifest.name));
    if (VerifySnapshot(folder).ok()) return SnapshotManifest::Read(folder);
    WEIR_TRY(store.Remove(manifest.name));
  }
  WEIR_ASSIGN(manifest.files, FilesIn(staged));
  WEIR_TRY(manifest.Write(staged));
  WEIR_TRY(store.Publish(staged, manifest.name));
  return manifest;
}

Result<std::vector<std::string>> FindSnapshotProblems(const std::string& folder) {
  WEIR_ASSIGN(const SnapshotManifest manifest, SnapshotManifest::Read(folder));
  std::vector<std::string> problems;
  for (const SnapshotManifest::File& file : manifest.files) {
    const std::string path = folder + "/" + file.path;
    std::error_code error;
    const uint64_t size = fs::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory) {
      problems.push_back(path + " is missing");
      continue;
    }
    if (error) {
      problems.push_back(fmt::format("{}: {}", path, error.message()));
      continue;
    }
    if (size != file.size) {
      problems.push_back(fmt::format("{} has {} bytes instead of {}", path, size, file.size));
      continue;
    }
    const auto checksum = FileChecksum(path);
    if (!checksum.ok()) {
      problems.push_back(checksum.status().message());
    } else if (*checksum != file.checksum) {
      problems.push_back(fmt::format("{} is damaged (other checksum)", path));
    }
  }
  return problems;
}

Status VerifySnapshot(const std::string& folder) {
  WEIR_ASSIGN(const std::vector<std::string> problems, FindSnapshotProblems(folder));
  if (problems.empty()) return Status::Ok();
  std::string text;
  for (size_t i = 0; i < std::min(problems.size(), kProblemsNamed); ++i) {
    text += (i == 0 ? "" : "; ") + problems[i];
  }
  if (problems.size() > kProblemsNamed) {
    text += fmt::format("; and {} more", problems.size() - kProblemsNamed);
  }
  return DataLossError("snapshot {}: {}", folder, text);
}

Result<StateIdentity> RestoreSnapshot(const std::string& snapshot, const std::string& to,
                                      const Clock* clock, const std::map<std::string, int>* known) {
  WEIR_TRY(VerifySnapshot(snapshot));
  WEIR_ASSIGN(const SnapshotManifest manifest, SnapshotManifest::Read(snapshot));
  if (known != nullptr) WEIR_TRY(CheckCodecs(manifest, snapshot, *known));
  WEIR_TRY(MakeFolderDurably(to));
  const std::string mark = StateDirectory::UnfinishedMark(to);
  std::error_code error;
  const std::vector<std::string> parts = {"db", "outbox", "scratch", "last_epoch", "state.json"};
  if (!fs::exists(mark, error)) {
    for (const std::string& part : parts) {
      const std::string path = to + "/" + part;
      if (!fs::exists(path, error) || fs::is_empty(path, error)) continue;
      return FailedPreconditionError(
          "{} has state already ({}): restore into another folder, or move this one away", to,
          path);
    }
  }
  WEIR_TRY(WriteFileDurably(mark, manifest.name + "\n"));
  for (const std::string& part : parts) {
    fs::remove_all(to + "/" + part, error);
    if (error) return IoError("{}/{}: {}", to, part, error.message());
  }
  for (const SnapshotManifest::File& file : manifest.files) {
    if (!IsInside(file.path)) {
      return DataLossError("snapshot {}: the path '{}' leads out of it", snapshot, file.path);
    }
    // Tables are never written again; all else the store may append to.
    const bool is_table = file.path.starts_with("db/") && file.path.ends_with(".sst");
    WEIR_TRY(Bring(snapshot + "/" + file.path, to + "/" + file.path, is_table));
  }
  WEIR_TRY(FsyncFolder(to + "/db"));
  if (fs::is_directory(to + "/outbox", error)) WEIR_TRY(FsyncFolder(to + "/outbox"));
  StateIdentity identity;
  identity.pipeline = manifest.pipeline;
  WEIR_ASSIGN(identity.incarnation, StateIdentity::NewIncarnation());
  identity.made = NowOf(clock);
  identity.from_snapshot = manifest.name;
  identity.from_incarnation = manifest.incarnation;
  identity.from_epoch = manifest.commit.epoch;
  WEIR_TRY(identity.Write(to));
  if (!fs::remove(mark, error)) return IoError("{}: {}", mark, error.message());
  WEIR_TRY(FsyncFolder(to));
  return identity;
}

Result<std::vector<std::string>> PruneSnapshots(SnapshotStore& store, size_t keep) {
  WEIR_ASSIGN(std::vector<std::string> names, store.List());
  if (names.size() <= keep) return std::vector<std::string>();
  names.resize(names.size() - keep);
  for (const std::string& name : names) WEIR_TRY(store.Remove(name));
  return names;
}

}  // namespace weir
