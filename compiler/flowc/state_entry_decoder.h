#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/logical_plan.h"
#include "runtime/base/result.h"
#include "runtime/types/value.h"

namespace weir::flowc {

/// Entries of an operator's state as JSON. With the plan of the pipeline, keys and the fields of
/// sessions, processes and aggregates are read by their types; without it, or where the stored form
/// is another, only what speaks for itself, and the rest as bytes.
class StateEntryDecoder {
 public:
  using Json = nlohmann::ordered_json;

  /// `plan` may be null.
  StateEntryDecoder(const plan::LogicalPlan* plan, std::string operator_name);

  Json Key(std::string_view slot, uint32_t key_group, std::string_view key) const;
  Json Entry(std::string_view slot, uint32_t key_group, std::string_view value) const;
  /// Whether the user means this key: its text, one of its parts where it has one, its JSON, or its
  /// bytes as shown.
  static bool IsMeant(const Json& key, std::string_view text);

 private:
  std::optional<std::vector<Value>> KeyValues(std::string_view key) const;
  std::optional<Json> Typed(std::string_view slot, std::string_view value) const;

  const plan::LogicalNode* node_ = nullptr;  ///< null: not in the plan
  std::vector<DataType> key_types_;
};

}  // namespace weir::flowc
