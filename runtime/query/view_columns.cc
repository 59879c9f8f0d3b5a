#include "runtime/query/view_columns.h"

#include <fmt/format.h>

#include <vector>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/clickhouse_type_of.h"

namespace weir {
namespace {

DataType WithDurationsAsText(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kDuration: return DataType::String().WithOptional(type.optional());
    case TypeKind::kList:
      return DataType::List(WithDurationsAsText(type.element())).WithOptional(type.optional());
    case TypeKind::kMap:
      return DataType::Map(WithDurationsAsText(type.map_key()),
                           WithDurationsAsText(type.map_value()))
          .WithOptional(type.optional());
    case TypeKind::kStruct: {
      std::vector<StructField> fields = type.fields();
      for (StructField& field : fields) field.type = WithDurationsAsText(field.type);
      return DataType::Struct(std::move(fields), type.name()).WithOptional(type.optional());
    }
    default: return type;
  }
}

}  // namespace

std::string ViewColumns(const Schema& schema) {
  std::string text;
  for (const Field& field : schema.fields()) {
    if (!text.empty()) text += ", ";
    text += ClickhouseName(field.name) + " " + ClickhouseTypeOf(WithDurationsAsText(field.type));
  }
  return text;
}

}  // namespace weir
