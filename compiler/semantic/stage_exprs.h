#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/plan/logical_node.h"
#include "compiler/semantic/expr_binder.h"
#include "compiler/semantic/flow_stream.h"

namespace weir::semantic {

class StageContext;

/// The narrowest expression of a node that can fail; null if none can.
plan::ExprPtr FindFallible(plan::LogicalNode& node);
/// The narrowest one below `expr`; null if none.
plan::ExprPtr FindFallible(const plan::ExprPtr& expr);

struct VolatileCall {
  std::string function;  ///< "" if there is none
  Span span;
};
VolatileCall FindVolatile(plan::LogicalNode& node);

/// The name a column gets without `as`: that of a plain column, else "".
std::string ImpliedName(const ast::Expr& expr);

/// A `by`, `key`, `per` list over a stream. `names[i]` is what column i is called.
struct BoundKeys {
  std::vector<plan::ExprPtr> exprs;
  std::vector<std::string> names;
  std::vector<Span> spans;
  bool ok = true;
};
/// With `need_names`, a computed key without `as` is F0155.
BoundKeys BindKeys(const ast::KeyList& keys, const Scope& scope, StageContext& context,
                   bool need_names);

/// A column of the stream by name, bound as an expression would be: unknown ones are reported.
plan::ExprPtr RequireColumn(const ast::Name& name, StageContext& context, const Scope& scope);

/// Columns of an output being put together; names twice are F0154.
class ColumnList {
 public:
  explicit ColumnList(StageContext& context) : context_(context) {}
  void Add(std::string name, DataType type, PiiTag pii, Span span);
  SchemaPtr Make() { return Schema::Make(std::move(fields_)); }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  StageContext& context_;
  std::vector<Field> fields_;
  std::vector<Span> spans_;
};

/// Column `index` of a stream as an expression.
plan::ExprPtr ColumnOf(const Schema& schema, int index, Span span = {});

/// Mode after a projection: keys and the closed column at their new places. An upsert stream whose
/// key columns are gone has an empty key.
plan::StreamMode RemapMode(const plan::StreamMode& mode, const std::vector<plan::ExprPtr>& exprs);

/// `extend`, `set`, `lookup … set`: the input's columns with some added or replaced. All right
/// sides see `scope`, the stage's input.
struct AssignedColumns {
  SchemaPtr schema;
  std::vector<plan::ExprPtr> exprs;
};
AssignedColumns AssignColumns(const std::vector<ast::Assignment>& assignments,
                              const SchemaPtr& input, const Scope& scope, StageContext& context);

/// Average bytes that a value of a type takes in state, for messages.
int64_t EstimatedBytes(const DataType& type);
/// "about 96 bytes a key", with `@keys(n)` also "96 MB for 1 000 000 keys".
std::string EstimateText(int64_t bytes_per_key, std::optional<int64_t> keys);

}  // namespace weir::semantic
