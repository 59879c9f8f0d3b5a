#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace weir {

/// Lets one thread sleep until another has work for it. Notifying a thread that is awake costs one
/// load. The sleeper says PrepareWait, looks for work once more, then Waits or Cancels.
class EventCount {
 public:
  void Notify() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!waiting_.load(std::memory_order_relaxed)) return;
    {
      std::lock_guard lock(mutex_);
      signaled_ = true;
    }
    wake_.notify_one();
  }

  void PrepareWait() {
    {
      std::lock_guard lock(mutex_);
      signaled_ = false;
    }
    waiting_.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void Cancel() { waiting_.store(false, std::memory_order_relaxed); }
  void Wait(std::chrono::microseconds at_most) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, at_most, [this] { return signaled_; });
    waiting_.store(false, std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> waiting_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool signaled_ = false;
};

}  // namespace weir
