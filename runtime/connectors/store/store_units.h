#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/store/store_marks.h"
#include "runtime/delivery/delivery_unit.h"
#include "runtime/delivery/outbox.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// Of which lane a unit is, and what marks must know of it.
struct StoreUnitPlace {
  uint32_t lane = 0;
  uint64_t number = 0;
  uint64_t epoch = 0;  ///< the last commit when it was handed out
};

/// Units of a sink with an outbox, of all its lanes, from their first row until no commit lists
/// them any more. Each writer fills the lane of its own number; lanes of an earlier run's further
/// workers are shared out. Thread-safe.
///
/// A unit is a run of segments, the rows between two barriers. What a commit lists of a unit is
/// what is delivered of it, also when the commit has it open and the run ends: the bounds of a unit
/// are durable before its first attempt (guarantees.md rule 11).
class StoreUnits {
 public:
  /// `prefix`: pipeline/sink/incarnation. `schema`: of the batches.
  StoreUnits(std::shared_ptr<Outbox> outbox, std::string prefix, SchemaPtr schema,
             uint32_t num_writers);

  /// Rows for the open unit of `lane`, to the outbox.
  Status Append(uint32_t lane, std::vector<RecordBatch> batches);
  /// The open unit of `lane` gets no more rows.
  void Cut(uint32_t lane);
  /// What `lane` was given up to now belongs to `epoch`.
  void Freeze(uint32_t lane, uint64_t epoch);
  /// Cuts the open unit of `lane` if the last commit has all of it.
  bool CutCommitted(uint32_t lane);

  /// Makes durable what is frozen up to `epoch`; what its commit holds.
  Result<std::string> Prepare(uint64_t epoch);
  void Committed(uint64_t epoch);
  /// Of the commit that Committed or Restore names next; null: not known.
  void NotePositions(std::shared_ptr<const std::string> positions);
  /// Epoch and positions of the last commit, if its rows, and no later ones, are in the table once
  /// the unit at `place` and those before it in its lane are; else nothing.
  SinkMark StandWith(const StoreUnitPlace& place);
  /// Takes over what the last commit of an earlier run, `epoch`, lists. Units that `marks` has as
  /// delivered are not sent again.
  Status Restore(uint64_t epoch, std::string_view state, const StoreMarks& marks);
  /// The batches of all units that are not handed out yet.
  std::vector<RecordBatch> Waiting() const;

  /// Cut, committed units of `writer`, in order, each once. They are numbered 1, 2, … as they are
  /// handed out, as a lane does.
  std::vector<DeliveryUnit> TakeReady(uint32_t writer);
  StoreUnitPlace PlaceOf(uint32_t writer, uint64_t handed_out) const;
  /// `writer` has handed out the refused rows of its units up to number `handed_out`: commits from
  /// `epoch` on need not list them.
  void Settle(uint32_t writer, uint64_t handed_out, uint64_t epoch);
  /// Rows of the unit were refused: until a commit knows so, it must be sent again after a crash.
  void NoteRefused(const StoreUnitPlace& place);
  /// Units of `lane` up to this number may be marked as delivered.
  uint64_t MarkLimit(uint32_t lane) const;

  /// Some of what is frozen up to `epoch` is not in the table, or its refused rows are not routed.
  bool HasFrozen(uint64_t epoch) const;
  /// A unit of `writer` has frozen rows and is not settled.
  bool HasUndelivered(uint32_t writer) const;
  int64_t Rows(uint32_t writer) const;

 private:
  struct Segment {
    OutboxChunk chunk;
    uint64_t epoch = 0;  ///< 0: not frozen
    int64_t rows = 0;
  };
  struct Unit {
    uint32_t lane = 0;
    uint64_t number = 0;
    bool cut = false;
    std::vector<Segment> segments;
    std::vector<RecordBatch> batches;  ///< until it is handed out
    int64_t rows = 0, memory = 0;
    uint64_t handed_out = 0, handed_out_at = 0;
    bool in_table = false;
    bool refused = false;
    uint64_t settled_from = 0;  ///< commits from this one on don't list it; 0: none yet

    bool IsListed(uint64_t epoch) const { return settled_from == 0 || settled_from > epoch; }
    bool IsWithin(uint64_t epoch) const;
  };

  uint32_t WriterOf(const Unit& unit) const { return unit.lane % num_writers_; }
  Unit& OpenUnit(uint32_t lane);
  Status Load(Unit& unit) const;
  Status ReadUnit(uint64_t epoch, std::string_view line, const StoreMarks& marks);
  void SkipUsedNumbers(uint64_t epoch, const StoreMarks& marks);

  const std::shared_ptr<Outbox> outbox_;
  const std::string prefix_;
  const SchemaPtr schema_;
  const std::string schema_text_;
  const uint32_t num_writers_;
  mutable std::mutex mutex_;
  std::deque<Unit> units_;  ///< by number within a lane
  std::map<uint32_t, uint64_t> last_number_;
  std::map<uint32_t, uint64_t> handed_out_;  ///< by writer
  uint64_t committed_ = 0;
  std::shared_ptr<const std::string> noted_, positions_;  ///< … those of committed_
};

}  // namespace weir
