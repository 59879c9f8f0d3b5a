#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "runtime/exec/control.h"
#include "runtime/exec/event_count.h"
#include "runtime/vector/record_batch.h"

namespace weir {

using StreamElement = std::variant<Control, RecordBatch>;

/// From one worker to one other (or itself): a ring with one producer and one consumer, without
/// locks. Bounded in bytes for rows; control elements take no capacity, only a slot. (The ring is
/// Lamport's, "Proving the Correctness of Multiprocess Programs", 1977, with cached indices.)
class ExchangeChannel {
 public:
  /// `capacity`: bytes of rows that may wait; one batch always fits into an empty channel.
  ExchangeChannel(size_t capacity, EventCount* producer, EventCount* consumer);

  // Producer
  /// False, with `element` untouched, when there is no room.
  bool TryPush(StreamElement& element);

  // Consumer
  /// The next element, or null. Stays until Pop.
  StreamElement* Front();
  void Pop();
  bool empty() const {
    return head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_acquire);
  }

 private:
  struct Slot {
    StreamElement element;
    size_t bytes = 0;
  };
  static constexpr size_t kSlots = 128;

  const size_t capacity_;
  EventCount* producer_;
  EventCount* consumer_;
  std::unique_ptr<Slot[]> slots_;
  alignas(64) std::atomic<uint64_t> tail_{0};  ///< next slot to write
  std::atomic<bool> refused_{false};           ///< the producer waits for room
  alignas(64) std::atomic<uint64_t> head_{0};  ///< next slot to read
  alignas(64) std::atomic<size_t> bytes_{0};   ///< of rows inside
};

}  // namespace weir
