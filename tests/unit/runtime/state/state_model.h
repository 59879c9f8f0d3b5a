#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runtime/state/state_access.h"
#include "runtime/state/state_backend.h"

namespace weir {

/// Independent computation of what a backend must hold: a history of commits, each a function of
/// its epoch alone, applied to a plain map.
class StateModel {
 public:
  using Key = std::tuple<std::string, std::string, uint32_t, std::string>;
  using Rows = std::map<Key, std::string>;

  struct Change {
    Key key;
    std::optional<std::string> value;
    bool prefix = false;
  };

  /// Small commits and, every fifth epoch, one of some hundred kilobytes.
  static std::vector<Change> ChangesOf(uint64_t epoch) {
    std::mt19937_64 random(epoch * 7919);
    const size_t count = epoch % 5 == 0 ? 3000 : random() % 40;
    std::vector<Change> changes;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t dice = random();
      Change change;
      std::string key = "key-" + std::to_string(dice % 5000);
      if (dice % 11 == 0) key.push_back('\0');  // sorts right behind the one without
      change.key = {"op" + std::to_string(dice % 3), dice % 7 == 0 ? "timers" : "rows",
                    static_cast<uint32_t>(dice % 257), std::move(key)};
      if (dice % 29 == 0) {
        change.prefix = true;
        std::get<3>(change.key).resize(random() % 7);
      } else if (dice % 4 != 0) {
        change.value = "\x01" + std::to_string(epoch) + "/" + std::string(random() % 200, 'v');
      }
      changes.push_back(std::move(change));
    }
    return changes;
  }

  /// As operators write them: several instances, each with its own delta.
  static std::vector<StateDelta> DeltasOf(uint64_t epoch) {
    std::map<std::pair<std::string, uint32_t>, StateWriter> writers;
    for (const Change& change : ChangesOf(epoch)) {
      const auto& [name, slot, group, key] = change.key;
      StateWriter& writer = writers.try_emplace({name, group / 100}, name).first->second;
      if (change.prefix) {
        writer.DeletePrefix(slot, group, key);
      } else if (change.value) {
        writer.Put(slot, group, key, *change.value);
      } else {
        writer.Delete(slot, group, key);
      }
    }
    std::vector<StateDelta> deltas;
    for (auto& [instance, writer] : writers) deltas.push_back(writer.Take());
    return deltas;
  }

  void Apply(uint64_t epoch) {
    for (Change& change : ChangesOf(epoch)) {
      if (change.prefix) {
        const auto& [name, slot, group, prefix] = change.key;
        std::erase_if(rows_, [&](const auto& row) {
          const auto& [row_name, row_slot, row_group, row_key] = row.first;
          return row_name == name && row_slot == slot && row_group == group &&
                 row_key.starts_with(prefix);
        });
      } else if (change.value) {
        rows_[change.key] = *std::move(change.value);
      } else {
        rows_.erase(change.key);
      }
    }
    epoch_ = epoch;
  }
  void ApplyTo(uint64_t epoch) {
    while (epoch_ < epoch) Apply(epoch_ + 1);
  }

  const Rows& rows() const { return rows_; }

  /// Everything a backend holds, by its scans.
  static Result<Rows> Read(const StateBackend& backend) {
    Rows rows;
    for (const std::string& name : backend.Operators()) {
      for (const std::string& slot : backend.Slots(name)) {
        for (uint32_t group = 0; group <= kUnkeyedGroup; ++group) {
          WEIR_TRY(backend.Scan(name, slot, group, [&](std::string_view key, std::string_view v) {
            rows[{name, slot, group, std::string(key)}] = v;
            return Status::Ok();
          }));
        }
      }
    }
    return rows;
  }

 private:
  Rows rows_;
  uint64_t epoch_ = 0;
};

}  // namespace weir
