#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/choices.h"
#include "tests/simulation/trail.h"

namespace weir::simulation {

/// What the disk has for good of one folder, and what was changed since and not synced, as strictly
/// as POSIX lets a file system be: a file's bytes are durable by a sync of the file, its name by a
/// sync of its folder, and a sync that failed has lost what it was for.
class DiskModel {
 public:
  /// `root` exists and is empty.
  explicit DiskModel(std::string root);

  /// Takes over what a life changed.
  void Apply(const Trail& trail);
  /// Whether a power failure now could leave less than there is.
  bool HasUnsynced() const;
  /// Leaves in the folder what `choices` says a power failure leaves: of each folder the first of
  /// its unsynced changes, of each file the first of its unsynced writes, the last one torn at a
  /// sector.
  void FailPower(Choices& choices);

 private:
  struct Change {
    uint64_t offset = 0;
    bool truncates = false;  ///< to `offset`
    bool lost = false;       ///< by a sync that failed
    std::string bytes;
  };
  struct File {
    std::string durable;
    std::vector<Change> unsynced;
  };
  using Names = std::map<std::string, uint64_t>;
  struct Renaming {
    Tag tag = Tag::kLink;
    uint64_t folder = 0, other = 0;  ///< other: the new folder, or what is linked
    std::string name, new_name;
  };

  void Sync(uint64_t inode);
  static void Perform(const Change& change, std::string& bytes, size_t size);
  static void Perform(const Renaming& renaming, std::map<uint64_t, Names>& folders);
  void Write(File& file, const Entry& entry);
  void Restore(uint64_t folder, const std::string& path, std::map<uint64_t, std::string>& written,
               std::map<uint64_t, Names>& folders, std::map<uint64_t, File>& files) const;

  const std::string root_;
  uint64_t root_inode_;
  std::map<uint64_t, Names> folders_;  ///< durable
  std::vector<Renaming> renamings_;    ///< unsynced, in order
  std::set<uint64_t> are_folders_;
  std::map<uint64_t, File> files_;
};

}  // namespace weir::simulation
