#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ddl/clickhouse_type.h"

namespace weir {

/// Where a column's value comes from when a row does not bring one.
enum class ColumnDefault : uint8_t {
  kNone,
  kDefault,       ///< DEFAULT: the row may bring one
  kEphemeral,     ///< EPHEMERAL: is only read by other defaults
  kMaterialized,  ///< MATERIALIZED: computed, a row can't bring one
  kAlias,         ///< ALIAS: is not stored
};

struct ColumnDefinition {
  std::string name;
  ClickhouseType type;  ///< kOther with an empty text: not written, that of the default
  ColumnDefault default_kind = ColumnDefault::kNone;
  std::string default_text;
  uint32_t offset = 0;  ///< of the name in the file
  uint32_t length = 0;
};

/// One CREATE TABLE of a ClickHouse DDL file.
struct TableDefinition {
  std::string database;  ///< "" when not written
  std::string name;
  std::vector<ColumnDefinition> columns;
  std::string engine;  ///< `ReplicatedMergeTree`; "" when not written
  std::vector<std::string> engine_arguments;
  std::vector<std::string> order_by;  ///< each expression as written; a plain column is its name
  std::vector<std::string> primary_key;
  bool nullable_key = false;  ///< SETTINGS allow_nullable_key = 1
  uint32_t offset = 0;        ///< of the name in the file
  uint32_t length = 0;

  const ColumnDefinition* Find(std::string_view column) const;
  /// The engine without `Replicated` or `Shared`: `MergeTree`, `ReplacingMergeTree`, …
  std::string_view EngineFamily() const;
};

/// What is wrong with a DDL file.
struct DdlError {
  std::string message;
  uint32_t offset = 0;
};

/// The tables of a file, in its order; other statements are passed over. `error` is set for the
/// first statement that is no CREATE TABLE as ClickHouse has it; what came before is there.
struct DdlTables {
  std::vector<TableDefinition> tables;
  std::optional<DdlError> error;
};
DdlTables ReadTables(std::string_view text);

}  // namespace weir
