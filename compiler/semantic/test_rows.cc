#include "compiler/semantic/test_rows.h"

#include "compiler/semantic/test_records.h"

namespace weir::semantic {

std::optional<Value> TestRows::Evaluate(const ast::Expr& row, const DataType& type) {
  plan::ExprPtr bound = shared_.binder.BindPartialRow(row, scope_, type);
  if (IsError(bound)) return std::nullopt;
  return shared_.binder.Evaluate(bound, "a row of a test");
}

void TestRows::AddGiven(const ast::Expr& row, const SchemaInfo& schema,
                        const plan::DecodeSpec& decode, std::vector<plan::GivenRecord>& out) {
  if (const auto* text = row.Try<ast::StringLiteral>()) {
    out.push_back({text->value, /*raw=*/true, row.span});
    return;
  }
  std::optional<Value> value = Evaluate(row, schema.row_type);
  if (value) out.push_back({EncodeGiven(*value, decode), /*raw=*/false, row.span});
}

void TestRows::AddExpected(const ast::Expr& row, const Schema& schema, const std::string& stream,
                           bool exactly, std::vector<plan::ExpectedRow>& out) {
  std::optional<Value> value = Evaluate(row, RowTypeOf(schema));
  if (!value || value->is_null()) return;
  plan::ExpectedRow expected;
  expected.span = row.span;
  const std::vector<StructField>& fields = value->type().fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    std::optional<int> at = schema.IndexOf(fields[i].name);
    if (!at) continue;
    expected.columns.push_back(*at);
    expected.values.push_back(value->as_list()[i]);
  }
  for (int column = 0; exactly && column < schema.num_fields(); ++column) {
    const Field& field = schema.field(column);
    if (value->type().FieldIndex(field.name)) continue;
    if (!field.type.optional()) {
      shared_.diagnostics.Report(Code::kF0159, row.span)
          .Message("`exactly` wants every column, and `{}` is missing", field.name)
          .Help("add it, or write `expect " + stream + " [ … ]`, which compares the named columns");
      return;
    }
    expected.columns.push_back(column);
    expected.values.push_back(Value::Null(field.type));
  }
  out.push_back(std::move(expected));
}

}  // namespace weir::semantic
