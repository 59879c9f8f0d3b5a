#pragma once

#include <random>
#include <string>
#include <vector>

#include "runtime/types/value.h"

namespace weir {

/// One type for each physical form, nested ones included; with optional inner values.
inline std::vector<DataType> AllForms() {
  const DataType tier = DataType::Enum({"free", "premium", "none"});
  const DataType list = DataType::List(DataType::String().AsOptional());
  const DataType point = DataType::Struct({{"x", DataType::Int64().AsOptional()}, {"y", list}});
  return {DataType::Bool(),
          DataType::Int64(),
          DataType::Of(TypeKind::kUInt64),
          DataType::Float64(),
          DataType::Decimal(30, 4),
          DataType::Decimal(10, 2),
          DataType::Uuid(),
          DataType::String(),
          tier,
          list,
          point,
          DataType::Map(DataType::String(), point),
          DataType::List(list)};
}

/// A small random value of `type`, so that equal ones are likely; null with odds of 1 in 4 when
/// the type is optional.
inline Value RandomValue(const DataType& type, std::mt19937& random) {
  if (type.optional() && random() % 4 == 0) return Value::Null(type);
  const auto small = static_cast<int64_t>(random() % 5) - 2;
  switch (type.physical()) {
    case Physical::kBool: return Value(type, small > 0);
    case Physical::kInt64: return Value(type, small);
    case Physical::kUInt64: return Value(type, static_cast<uint64_t>(small));
    case Physical::kFloat64: return Value(type, static_cast<double>(small) / 2);
    case Physical::kInt128: return Value(type, static_cast<Int128>(small) << 70);
    case Physical::kFixed16: return Value(type, Fixed16{7, static_cast<uint64_t>(small)});
    case Physical::kString:
      return Value(type, std::string(static_cast<size_t>(small + 2) * 9, 'a'));
    case Physical::kCode: return Value(type, static_cast<uint16_t>(random() % 3));
    case Physical::kList: {
      Value::List elements;
      for (uint64_t i = random() % 3; i > 0; --i) {
        elements.push_back(RandomValue(type.element(), random));
      }
      return Value(type, std::move(elements));
    }
    case Physical::kStruct: {
      Value::List members;
      for (const StructField& field : type.fields()) {
        members.push_back(RandomValue(field.type, random));
      }
      return Value(type, std::move(members));
    }
    case Physical::kNone: break;
  }
  return Value::Null(type);
}

}  // namespace weir
