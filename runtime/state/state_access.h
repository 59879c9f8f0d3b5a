#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "runtime/state/state_backend.h"

namespace weir {

/// Where an operator instance puts its changes at a barrier. One thread.
class StateWriter {
 public:
  explicit StateWriter(std::string operator_name) {
    delta_.operator_name = std::move(operator_name);
  }
  /// The bytes are copied.
  void Put(std::string_view slot, uint32_t key_group, std::string_view key,
           std::string_view value) {
    delta_.Slot(slot).Put(key_group, key, value);
  }
  void Delete(std::string_view slot, uint32_t key_group, std::string_view key) {
    delta_.Slot(slot).Delete(key_group, key);
  }
  void DeletePrefix(std::string_view slot, uint32_t key_group, std::string_view prefix) {
    delta_.Slot(slot).DeletePrefix(key_group, prefix);
  }
  /// Comes before what is written to the same slot afterwards.
  void Append(SlotChanges changes) { delta_.slots.push_back(std::move(changes)); }
  /// Of all keys and values so far.
  size_t bytes() const { return delta_.bytes(); }
  StateDelta Take() { return std::move(delta_); }

 private:
  StateDelta delta_;
};

/// What an operator instance reads back on restore: the committed state of the key groups it owns
/// now, which may be others than those it owned when the state was written.
class StateReader {
 public:
  StateReader(const StateBackend& backend, std::string operator_name, uint32_t first_key_group,
              uint32_t end_key_group, bool owns_unkeyed)
      : backend_(backend),
        operator_name_(std::move(operator_name)),
        first_(first_key_group),
        end_(end_key_group),
        owns_unkeyed_(owns_unkeyed) {}

  /// Every entry of `slot` in the owned key groups.
  Status ForEach(std::string_view slot,
                 const std::function<Status(uint32_t key_group, std::string_view key,
                                            std::string_view value)>& visit) const;
  /// Entries put with kUnkeyedGroup; every instance sees all of them and takes what concerns it.
  Status ForEachUnkeyed(
      std::string_view slot,
      const std::function<Status(std::string_view key, std::string_view value)>& visit) const;
  /// Entries of one owned group in key order, from the key `from` on, until `visit` fails.
  Status ForEachFrom(std::string_view slot, uint32_t key_group, std::string_view from,
                     const StateBackend::Visit& visit) const {
    return backend_.ScanFrom(operator_name_, slot, key_group, from, visit);
  }
  /// As StateBackend::MultiGet.
  Result<std::vector<std::optional<std::string>>> MultiGet(
      std::string_view slot, const std::vector<StateKey>& keys) const {
    return backend_.MultiGet(operator_name_, slot, keys);
  }
  uint32_t first_key_group() const { return first_; }
  uint32_t end_key_group() const { return end_; }
  bool has_commits() const { return backend_.last_epoch() > 0; }
  /// True for exactly one instance: the one that restores sums such as ledgers.
  bool owns_unkeyed() const { return owns_unkeyed_; }

 private:
  const StateBackend& backend_;
  std::string operator_name_;
  uint32_t first_, end_;
  bool owns_unkeyed_;
};

}  // namespace weir
