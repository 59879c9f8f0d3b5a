#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/state/commit_record.h"

namespace weir {

/// `manifest.json` of a snapshot: what it holds, and what every file of it must look like.
struct SnapshotManifest {
  struct File {
    std::string path;  ///< in the snapshot's folder
    uint64_t size = 0;
    uint64_t checksum = 0;  ///< XXH3, 64 bits
  };

  std::string name;
  std::string pipeline;
  std::string incarnation;
  CommitRecord commit;
  Micros taken = 0;
  std::string flow_text;
  std::map<std::string, int> codec_versions;  ///< by part of the state: a kind of stage, `ledger` …
  std::vector<File> files;                    ///< by path

  uint64_t bytes() const;

  static std::string PathIn(const std::string& folder) { return folder + "/manifest.json"; }
  /// NotFound: no manifest. DataLoss: it is damaged (it has a checksum of its own).
  static Result<SnapshotManifest> Read(const std::string& folder);
  Status Write(const std::string& folder) const;
};

/// Of a file's bytes.
Result<uint64_t> FileChecksum(const std::string& file);

}  // namespace weir
