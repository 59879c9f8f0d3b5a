#pragma once

#include <memory>
#include <vector>

#include "runtime/connectors/store/store_marks.h"
#include "runtime/connectors/store/store_target.h"
#include "runtime/connectors/store/store_units.h"
#include "runtime/delivery/delivery_target.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

/// Sends units of the outbox: moves the sink's mark, encodes the unit, inserts it. Which rows the
/// table can't take is found out here, from the unit alone, so that every attempt, also of a later
/// process, comes to the same rows.
class DurableStoreTarget final : public DeliveryTarget {
 public:
  /// `deleted_column`: of the batches; < 0: the table stores deletes.
  DurableStoreTarget(std::unique_ptr<StoreTarget> target, std::unique_ptr<NativeEncoder> encoder,
                     StoreUnits* units, StoreMarks* marks, uint32_t writer, int deleted_column)
      : target_(std::move(target)),
        encoder_(std::move(encoder)),
        units_(units),
        marks_(marks),
        writer_(writer),
        deleted_column_(deleted_column) {}

  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override;

 private:
  RecordBatch WithoutDeletes(const RecordBatch& batch, std::vector<RefusedRow>& refused) const;

  const std::unique_ptr<StoreTarget> target_;
  const std::unique_ptr<NativeEncoder> encoder_;
  StoreUnits* const units_;
  StoreMarks* const marks_;
  const uint32_t writer_;
  const int deleted_column_;
};

}  // namespace weir
