#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/source_node.h"
#include "runtime/base/result.h"
#include "runtime/connector/source_connector.h"
#include "runtime/operators/part_constraint.h"
#include "runtime/operators/rejected_row.h"
#include "runtime/vector/record_batch.h"

namespace weir {

class Decoder;
class Predicate;

/// Records into columns, by the `DecodeSpec` of a source or table: decodes, then checks the
/// constraints of fields. One thread.
class RecordDecoder {
 public:
  RecordDecoder(RecordDecoder&&) noexcept;
  ~RecordDecoder();
  static Result<RecordDecoder> Make(const plan::DecodeSpec& spec, SchemaPtr schema);

  /// `columns`: one per field of the schema, row i = record i of the chunk. `rejected`: records
  /// that are no row, sorted, every bad field named.
  void Decode(const RecordChunk& chunk, Micros now, std::vector<ColumnPtr>& columns,
              std::vector<RejectedRow>& rejected);

 private:
  struct Constraint {
    std::string field;
    std::string text;
    int column;
    std::unique_ptr<Predicate> predicate;
  };
  struct Part {
    std::string field;
    int column;
    PartConstraint constraint;
  };
  RecordDecoder();
  void CheckConstraint(const Constraint& constraint, Micros now, uint32_t count,
                       const std::vector<ColumnPtr>& columns, std::vector<RejectedRow>& rejected);

  std::unique_ptr<Decoder> decoder_;
  void CheckPart(Part& part, Micros now, uint32_t count, const std::vector<ColumnPtr>& columns,
                 std::vector<RejectedRow>& rejected);

  std::vector<Constraint> constraints_;
  std::vector<Part> parts_;
  int num_columns_ = 0;
};

}  // namespace weir
