#pragma once

#include "runtime/base/result.h"
#include "runtime/ddl/clickhouse_type.h"
#include "runtime/format/native/native_column.h"
#include "runtime/types/data_type.h"

namespace weir {

/// A column of type `from` for a column of type `to`; fails when no or only a lossy conversion
/// exists (`decimal(10, 2)` to `Float64`), or when null would have no place.
Result<NativeColumnPtr> MakeNativeColumn(const DataType& from, const ClickhouseType& to);

// By family of the target; null when there is no conversion. `from` is taken as required.
NativeColumnPtr MakeNumberColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeTimeColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeAddressColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeTextColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeEnumColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeDictionaryColumn(const DataType& from, bool nullable);
Result<NativeColumnPtr> MakeNestedColumn(const DataType& from, const ClickhouseType& to);
NativeColumnPtr MakeNullableColumn(NativeColumnPtr values);

}  // namespace weir
