#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What became of every row of one operator instance (guarantees.md rule 17). Plain counters of one
/// thread; instances are summed at a barrier.
///
///   rows_in  = passed + absorbed + sum(discarded) + sum(dead_lettered) + late + pending
///   rows_out = passed + sum(produced)
///   routed   = dead-lettered and late rows whose route leads somewhere, arms of a `route` stage
struct Ledger {
  int64_t rows_in = 0;
  int64_t passed = 0;    ///< went on as the row they came as (port 0 or an arm of `route`)
  int64_t absorbed = 0;  ///< became part of state (or were written by a sink)
  int64_t late = 0;      ///< late for every window
  int64_t pending = 0;   ///< inside: parked, buffered, not yet in either column
  std::map<std::string, int64_t, std::less<>> discarded;      ///< by reason
  std::map<std::string, int64_t, std::less<>> dead_lettered;  ///< by reason (rule, error code …)

  int64_t rows_out = 0;  ///< through port 0 and arms of `route`: passed + produced
  std::map<std::string, int64_t, std::less<>>
      produced;        ///< by kind: "window", "session", "update", "delete", "flatten" …
  int64_t routed = 0;  ///< through the other ports: dead letters, late rows, failed results

  /// Of a sink's `absorbed`: the target had them from an earlier run, they were not sent again. Of
  /// a view: updates that its copy did not get for that reason. Not a term.
  int64_t muted = 0;
  int64_t partly_late = 0;  ///< rows late for some of their windows; not a term
  /// Results without a value, by reason; not a term: rows that took the error route are in
  /// `routed`.
  std::map<std::string, int64_t, std::less<>> failed_results;
  std::map<std::string, int64_t, std::less<>> gauges;  ///< keys, windows held …; not terms

  // Sources only: records_read = rows_in + decode failures.
  int64_t records_read = 0;
  int64_t bytes_read = 0;

  int64_t TotalDiscarded() const;
  int64_t TotalDeadLettered() const;
  int64_t TotalProduced() const;

  void Add(const Ledger& other);
  /// "" when the identities hold, else which one is violated, with the numbers.
  std::string Check() const;
};

/// Counts rows under a reason. Reasons may hold parts of the input (names of unknown keys): beyond
/// 256 different ones the rest shares one entry, so that hostile input can't grow the ledger.
void CountReason(std::map<std::string, int64_t, std::less<>>& counts, std::string_view reason);

/// Ledger of one operator of the plan, summed over workers.
struct NamedLedger {
  std::string name;  ///< identity: `stream/label`
  std::string kind;  ///< node kind
  std::string stream;
  Ledger ledger;
};

}  // namespace weir
