#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/generator/record_model.h"
#include "runtime/types/schema.h"

namespace weir {

/// Which records, apart from when.
struct SequenceSettings {
  std::string model;   ///< "" or ecommerce
  std::string stream;  ///< of the model: events, transactions, users
  ModelSettings of_model;
  double duplicates = 0, late = 0, invalid = 0;  ///< shares of records
  SchemaPtr schema;
};

/// The records of one partition in order, each with its event time: those of a model, with some
/// repeated, late or invalid. Record n depends on the seed and on the records before it, never on
/// how they are asked for.
class RecordSequence {
 public:
  static Result<std::unique_ptr<RecordSequence>> Make(const SequenceSettings& settings);

  /// Appends record number `next()`, without a line end; `time` is its event time.
  void Append(Micros time, std::string& out);
  uint64_t next() const { return next_; }

 private:
  RecordSequence(const SequenceSettings& settings, std::unique_ptr<RecordModel> model);

  SequenceSettings settings_;
  std::unique_ptr<RecordModel> model_;
  uint64_t next_ = 0;
  std::vector<std::string> recent_;  ///< valid records, to be repeated
  size_t oldest_ = 0;
};

}  // namespace weir
