#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/expr.h"
#include "compiler/semantic/expr_narrowing.h"
#include "compiler/source/span.h"
#include "runtime/types/schema.h"

namespace weir::semantic {

/// A name that stands for a column of the stage's input or a register of a state program.
struct ScopeColumn {
  std::string name;
  DataType type;
  int index = 0;
  PiiTag pii;
  std::vector<Field> members;  ///< tags of a struct column's fields (a lookup row); may be empty
  Span declared;               ///< for secondary labels; may be invalid
};

/// What names mean in an expression. Scopes nest: an inner one sees the outer one's names, and may
/// shadow them. An outer scope must outlive the inner one. Facts about missing values belong to
/// the scope in which they hold.
class Scope {
 public:
  Scope() = default;
  explicit Scope(const Scope* parent) : parent_(parent) {}
  /// The columns of a stream, as columns 0, 1, …; `what` is for messages: "stream `enriched`".
  static Scope OfSchema(const Schema& schema, std::string what);

  void AddColumn(ScopeColumn column) { columns_.push_back(std::move(column)); }
  /// `alias.name` for each column: `e` of `on event e`, `session`, the right side of a join.
  void AddRow(std::string alias, std::vector<ScopeColumn> columns, Span declared = {});
  /// A name for an expression that was bound already: fn parameters, `let` of tests, fixtures.
  void AddBinding(std::string name, plan::ExprPtr value, Span declared = {});
  /// A name that is known and can't be used here; `hint` says what to write: "write `e.price`".
  void AddUnreachable(std::string name, std::string hint);
  /// What the names belong to, for messages: "stream `enriched`".
  void set_what(std::string what) { what_ = std::move(what); }
  /// `uuid(2)` and other functions that only tests have.
  void set_test() { test_ = true; }
  bool is_test() const { return test_ || (parent_ != nullptr && parent_->is_test()); }
  std::string_view what() const;

  void Learn(const Narrowing& facts);
  /// After an assignment to column `index`: facts about it no longer hold, here and below.
  void Forget(int index);
  bool IsKnownNotNull(const plan::Expr& expr) const;

  struct Row {
    std::string alias;
    std::vector<ScopeColumn> columns;
    Span declared;
  };
  struct Binding {
    std::string name;
    plan::ExprPtr value;
    Span declared;
  };
  const ScopeColumn* FindColumn(std::string_view name) const;
  const Row* FindRow(std::string_view alias) const;
  const Binding* FindBinding(std::string_view name) const;
  const std::string* FindUnreachable(std::string_view name) const;
  /// The column with an index, for taint; null for an unknown one.
  const ScopeColumn* ColumnAt(int index) const;
  /// Everything a name could have meant, for suggestions.
  std::vector<std::string> Names() const;

 private:
  struct Unreachable {
    std::string name;
    std::string hint;
  };
  void CollectNames(std::vector<std::string>& names) const;

  const Scope* parent_ = nullptr;
  std::string what_;
  bool test_ = false;
  std::vector<ScopeColumn> columns_;
  std::vector<Row> rows_;
  std::vector<Binding> bindings_;
  std::vector<Unreachable> unreachable_;
  Narrowing facts_;
  std::vector<int> forgotten_;
};

}  // namespace weir::semantic
