#pragma once

#include <deque>
#include <set>
#include <string>
#include <vector>

#include "runtime/chdb/chdb_database.h"

namespace weir {

/// Copies of a table and of the materialized views behind it that compute everything and store
/// nothing, in a database of their own. The engine stores a block in the table before it asks the
/// views, and takes nothing back when one fails: what passes here first will not fail there.
///
/// Copies have no engine, so that what only shows when rows are stored (an expression of PARTITION
/// BY, a TTL) does not show here.
class StoreRehearsal {
 public:
  /// `table`: as the sink names it. `sink` names the database of the copies.
  StoreRehearsal(ChdbDatabase& database, std::string sink)
      : database_(database), copies_("_weir_rehearsal_" + std::move(sink)) {}

  /// Makes the copies anew. Returns the copy of `table` for an INSERT; "" when no view is behind
  /// it that could fail for a row.
  Result<std::string> Make(const std::string& table);
  /// Views without a copy, with the reason.
  const std::vector<std::string>& left_out() const { return left_out_; }

 private:
  struct Table {
    std::string database, name;
    std::string copy;  ///< its name in the database of copies
  };

  Result<std::vector<Table>> ViewsBehind(const Table& table);
  Status CopyTable(const std::string& quoted, const std::string& copy);
  Status CopyView(const Table& source, const Table& view);
  Result<Table> CopyTarget(const Table& view, const std::string& created);
  std::string QuotedCopy(const std::string& name) const;

  ChdbDatabase& database_;
  const std::string copies_;
  std::deque<Table> open_;
  std::set<std::string> made_;
  std::vector<std::string> left_out_;
  bool needed_ = false;  ///< a copied view may fail
};

}  // namespace weir
