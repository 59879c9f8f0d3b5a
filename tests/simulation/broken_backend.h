#pragma once

#include <map>
#include <string>

#include "runtime/state/state_backend.h"
#include "tests/simulation/broken_rule.h"

namespace weir::simulation {

/// A backend that forgets part of what it is to commit: rule 1 or rule 17 broken.
class BrokenBackend final : public StateBackend {
 public:
  BrokenBackend(StateBackend* backend, BrokenRule rule) : backend_(backend), rule_(rule) {}

  Status Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) override;
  uint64_t last_epoch() const override { return backend_->last_epoch(); }
  std::vector<CommitRecord> Commits() const override { return backend_->Commits(); }
  Result<std::optional<std::string>> Get(std::string_view operator_name, std::string_view slot,
                                         uint32_t key_group, std::string_view key) const override {
    return backend_->Get(operator_name, slot, key_group, key);
  }
  Result<std::vector<std::optional<std::string>>> MultiGet(
      std::string_view operator_name, std::string_view slot,
      const std::vector<StateKey>& keys) const override {
    return backend_->MultiGet(operator_name, slot, keys);
  }
  Status ScanFrom(std::string_view operator_name, std::string_view slot, uint32_t key_group,
                  std::string_view from, const Visit& visit) const override {
    return backend_->ScanFrom(operator_name, slot, key_group, from, visit);
  }
  std::vector<std::string> Operators() const override { return backend_->Operators(); }
  std::vector<std::string> Slots(std::string_view operator_name) const override {
    return backend_->Slots(operator_name);
  }

 private:
  StateBackend* const backend_;
  const BrokenRule rule_;
  size_t failed_deltas_ = 0;  ///< of commits that failed: they come first in the next one
};

}  // namespace weir::simulation
