#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/connector/sink_connector.h"

namespace weir {

/// Names of the columns that the store adds to a table's own.
inline constexpr const char* kStoreKey = "key";
inline constexpr const char* kStoreExpires = "expires_at";
inline constexpr const char* kStoreVersion = "_version";
inline constexpr const char* kStoreDeleted = "_deleted";

/// Repeats of an insert are recognised among so many.
inline constexpr int kStoreDeduplicationWindow = 10'000;
/// Settings of a table whose inserts are on disk when they return.
inline constexpr char kStoreFsync[] = "fsync_after_insert = 1, fsync_part_directory = 1";

/// What a sink or view writes, as a table: its columns, where their values come from, how rows
/// replace each other. Made from the request alone.
///
/// Batches that are stored have the columns of the request's batches (the row's own, then the
/// per-row options), then those that the store fills: expires_at, version, deleted.
struct StoreTable {
  std::string name;           ///< as in `table:`, or the sink's name
  std::string ddl;            ///< path of the file that makes it; "": the store does
  SchemaPtr batch_schema;     ///< of stored batches
  int num_row_columns = 0;    ///< the row's own
  int num_given_columns = 0;  ///< with the per-row options
  struct Column {
    std::string name;
    int source = 0;  ///< column of the stored batches
  };
  std::vector<Column> columns;        ///< in the order of CREATE TABLE
  std::vector<std::string> order_by;  ///< columns; empty: the order of arrival
  bool replaces = false;              ///< a row replaces older ones with the same `order_by`
  bool deletes = false;               ///< rows may be deletes
  bool own_version = false;           ///< versions are counted here, not an option of the sink
  Micros ttl = 0;

  /// Whether the store keeps order by a column, which `SELECT *` need not show.
  static bool IsHidden(std::string_view column) {
    return column == kStoreVersion || column == kStoreDeleted;
  }

  int expires_column() const { return num_given_columns; }
  int version_column() const { return num_given_columns + 1; }
  int deleted_column() const { return num_given_columns + 2; }

  static Result<StoreTable> From(const SinkRequest& request);
  /// `CREATE TABLE IF NOT EXISTS …`, for a table without a DDL file.
  std::string CreateStatement() const;
  /// `ReplacingMergeTree` or `MergeTree`.
  std::string EngineName() const { return replaces ? "ReplacingMergeTree" : "MergeTree"; }
  std::string Quoted() const;  ///< its name for a statement
};

}  // namespace weir
