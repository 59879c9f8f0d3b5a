#pragma once

#include <string>
#include <vector>

namespace weir::plan {

/// Where rows that leave the happy path of a stage go.
struct Route {
  enum class Kind : uint8_t {
    kNone,     ///< cannot happen here; a row that gets here all the same is a bug
    kTo,       ///< out of the stage's output port `port`
    kDiscard,  ///< counted under `reason`
    kFail,     ///< stops the pipeline with `reason`
    kDefault,  ///< lookup: as if the row were not found
  };
  /// What a row looks like on its way out of `port`.
  enum class Shape : uint8_t {
    kDeadLetter,  ///< wrapped: schema of std.errors.DeadLetter
    kFields,      ///< `fields[i]` = column of the stage's input for field i of the target; -1: null
    kFailedWrite,  ///< schema of std.errors.FailedWrite (sinks)
  };
  Kind kind = Kind::kNone;
  std::string reason;
  int port = 0;
  Shape shape = Shape::kDeadLetter;
  std::vector<int> fields;
  std::string target;  ///< name of the junction or sink, for explain

  bool is_set() const { return kind != Kind::kNone; }
};

}  // namespace weir::plan
