#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/base/result.h"

namespace weir::flowc {

/// `run.json` in a state folder: what a later `flowc query` must know of the run, whether it still
/// goes on or not. Folders are absolute.
struct RunRecord {
  int64_t process = 0;
  std::string started;  ///< RFC 3339
  std::string pipeline;
  std::string file;
  std::string profile;
  std::vector<std::string> stores;   ///< folders of the embedded store; one at most can be open
  std::vector<std::string> queries;  ///< examples to paste
  std::string snapshots;             ///< folder of the periodic snapshots; "": there are none

  nlohmann::ordered_json ToJson() const;
  /// What is absent or of another type stays empty.
  static RunRecord FromJson(const nlohmann::json& json);

  /// Written aside and renamed.
  Status Write(const std::string& folder) const;
  /// NotFound: there is none.
  static Result<RunRecord> Read(const std::string& folder);
  static std::string PathIn(const std::string& folder) { return folder + "/run.json"; }
};

}  // namespace weir::flowc
