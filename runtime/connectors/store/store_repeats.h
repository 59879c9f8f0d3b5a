#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/chdb/chdb_database.h"

namespace weir {

/// The table of a sink and those that materialized views fill from it, so that a unit which is sent
/// again after a crash adds nothing to any of them. At the start, before anything is inserted.
///
/// Each table has a log of the inserts that it knows (the names of its parts and what repeats are
/// recognised by). The engine writes there before it renames the part into place: a process that is
/// killed between the two leaves an entry without a part, and a repeat would be dropped although
/// the rows are nowhere. Such entries are taken back.
///
/// Inserts are on disk when they return, since the outbox forgets what is delivered. The log is not:
/// a machine that loses power within an insert may repeat this one unit.
class StoreRepeats {
 public:
  explicit StoreRepeats(ChdbDatabase& database) : database_(database) {}

  /// `table`: as the sink names it. FailedPrecondition for tables that can't recognise repeats.
  Status Ensure(const std::string& table);
  /// Entries taken back: `table: part`.
  const std::vector<std::string>& taken_back() const { return taken_back_; }

 private:
  struct Table {
    std::string database, name;
    std::string Quoted() const;
  };
  Result<std::vector<std::string>> Ask(const Table& table, std::string_view columns);
  Status Follow(const Table& table);
  Status CheckSettings(const Table& table);
  Status TakeBackLost(const Table& table, const std::string& folder);
  Result<bool> HasPart(const Table& table, const std::string& part);

  ChdbDatabase& database_;
  std::deque<Table> open_;
  std::set<std::string> seen_;
  std::vector<std::string> taken_back_;
};

}  // namespace weir
