#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// One statement of a file with ClickHouse statements.
struct DdlStatement {
  enum class Kind : uint8_t { kCreateTable, kCreateView, kCreateMaterializedView, kOther };
  Kind kind = Kind::kOther;
  std::string name;  ///< of the table or view, without quotes; `db.name` as written; "" for kOther
  std::string target;    ///< of a materialized view `TO target`; "" when it has none
  std::string text;      ///< without the semicolon, comments kept
  bool creates = false;  ///< whether it begins with CREATE
  int line = 1;          ///< where it starts, from 1
  uint32_t offset = 0;   ///< and in bytes
};

/// Cuts a file at the semicolons that are in no string, quoted name or comment. Empty statements
/// are dropped. Fails when a string or comment is not ended (the message has the line).
Result<std::vector<DdlStatement>> SplitStatements(std::string_view file);

/// The statement for an engine that runs alone: `Replicated…MergeTree('path', 'replica', …)`
/// becomes `…MergeTree(…)`, ON CLUSTER is dropped, `replicated_deduplication_window` becomes
/// `non_replicated_deduplication_window`, what is created is created only if it isn't there.
std::string ForEmbeddedStore(const DdlStatement& statement);

}  // namespace weir
