#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/chdb/chdb_database.h"
#include "runtime/delivery/delivery_target.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

/// Inserts the units of one lane. A unit that the table refuses is halved until the rows that it
/// won't take are known; each part has a name of its own, so that repeats of parts count once.
class StoreTarget final : public DeliveryTarget {
 public:
  /// `turns`: held during an insert, shared by lanes that must not insert at the same time.
  StoreTarget(std::shared_ptr<ChdbDatabase> database, std::string insert,
              std::unique_ptr<NativeEncoder> encoder, std::mutex* turns);

  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override;

 private:
  Status Insert(const std::string& name, std::string_view block);
  Status SendPart(const std::string& name, const std::vector<RecordBatch>& batches,
                  std::vector<RefusedRow>& refused);
  Status Halve(const std::string& name, const std::vector<RecordBatch>& batches,
               std::vector<RefusedRow>& refused);

  std::shared_ptr<ChdbDatabase> database_;
  std::string insert_;  ///< `INSERT INTO t (a, b) SETTINGS …, insert_deduplication_token = `
  std::unique_ptr<NativeEncoder> encoder_;
  std::mutex* turns_;
};

/// `INSERT INTO …` up to the token of a unit.
std::string StoreInsertStatement(const std::string& quoted_table,
                                 const std::vector<NativeTarget>& targets);

}  // namespace weir
