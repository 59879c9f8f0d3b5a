#include <map>
#include <mutex>
#include <tuple>

#include "runtime/state/state_backend.h"

namespace weir {
namespace {

class MemoryStateBackend final : public StateBackend {
 public:
  Status Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) override {
    const std::lock_guard lock(mutex_);
    if (epoch <= history_.last_epoch()) {
      return InternalError("commit of epoch {} after epoch {}", epoch, history_.last_epoch());
    }
    CommitRecord record{.epoch = epoch};
    for (const StateDelta& delta : deltas) {
      for (const SlotChanges& changes : delta.slots) {
        changes.ForEach(
            [&](const StateChange& change) { Apply(delta.operator_name, changes.slot(), change); });
        record.entries += changes.size();
        record.bytes += changes.bytes();
      }
    }
    history_.Add(record);
    return Status::Ok();
  }

  uint64_t last_epoch() const override {
    const std::lock_guard lock(mutex_);
    return history_.last_epoch();
  }

  std::vector<CommitRecord> Commits() const override {
    const std::lock_guard lock(mutex_);
    return history_.records();
  }

  Result<std::optional<std::string>> Get(std::string_view operator_name, std::string_view slot,
                                         uint32_t key_group, std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    const auto found =
        rows_.find(Key{std::string(operator_name), std::string(slot), key_group, std::string(key)});
    if (found == rows_.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  Result<std::vector<std::optional<std::string>>> MultiGet(
      std::string_view operator_name, std::string_view slot,
      const std::vector<StateKey>& keys) const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    for (const StateKey& key : keys) {
      const auto found = rows_.find(
          Key{std::string(operator_name), std::string(slot), key.key_group, std::string(key.key)});
      values.push_back(found == rows_.end() ? std::nullopt
                                            : std::optional<std::string>(found->second));
    }
    return values;
  }

  Status ScanFrom(std::string_view operator_name, std::string_view slot, uint32_t key_group,
                  std::string_view from, const Visit& visit) const override {
    const std::lock_guard lock(mutex_);
    const Key first{std::string(operator_name), std::string(slot), key_group, std::string(from)};
    for (auto row = rows_.lower_bound(first); row != rows_.end(); ++row) {
      const auto& [name, row_slot, group, key] = row->first;
      if (name != operator_name || row_slot != slot || group != key_group) break;
      WEIR_TRY(visit(key, row->second));
    }
    return Status::Ok();
  }

  std::vector<std::string> Operators() const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [key, value] : rows_) {
      if (names.empty() || names.back() != std::get<0>(key)) names.push_back(std::get<0>(key));
    }
    return names;
  }

  std::vector<std::string> Slots(std::string_view operator_name) const override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    const Key first{std::string(operator_name), "", 0, ""};
    for (auto row = rows_.lower_bound(first); row != rows_.end(); ++row) {
      if (std::get<0>(row->first) != operator_name) break;
      const std::string& slot = std::get<1>(row->first);
      if (names.empty() || names.back() != slot) names.push_back(slot);
    }
    return names;
  }

 private:
  using Key = std::tuple<std::string, std::string, uint32_t, std::string>;

  void Apply(const std::string& operator_name, const std::string& slot, const StateChange& change) {
    Key key{operator_name, slot, change.key_group, std::string(change.key)};
    if (change.prefix) {
      const auto first = rows_.lower_bound(key);
      auto end = first;
      while (end != rows_.end() && std::get<0>(end->first) == operator_name &&
             std::get<1>(end->first) == slot && std::get<2>(end->first) == change.key_group &&
             std::get<3>(end->first).starts_with(change.key)) {
        ++end;
      }
      rows_.erase(first, end);
    } else if (change.value) {
      rows_.insert_or_assign(std::move(key), std::string(*change.value));
    } else {
      rows_.erase(key);
    }
  }

  mutable std::mutex mutex_;
  CommitHistory history_;
  std::map<Key, std::string> rows_;
};

}  // namespace

std::unique_ptr<StateBackend> MakeMemoryStateBackend() {
  return std::make_unique<MemoryStateBackend>();
}

}  // namespace weir
