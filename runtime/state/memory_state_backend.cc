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
    if (epoch != epoch_ + 1) {
      return InternalError("commit of epoch {} after epoch {}", epoch, epoch_);
    }
    for (const StateDelta& delta : deltas) {
      for (const StateChange& change : delta.changes) Apply(delta.operator_name, change);
    }
    epoch_ = epoch;
    return Status::Ok();
  }

  uint64_t last_epoch() const override {
    const std::lock_guard lock(mutex_);
    return epoch_;
  }

  Result<std::optional<std::string>> Get(std::string_view operator_name, std::string_view slot,
                                         uint32_t key_group, std::string_view key) const override {
    const std::lock_guard lock(mutex_);
    const auto found =
        rows_.find(Key{std::string(operator_name), std::string(slot), key_group, std::string(key)});
    if (found == rows_.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }

  Status Scan(
      std::string_view operator_name, std::string_view slot, uint32_t key_group,
      const std::function<Status(std::string_view, std::string_view)>& visit) const override {
    const std::lock_guard lock(mutex_);
    const Key first{std::string(operator_name), std::string(slot), key_group, ""};
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

 private:
  using Key = std::tuple<std::string, std::string, uint32_t, std::string>;

  void Apply(const std::string& operator_name, const StateChange& change) {
    Key key{operator_name, change.slot, change.key_group, change.key};
    if (change.value) {
      rows_.insert_or_assign(std::move(key), *change.value);
    } else {
      rows_.erase(key);
    }
  }

  mutable std::mutex mutex_;
  uint64_t epoch_ = 0;
  std::map<Key, std::string> rows_;
};

}  // namespace

std::unique_ptr<StateBackend> MakeMemoryStateBackend() {
  return std::make_unique<MemoryStateBackend>();
}

}  // namespace weir
