#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "runtime/base/durable_files.h"
#include "runtime/state/snapshot_store.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStaged = ".tmp-";
constexpr std::string_view kRemoved = ".old-";

class DirectorySnapshotStore final : public SnapshotStore {
 public:
  explicit DirectorySnapshotStore(std::string folder) : folder_(std::move(folder)) {}

  Result<std::string> Stage() override {
    WEIR_TRY(MakeFolderDurably(folder_));
    WEIR_TRY(RemoveLeftovers());
    const std::string staged = fmt::format("{}/{}{}", folder_, kStaged, ::getpid());
    WEIR_TRY(MakeFolderDurably(staged));
    return staged;
  }

  Status Publish(const std::string& staged, const std::string& name) override {
    std::error_code error;
    std::vector<std::string> folders{staged};
    for (const auto& entry : fs::recursive_directory_iterator(staged, error)) {
      if (entry.is_directory()) {
        folders.push_back(entry.path().string());
      } else {
        WEIR_TRY(FsyncFile(entry.path().string()));
      }
    }
    if (error) return IoError("{}: {}", staged, error.message());
    for (const std::string& folder : folders) WEIR_TRY(FsyncFolder(folder));
    return RenameDurably(staged, folder_ + "/" + name);
  }

  Result<std::vector<std::string>> List() const override {
    std::vector<std::string> names;
    std::error_code error;
    if (!fs::exists(folder_, error)) return names;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_directory() && !name.starts_with('.')) names.push_back(name);
    }
    if (error) return IoError("{}: {}", folder_, error.message());
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> Fetch(const std::string& name) const override {
    std::string path = folder_ + "/" + name;
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return NotFoundError("{}: no such snapshot", path);
    return path;
  }

  /// Under another name first: a removal that is cut short leaves no half snapshot.
  Status Remove(const std::string& name) override {
    WEIR_TRY(RenameDurably(folder_ + "/" + name, fmt::format("{}/{}{}", folder_, kRemoved, name)));
    return RemoveLeftovers();
  }

 private:
  Status RemoveLeftovers() {
    std::error_code error;
    std::vector<fs::path> leftovers;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(kStaged) || name.starts_with(kRemoved)) {
        leftovers.push_back(entry.path());
      }
    }
    for (const fs::path& path : leftovers) {
      fs::remove_all(path, error);
      if (error) return IoError("{}: {}", path.string(), error.message());
    }
    if (error) return IoError("{}: {}", folder_, error.message());
    return Status::Ok();
  }

  const std::string folder_;
};

}  // namespace

std::unique_ptr<SnapshotStore> MakeDirectorySnapshotStore(const std::string& folder) {
  return std::make_unique<DirectorySnapshotStore>(folder);
}

}  // namespace weir
