#include "tests/simulation/disk_model.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "tests/simulation/fault_disk.h"

namespace weir::simulation {

namespace fs = std::filesystem;

namespace {

constexpr int64_t kSector = 512;
constexpr uint64_t kPage = 4096;

}  // namespace

DiskModel::DiskModel(std::string root)
    : root_(std::move(root)), root_inode_(FaultDisk::InodeOf(root_.c_str())) {
  are_folders_.insert(root_inode_);
  folders_[root_inode_];
}

void DiskModel::Perform(const Change& change, std::string& bytes, size_t size) {
  if (change.truncates) {
    bytes.resize(change.offset);
    return;
  }
  if (bytes.size() < change.offset + size) bytes.resize(change.offset + size);
  bytes.replace(change.offset, size, change.bytes, 0, size);
}

void DiskModel::Perform(const Renaming& renaming, std::map<uint64_t, Names>& folders) {
  Names& names = folders[renaming.folder];
  if (renaming.tag == Tag::kLink) {
    names[renaming.name] = renaming.other;
  } else if (renaming.tag == Tag::kUnlink) {
    names.erase(renaming.name);
  } else {
    const auto found = names.find(renaming.name);
    if (found == names.end()) return;
    const uint64_t inode = found->second;
    names.erase(found);
    folders[renaming.other][renaming.new_name] = inode;
  }
}

void DiskModel::Sync(uint64_t inode) {
  if (!are_folders_.contains(inode)) {
    File& file = files_[inode];
    for (const Change& change : file.unsynced) {
      if (!change.lost) Perform(change, file.durable, change.bytes.size());
    }
    // What is lost stays so, unless its page is written to again: the cache takes it for written.
    std::erase_if(file.unsynced, [](const Change& change) { return !change.lost; });
    return;
  }
  std::vector<Renaming> left;
  for (Renaming& renaming : renamings_) {
    const bool ours =
        renaming.folder == inode || (renaming.tag == Tag::kRename && renaming.other == inode);
    if (ours) {
      Perform(renaming, folders_);
    } else {
      left.push_back(std::move(renaming));
    }
  }
  renamings_ = std::move(left);
}

/// A page that is written to again is written back as a whole.
void DiskModel::Write(File& file, const Entry& entry) {
  const uint64_t first = entry.b / kPage, last = (entry.b + entry.x.size()) / kPage;
  for (Change& change : file.unsynced) {
    const uint64_t end = (change.offset + change.bytes.size()) / kPage;
    if (change.offset / kPage <= last && end >= first) change.lost = false;
  }
  file.unsynced.push_back({entry.b, false, false, std::string(entry.x)});
}

void DiskModel::Apply(const Trail& trail) {
  trail.ForEach([this](const Entry& entry) {
    switch (entry.tag) {
      case Tag::kLink:
        if (entry.c != 0) {
          are_folders_.insert(entry.b);
          folders_[entry.b];
        }
        renamings_.push_back({entry.tag, entry.a, entry.b, std::string(entry.x), {}});
        break;
      case Tag::kUnlink:
        renamings_.push_back({entry.tag, entry.a, 0, std::string(entry.x), {}});
        break;
      case Tag::kRename:
        renamings_.push_back(
            {entry.tag, entry.a, entry.b, std::string(entry.x), std::string(entry.y)});
        break;
      case Tag::kWrite: Write(files_[entry.a], entry); break;
      case Tag::kTruncate: files_[entry.a].unsynced.push_back({entry.b, true, false, {}}); break;
      case Tag::kSync: Sync(entry.a); break;
      case Tag::kFailedSync:
        for (Change& change : files_[entry.a].unsynced) change.lost = true;
        break;
      default: break;
    }
  });
}

bool DiskModel::HasUnsynced() const {
  return !renamings_.empty() || std::any_of(files_.begin(), files_.end(), [](const auto& file) {
    return !file.second.unsynced.empty();
  });
}

void DiskModel::FailPower(Choices& choices) {
  // From what gets lost almost always to what gets lost almost never.
  const uint64_t keeps = static_cast<uint64_t>(choices.OneOf({1, 2, 8, 1000}));
  std::set<uint64_t> cut;
  for (const Renaming& renaming : renamings_) {
    const bool follows = cut.contains(renaming.folder) || cut.contains(renaming.other);
    if (follows || choices.OneIn(keeps)) {
      cut.insert(renaming.folder);
      if (renaming.tag == Tag::kRename) cut.insert(renaming.other);
      continue;
    }
    Perform(renaming, folders_);
  }
  renamings_.clear();
  for (auto& [inode, file] : files_) {
    for (const Change& change : file.unsynced) {
      if (change.lost) continue;
      if (!choices.OneIn(keeps)) {
        Perform(change, file.durable, change.bytes.size());
        continue;
      }
      const auto size = static_cast<int64_t>(change.bytes.size());
      if (!change.truncates && size > 0) {
        // A sector is written whole or not.
        const auto end = static_cast<int64_t>(change.offset) + choices.Between(0, size);
        const int64_t whole = end / kSector * kSector - static_cast<int64_t>(change.offset);
        if (whole > 0) Perform(change, file.durable, static_cast<size_t>(whole));
      }
      break;
    }
    file.unsynced.clear();
  }
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root_)) fs::remove_all(entry.path(), ignored);
  std::map<uint64_t, Names> folders = std::exchange(folders_, {});
  std::map<uint64_t, File> files = std::exchange(files_, {});
  are_folders_ = {root_inode_};
  // Which inodes were folders, Restore sees by their names.
  std::map<uint64_t, std::string> written;
  Restore(root_inode_, root_, written, folders, files);
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    const uint64_t inode = FaultDisk::InodeOf(entry.path().c_str());
    const uint64_t parent = FaultDisk::InodeOf(entry.path().parent_path().c_str());
    folders_[parent][entry.path().filename().string()] = inode;
    if (entry.is_directory()) {
      are_folders_.insert(inode);
      folders_[inode];
      continue;
    }
    const auto source = std::find_if(written.begin(), written.end(), [&](const auto& one) {
      return FaultDisk::InodeOf(one.second.c_str()) == inode;
    });
    if (source != written.end()) files_[inode].durable = files[source->first].durable;
  }
}

void DiskModel::Restore(uint64_t folder, const std::string& path,
                        std::map<uint64_t, std::string>& written,
                        std::map<uint64_t, Names>& folders, std::map<uint64_t, File>& files) const {
  for (const auto& [name, inode] : folders[folder]) {
    const std::string here = path + "/" + name;
    if (folders.contains(inode)) {
      fs::create_directory(here);
      Restore(inode, here, written, folders, files);
      continue;
    }
    if (const auto other = written.find(inode); other != written.end()) {
      fs::create_hard_link(other->second, here);
      continue;
    }
    written[inode] = here;
    const int file = ::open(here.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    const std::string& bytes = files[inode].durable;
    if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      std::abort();  // no room where the simulation runs
    }
    ::close(file);
  }
}

}  // namespace weir::simulation
