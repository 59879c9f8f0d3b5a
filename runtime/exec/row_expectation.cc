#include "runtime/exec/row_expectation.h"

#include <fmt/format.h>

#include <map>
#include <optional>

#include "runtime/eval/predicate.h"
#include "runtime/operators/row_json.h"

namespace weir {
namespace {

using plan::ExpectedRow;
using plan::TestStep;

bool Matches(const ExpectedRow& expected, const CapturedRow& row) {
  for (size_t i = 0; i < expected.columns.size(); ++i) {
    const Value actual = row.batch->column(expected.columns[i])->ValueAt(row.row);
    const Value& wanted = expected.values[i];
    if (actual.is_null() != wanted.is_null()) return false;
    if (!actual.is_null() && actual.payload() != wanted.payload()) return false;
  }
  return true;
}

std::string Describe(const ExpectedRow& expected, const CapturedRow* any) {
  std::string text = "{ ";
  for (size_t i = 0; i < expected.columns.size(); ++i) {
    if (i > 0) text += ", ";
    if (any != nullptr) {
      text += any->batch->schema()->field(expected.columns[i]).name + ": ";
    }
    text += expected.values[i].ToString();
  }
  return text + " }";
}

bool IsDelete(const RecordBatch& batch, RowIndex row) {
  const ColumnPtr& op = batch.hidden().op;
  return op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
}

/// Assigns each expected row a different actual one (augmenting paths: partial rows may match
/// several). Result by expected row; none where there is no partner.
class Matching {
 public:
  Matching(const std::vector<ExpectedRow>& expected, const std::vector<CapturedRow>& rows)
      : expected_(expected), rows_(rows), taken_by_(rows.size()) {}

  std::vector<bool> Run() {
    std::vector<bool> found;
    for (size_t i = 0; i < expected_.size(); ++i) {
      visited_.assign(rows_.size(), false);
      found.push_back(Assign(i));
    }
    return found;
  }
  bool taken(size_t row) const { return taken_by_[row].has_value(); }

 private:
  bool Assign(size_t expected) {
    for (size_t row = 0; row < rows_.size(); ++row) {
      if (visited_[row] || !Matches(expected_[expected], rows_[row])) continue;
      visited_[row] = true;
      if (!taken_by_[row] || Assign(*taken_by_[row])) {
        taken_by_[row] = expected;
        return true;
      }
    }
    return false;
  }

  const std::vector<ExpectedRow>& expected_;
  const std::vector<CapturedRow>& rows_;
  std::vector<std::optional<size_t>> taken_by_;
  std::vector<bool> visited_;
};

void CheckInOrder(const TestStep& step, const std::vector<CapturedRow>& rows,
                  std::vector<std::string>& problems) {
  for (size_t i = 0; i < step.rows.size() && i < rows.size(); ++i) {
    if (Matches(step.rows[i], rows[i])) continue;
    problems.push_back(fmt::format("row {} should be {} but is {}", i + 1,
                                   Describe(step.rows[i], &rows[i]), rows[i].ToJson()));
  }
}

void CheckUnordered(const TestStep& step, const std::vector<CapturedRow>& rows,
                    std::vector<std::string>& problems) {
  Matching matching(step.rows, rows);
  const std::vector<bool> found = matching.Run();
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i]) continue;
    problems.push_back(
        fmt::format("no row is {}", Describe(step.rows[i], rows.empty() ? nullptr : &rows[0])));
  }
  if (problems.empty() || step.expectation == TestStep::Expectation::kContains) return;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (!matching.taken(row)) problems.push_back("not expected: " + rows[row].ToJson());
  }
}

}  // namespace

std::string CapturedRow::ToJson() const {
  std::string json;
  AppendRowJson(*batch, row, json);
  return json;
}

Result<std::vector<CapturedRow>> SelectRows(const std::vector<RecordBatch>& batches,
                                            const plan::ExprPtr& where, Micros now) {
  std::unique_ptr<Predicate> predicate;
  if (where != nullptr) {
    WEIR_ASSIGN(predicate, Predicate::Compile(where));
  }
  std::vector<CapturedRow> rows;
  for (const RecordBatch& batch : batches) {
    RowIndices selected;
    if (predicate != nullptr) {
      RowErrors errors;
      predicate->Select(EvalInput::Of(batch, now), batch.rows(), errors, selected);
      if (!errors.empty()) return InvalidArgumentError("{}", errors.errors().front().message);
    } else {
      batch.rows().ForEach([&](RowIndex row) { selected.push_back(row); });
    }
    for (RowIndex row : selected) {
      if (!IsDelete(batch, row)) rows.push_back({&batch, row});
    }
  }
  return rows;
}

Result<std::vector<CapturedRow>> LatestRows(const std::vector<RecordBatch>& batches,
                                            const std::vector<int>& key, const plan::ExprPtr& where,
                                            Micros now) {
  std::vector<std::string> order;
  std::map<std::string, CapturedRow> latest;
  for (const RecordBatch& batch : batches) {
    batch.rows().ForEach([&](RowIndex row) {
      std::string id;
      for (int column : key) id += batch.column(column)->ValueAt(row).ToJson() + "\n";
      if (IsDelete(batch, row)) {
        latest.erase(id);
        return;
      }
      if (!latest.contains(id)) order.push_back(id);
      latest[id] = {&batch, row};
    });
  }
  std::vector<CapturedRow> rows;
  for (const std::string& id : order) {
    const auto found = latest.find(id);
    if (found == latest.end()) continue;
    const CapturedRow row = found->second;
    latest.erase(found);
    if (where != nullptr) {
      WEIR_ASSIGN(const auto predicate, Predicate::Compile(where));
      RowErrors errors;
      RowIndices selected;
      const RowIndices one = {row.row};
      predicate->Select(EvalInput::Of(*row.batch, now), RowSet::Of(one), errors, selected);
      if (!errors.empty()) return InvalidArgumentError("{}", errors.errors().front().message);
      if (selected.empty()) continue;
    }
    rows.push_back(row);
  }
  return rows;
}

void CheckRows(const plan::TestStep& step, const std::vector<CapturedRow>& rows,
               std::vector<std::string>& problems) {
  using Expectation = TestStep::Expectation;
  const auto expected = step.expectation == Expectation::kCount   ? static_cast<size_t>(step.count)
                        : step.expectation == Expectation::kEmpty ? size_t{0}
                                                                  : step.rows.size();
  const bool counts = step.expectation != Expectation::kContains;
  if (counts && rows.size() != expected) {
    problems.push_back(fmt::format("{} rows expected, {} came", expected, rows.size()));
  }
  if (step.expectation == Expectation::kEmpty || step.expectation == Expectation::kCount) {
    for (const CapturedRow& row : rows) {
      if (!problems.empty()) problems.push_back("came: " + row.ToJson());
    }
  } else if (step.expectation == Expectation::kInOrder) {
    CheckInOrder(step, rows, problems);
  } else {
    CheckUnordered(step, rows, problems);
  }
}

}  // namespace weir
