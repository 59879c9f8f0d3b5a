#include "runtime/exec/exchange_channel.h"

#include <utility>

namespace weir {

ExchangeChannel::ExchangeChannel(size_t capacity, EventCount* producer, EventCount* consumer)
    : capacity_(capacity),
      producer_(producer),
      consumer_(consumer),
      slots_(std::make_unique<Slot[]>(kSlots)) {}

bool ExchangeChannel::TryPush(StreamElement& element) {
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  size_t bytes = 0;
  if (const auto* batch = std::get_if<RecordBatch>(&element)) bytes = batch->ByteSize();
  const size_t waiting = bytes_.load(std::memory_order_acquire);
  const bool full = tail - head_.load(std::memory_order_acquire) >= kSlots ||
                    (bytes > 0 && waiting > 0 && waiting + bytes > capacity_);
  if (full) {
    refused_.store(true, std::memory_order_seq_cst);
    // The consumer may have made room before it could see that we wait.
    const bool still_full = tail - head_.load(std::memory_order_seq_cst) >= kSlots ||
                            (bytes > 0 && bytes_.load(std::memory_order_seq_cst) > 0 &&
                             bytes_.load(std::memory_order_seq_cst) + bytes > capacity_);
    if (still_full) return false;
  }
  refused_.store(false, std::memory_order_relaxed);
  Slot& slot = slots_[tail % kSlots];
  slot.element = std::move(element);
  slot.bytes = bytes;
  bytes_.fetch_add(bytes, std::memory_order_relaxed);
  tail_.store(tail + 1, std::memory_order_release);
  consumer_->Notify();
  return true;
}

StreamElement* ExchangeChannel::Front() {
  if (empty()) return nullptr;
  return &slots_[head_.load(std::memory_order_relaxed) % kSlots].element;
}

void ExchangeChannel::Pop() {
  const uint64_t head = head_.load(std::memory_order_relaxed);
  Slot& slot = slots_[head % kSlots];
  slot.element = Control{};
  bytes_.fetch_sub(slot.bytes, std::memory_order_seq_cst);
  head_.store(head + 1, std::memory_order_seq_cst);
  if (refused_.load(std::memory_order_seq_cst)) producer_->Notify();
}

}  // namespace weir
