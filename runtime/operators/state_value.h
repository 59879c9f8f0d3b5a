#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/base/result.h"
#include "runtime/types/value.h"

namespace weir {

// Single values of keyed state: stored in blocks, merged, written to snapshots.

/// A value of fixed width (not null) to and from its place in a block.
void StoreFixedValue(const Value& value, Physical physical, uint8_t* place);
Value LoadFixedValue(const DataType& type, Physical physical, const uint8_t* place);

/// The field of two sessions that became one. First and last go by session start.
Result<Value> MergeStateValues(plan::MergeRule rule, const Value& earlier, const Value& later);

/// Self-delimiting bytes; enums by their text, so that editing the type's values is harmless.
void AppendStateValue(const Value& value, std::string& out);
/// Fails with kDataLoss for damaged bytes.
Result<Value> ReadStateValue(const DataType& type, std::string_view& in);

}  // namespace weir
