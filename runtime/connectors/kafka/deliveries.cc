#include "runtime/connectors/kafka/deliveries.h"

#include <iterator>

namespace weir {

void Deliveries::Refused(RefusedRow row) {
  const std::lock_guard<std::mutex> lock(mutex_);
  refused_.push_back(std::move(row));
  refused_rows_.fetch_add(1, std::memory_order_release);
  has_refused_.store(true, std::memory_order_release);
}

void Deliveries::Failed(Status status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.ok()) failure_ = std::move(status);
  has_failed_.store(true, std::memory_order_release);
}

void Deliveries::TakeRefused(std::vector<RefusedRow>& refused) {
  if (!has_refused()) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  std::move(refused_.begin(), refused_.end(), std::back_inserter(refused));
  refused_.clear();
  refused_rows_.store(0, std::memory_order_release);
  has_refused_.store(false, std::memory_order_release);
}

Status Deliveries::failure() {
  if (!has_failed_.load(std::memory_order_acquire)) return Status::Ok();
  const std::lock_guard<std::mutex> lock(mutex_);
  return failure_;
}

}  // namespace weir
