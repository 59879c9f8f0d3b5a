#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/chdb/chdb_database.h"
#include "runtime/delivery/delivery_target.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

/// `INSERT INTO t (a, b) SETTINGS …, insert_deduplication_token = `
struct StoreInserts {
  std::string table;
  std::string rehearsal;  ///< into a copy that stores nothing (StoreRehearsal); "": none is needed
};

/// Inserts the units of one lane. A unit that the table refuses is halved until the rows that it
/// won't take are known; each part has a name of its own, so that repeats of parts count once. With
/// materialized views behind the table each part is tried on copies first: the table would keep
/// what a view then refuses.
class StoreTarget final : public DeliveryTarget {
 public:
  /// `turns`: held during an insert, shared by lanes that must not insert at the same time.
  StoreTarget(std::shared_ptr<ChdbDatabase> database, StoreInserts inserts,
              std::unique_ptr<NativeEncoder> encoder, std::mutex* turns);

  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override;

 private:
  Status Insert(const std::string& name, std::string_view block);
  Status AfterView(const std::string& name, std::string_view block, const Status& failure);
  Status SendPart(const std::string& name, const std::vector<RecordBatch>& batches,
                  std::vector<RefusedRow>& refused);
  Status Halve(const std::string& name, const std::vector<RecordBatch>& batches,
               std::vector<RefusedRow>& refused);

  std::shared_ptr<ChdbDatabase> database_;
  StoreInserts inserts_;
  std::unique_ptr<NativeEncoder> encoder_;
  std::mutex* turns_;
};

/// `INSERT INTO …` up to the token of a unit.
std::string StoreInsertStatement(const std::string& quoted_table,
                                 const std::vector<NativeTarget>& targets);

}  // namespace weir
