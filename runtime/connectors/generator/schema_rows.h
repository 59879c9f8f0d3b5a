#pragma once

#include <string>

#include "runtime/connectors/generator/record_model.h"
#include "runtime/types/schema.h"

namespace weir {

/// Random rows of a declared schema. Timestamps are the record's time; strings are a few values
/// named after their field, so that grouping by them makes sense; optional fields are sometimes
/// absent.
class SchemaRows final : public RecordModel {
 public:
  SchemaRows(const ModelSettings& settings, SchemaPtr schema)
      : settings_(settings), schema_(std::move(schema)) {}
  void Append(const RecordRequest& request, std::string& out) override;

 private:
  void AppendValue(const DataType& type, std::string_view name, const RecordRequest& request,
                   Random& random, std::string& out) const;
  void AppendNumber(const DataType& type, Random& random, std::string& out) const;
  void AppendNested(const DataType& type, std::string_view name, const RecordRequest& request,
                    Random& random, std::string& out) const;

  ModelSettings settings_;
  SchemaPtr schema_;
};

}  // namespace weir
