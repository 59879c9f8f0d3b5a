#include "runtime/eval/comparison.h"

#include "runtime/eval/decimal_compute.h"
#include "runtime/eval/numeric_read.h"
#include "runtime/eval/operands.h"

namespace weir {
namespace {

using plan::CompareOp;

struct EqualTo {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    return a == b;
  }
};
struct NotEqualTo {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    return a != b;
  }
};
struct LessThan {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    return a < b;
  }
};
struct LessOrEqual {
  template <typename T>
  static bool Apply(const T& a, const T& b) {
    return a <= b;
  }
};

template <typename Op, typename T>
void TypedLoop(const Column& left, const Column& right, const RowSet& rows, uint8_t* out) {
  WithOperands<T>(left, right, [&](auto a, auto b) {
    rows.ForEach([&](RowIndex row) { out[row] = Op::Apply(a[row], b[row]); });
  });
}

/// For values that are more than a register.
template <typename Op, typename T>
void ViewLoop(const Column& left, const Column& right, const RowSet& rows, uint8_t* out) {
  ColumnView<T> a(left), b(right);
  rows.ForEach([&](RowIndex row) { out[row] = Op::Apply(a[row], b[row]); });
}

bool IsEquality(CompareOp op) { return op == CompareOp::kEqual || op == CompareOp::kNotEqual; }

bool IsExactNumber(const DataType& type) { return type.is_integer() || type.is_decimal(); }

}  // namespace

Result<Comparison> Comparison::Make(CompareOp op, const DataType& left, const DataType& right) {
  Comparison result;
  result.op_ = op;
  result.swap_ = op == CompareOp::kGreater || op == CompareOp::kGreaterEqual;
  auto refuse = [&] {
    return InternalError("{} and {} can't be compared", left.ToString(), right.ToString());
  };
  if (left.is_numeric() && right.is_numeric()) {
    if (left.is_float() != right.is_float()) {
      result.form_ = Form::kMixedFloat;
      return result;
    }
    bool scaled = left.is_decimal() || right.is_decimal();
    if (IsExactNumber(left) &&
        (left.physical() != right.physical() || (scaled && !left.SameBase(right)))) {
      result.form_ = Form::kExact;
      if (left.is_decimal() && right.is_decimal() && left.scale() == right.scale() &&
          left.physical() == right.physical()) {
        result.form_ = left.physical() == Physical::kInt64 ? Form::kInt64 : Form::kInt128;
      }
      return result;
    }
  } else if (left.kind() != right.kind()) {
    return refuse();
  }
  switch (left.physical()) {
    case Physical::kBool: result.form_ = Form::kBool; break;
    case Physical::kInt64: result.form_ = Form::kInt64; break;
    case Physical::kUInt64: result.form_ = Form::kUInt64; break;
    case Physical::kFloat64: result.form_ = Form::kFloat64; break;
    case Physical::kInt128: result.form_ = Form::kInt128; break;
    case Physical::kFixed16: result.form_ = Form::kFixed16; break;
    case Physical::kString: result.form_ = Form::kString; break;
    case Physical::kCode:
      if (!IsEquality(op)) return refuse();
      result.form_ = Form::kCode;
      if (left.enum_values() != right.enum_values()) {
        result.form_ = Form::kMixedCode;
        for (const std::string& value : left.enum_values()) {
          auto code = right.EnumCode(value);
          result.left_codes_.push_back(code ? *code : -1);
        }
      }
      break;
    case Physical::kList:
    case Physical::kStruct:
      if (!IsEquality(op)) return refuse();
      result.form_ = Form::kNested;
      break;
    case Physical::kNone: return refuse();
  }
  return result;
}

void Comparison::Run(const Column& left, const Column& right, const RowSet& rows,
                     uint8_t* out) const {
  const Column& a = swap_ ? right : left;
  const Column& b = swap_ ? left : right;
  switch (op_) {
    case CompareOp::kEqual: RunOp<EqualTo>(a, b, rows, out); return;
    case CompareOp::kNotEqual: RunOp<NotEqualTo>(a, b, rows, out); return;
    case CompareOp::kLess:
    case CompareOp::kGreater: RunOp<LessThan>(a, b, rows, out); return;
    case CompareOp::kLessEqual:
    case CompareOp::kGreaterEqual: RunOp<LessOrEqual>(a, b, rows, out); return;
  }
}

template <typename Op>
void Comparison::RunOp(const Column& left, const Column& right, const RowSet& rows,
                       uint8_t* out) const {
  switch (form_) {
    case Form::kBool: TypedLoop<Op, uint8_t>(left, right, rows, out); return;
    case Form::kInt64: TypedLoop<Op, int64_t>(left, right, rows, out); return;
    case Form::kUInt64: TypedLoop<Op, uint64_t>(left, right, rows, out); return;
    case Form::kFloat64: TypedLoop<Op, double>(left, right, rows, out); return;
    case Form::kCode: TypedLoop<Op, uint16_t>(left, right, rows, out); return;
    case Form::kInt128: ViewLoop<Op, Int128>(left, right, rows, out); return;
    case Form::kFixed16: ViewLoop<Op, Fixed16>(left, right, rows, out); return;
    case Form::kString: ViewLoop<Op, std::string_view>(left, right, rows, out); return;
    case Form::kMixedCode: {
      ColumnView<uint16_t> a(left), b(right);
      rows.ForEach([&](RowIndex row) {
        out[row] = Op::Apply(left_codes_[a[row]], static_cast<int32_t>(b[row]));
      });
      return;
    }
    case Form::kMixedFloat:
      rows.ForEach([&](RowIndex row) {
        out[row] = Op::Apply(ReadDouble(left, row), ReadDouble(right, row));
      });
      return;
    case Form::kExact: RunExact<Op>(left, right, rows, out); return;
    case Form::kNested:
      rows.ForEach([&](RowIndex row) {
        out[row] = Op::Apply(ColumnValuesEqual(left, row, right, row), true);
      });
      return;
  }
}

template <typename Op>
void Comparison::RunExact(const Column& left, const Column& right, const RowSet& rows,
                          uint8_t* out) const {
  int left_scale = left.type().scale(), right_scale = right.type().scale();
  rows.ForEach([&](RowIndex row) {
    int order =
        CompareDecimals(ReadExact(left, row), left_scale, ReadExact(right, row), right_scale);
    out[row] = Op::Apply(order, 0);
  });
}

}  // namespace weir
