#pragma once

#include <string>
#include <vector>

#include "runtime/chdb/chdb_database.h"
#include "runtime/connectors/store/store_table.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

/// A column of a table as the database has it.
struct StoreColumn {
  std::string name;
  std::string type;
  std::string default_kind;  ///< `DEFAULT`, `MATERIALIZED`, `ALIAS`, `EPHEMERAL` or ""
};

/// Makes a sink's table in the database, and finds out how its rows go into it.
class StoreSchema {
 public:
  StoreSchema(ChdbDatabase& database, const StoreTable& table)
      : database_(database), table_(table) {}

  /// Runs the statements of the DDL file, or CREATE TABLE. What is there already stays. Errors name
  /// the file, the statement's line and what the database says.
  Status Create();
  /// The table's columns for the row's, after Create. Errors show both when they don't fit.
  Result<std::vector<NativeTarget>> Match();
  /// The largest version in the table; 0 when it is empty or has no versions of ours.
  Result<uint64_t> LastVersion();

 private:
  Status RunFile();
  Status RecogniseRepeats(const std::vector<std::string>& tables);
  Result<std::vector<StoreColumn>> ReadColumns();
  Status CheckEngine();
  Status Misfit(const std::vector<StoreColumn>& columns, const std::string& problems) const;
  std::string Where(const char* name_column) const;

  ChdbDatabase& database_;
  const StoreTable& table_;
};

}  // namespace weir
