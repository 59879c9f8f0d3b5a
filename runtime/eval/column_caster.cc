#include "runtime/eval/column_caster.h"

#include <algorithm>

#include "compiler/plan/cast_rules.h"

namespace weir {
namespace {

using plan::CastSafety;

bool SameLayout(const DataType& from, const DataType& to);

bool SameElementLayout(const DataType& from, const DataType& to) {
  return (to.optional() || !from.optional()) && SameLayout(from, to);
}

bool SameStructLayout(const DataType& from, const DataType& to) {
  return std::equal(from.fields().begin(), from.fields().end(), to.fields().begin(),
                    to.fields().end(), [](const StructField& a, const StructField& b) {
                      return a.name == b.name && SameElementLayout(a.type, b.type);
                    });
}

/// Whether values of `from` are values of `to` as they stand. Optionality of the outermost type is
/// the caller's business.
bool SameLayout(const DataType& from, const DataType& to) {
  if (from.SameBase(to)) return true;
  if (from.physical() != to.physical()) return false;
  if (from.is_nested()) {
    if (from.kind() != to.kind()) return false;
    return from.is(TypeKind::kStruct) ? SameStructLayout(from, to)
                                      : SameElementLayout(from.element(), to.element());
  }
  if (from.is_integer() && to.is_integer()) {
    return plan::SafetyOfCast(from.AsRequired(), to) == CastSafety::kSafe;
  }
  if (from.is_decimal() && to.is_decimal()) {
    return from.scale() == to.scale() && from.precision() <= to.precision();
  }
  return from.is(TypeKind::kFloat32) && to.is(TypeKind::kFloat64);
}

CastKernelPtr MakeKernel(const DataType& from, const DataType& to) {
  for (auto make : {MakeNumericCast, MakeFromJsonCast, MakeToTextCast, MakeFromTextCast,
                    MakeNestedCast, MakeScalarCast}) {
    if (CastKernelPtr kernel = make(from, to)) return kernel;
  }
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<ColumnCaster>> ColumnCaster::Make(const DataType& from, const DataType& to) {
  CastKernelPtr kernel;
  if (!SameLayout(from, to) && !from.is(TypeKind::kNull)) {
    if (plan::SafetyOfCast(from.AsRequired(), to.AsRequired()) != CastSafety::kNever) {
      kernel = MakeKernel(from.AsRequired(), to);
    }
    if (kernel == nullptr) {
      return InternalError("there is no cast from {} to {}", from.ToString(), to.ToString());
    }
  }
  return std::unique_ptr<ColumnCaster>(new ColumnCaster(to, std::move(kernel)));
}

ColumnPtr ColumnCaster::Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                             RowErrors& errors) {
  live_.Begin(rows, errors);
  live_.DropNulls(*input);
  if (!to_.optional()) {
    for (RowIndex row : live_.nulls()) {
      errors.Add(row, RowErrorCode::kNull, "null is not a " + to_.ToString());
    }
  }
  if (input->type().physical() == Physical::kNone) return Column::Nulls(to_, capacity);
  if (kernel_ == nullptr) return Column::Retype(input, to_);
  MutableColumnPtr out = kernel_->Cast(input, live_.rows(), capacity, errors);
  for (RowIndex row : live_.nulls()) out->SetNull(row);
  return out;
}

}  // namespace weir
