#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/expr.h"
#include "compiler/source/span.h"
#include "runtime/base/clock.h"
#include "runtime/types/value.h"

/// `test` blocks as plain data: everything is typed and constant, so that a harness can run them
/// against a plan without knowing the language.
namespace weir::plan {

/// One record of a `given`.
struct GivenRecord {
  std::string text;  ///< in the source's format; or the raw payload
  bool raw = false;  ///< a string in the list: goes to the source's own format as it is
  Span span;
};

/// A number that `expect that` asks for: `enriched.seen.discarded`, `sessions.rows`.
struct MetricRef {
  std::string node;        ///< `enriched/seen`; the name of a stream, source, sink or view
  std::string metric;      ///< "rows", "discarded", "late", "dead_lettered", "passed", …
  bool is_stream = false;  ///< `node` is a stream, source, sink or view, not a stage
};

/// A row that is expected: values by column of the stream. Columns not listed don't matter.
struct ExpectedRow {
  std::vector<int> columns;
  std::vector<Value> values;  ///< of the column's type
  Span span;
};

struct TestStep {
  enum class Kind : uint8_t { kGiven, kAdvanceTo, kAdvanceBy, kRestart, kExpectRows, kExpectThat };
  enum class Expectation : uint8_t {
    kRows,      ///< the same number, any order, the listed columns only
    kExactly,   ///< as kRows, and every column is listed (an absent one must be null)
    kContains,  ///< at least these, any order
    kInOrder,   ///< exactly these in this order
    kEmpty,
    kCount,
  };
  Kind kind = Kind::kGiven;
  Span span;

  std::string name;                  ///< kGiven: source or table; kExpectRows: stream
  bool is_table = false;             ///< kGiven
  std::optional<Micros> at;          ///< kGiven; kAdvanceTo: the time
  Micros by = 0;                     ///< kAdvanceBy
  std::vector<GivenRecord> records;  ///< kGiven

  Expectation expectation = Expectation::kRows;
  ExprPtr where;  ///< kExpectRows: over the stream's row; null: all rows
  std::vector<ExpectedRow> rows;
  int64_t count = 0;  ///< kCount

  ExprPtr condition;  ///< kExpectThat: column i is metrics[i] as int64
  std::vector<MetricRef> metrics;
};

struct TestCase {
  std::string title;
  std::string profile;  ///< "" for the one that was compiled
  std::vector<TestStep> steps;
  Span span;
};

struct TestProgram {
  std::vector<TestCase> tests;
};

}  // namespace weir::plan
