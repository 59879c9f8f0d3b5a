#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/connector/sink_connector.h"

namespace weir {

/// What one writer has handed to librdkafka and what came back. Shared by the writer's thread and
/// the one that reports come on.
class Deliveries {
 public:
  void Sent() { undelivered_.fetch_add(1, std::memory_order_acq_rel); }
  void Acknowledged() { undelivered_.fetch_sub(1, std::memory_order_acq_rel); }
  /// The target will never take the row.
  void Refused(RefusedRow row);
  /// Not a matter of one row; the first failure counts.
  void Failed(Status status);

  int64_t undelivered() const { return undelivered_.load(std::memory_order_acquire); }
  /// Refused ones too, until they are taken.
  int64_t undelivered_rows() const {
    return undelivered() + refused_rows_.load(std::memory_order_acquire);
  }
  bool has_refused() const { return has_refused_.load(std::memory_order_acquire); }
  void TakeRefused(std::vector<RefusedRow>& refused);
  Status failure();

 private:
  std::atomic<int64_t> undelivered_{0};
  std::atomic<int64_t> refused_rows_{0};
  std::atomic<bool> has_refused_{false};
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  std::vector<RefusedRow> refused_;
  Status failure_;
};

}  // namespace weir
