#pragma once

#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "runtime/base/status.h"
#include "stdlib/api/aggregate_def.h"

namespace weir {

// Accumulators as C++ objects: AggregateKernel works on raw bytes, these adapt a class to it.

/// First byte of what every accumulator serializes to.
inline constexpr char kStateVersion = 1;

template <typename T>
void PutRaw(const T& value, std::string& out) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

template <typename T>
bool TakeRaw(std::string_view& in, T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (in.size() < sizeof(T)) return false;
  std::memcpy(static_cast<void*>(&value), in.data(), sizeof(T));
  in.remove_prefix(sizeof(T));
  return true;
}

/// uint32 length and bytes.
void PutBytes(std::string_view bytes, std::string& out);
bool TakeBytes(std::string_view& in, std::string_view& bytes);

Status DamagedState(std::string_view aggregate);

template <typename State>
State& As(uint8_t* state) {
  return *std::launder(reinterpret_cast<State*>(state));
}
template <typename State>
const State& As(const uint8_t* state) {
  return *std::launder(reinterpret_cast<const State*>(state));
}

/// The parts of a kernel that follow from the class of its accumulator. `State` has
///   void Merge(const State& other);
///   void Save(std::string& out) const;   bool Load(std::string_view& in);
/// and constructors and a destructor. `update` and `finish` are left to the caller.
template <typename State>
AggregateKernel KernelOf() {
  static_assert(alignof(State) <= 16);
  AggregateKernel kernel;
  kernel.state_size = sizeof(State);
  kernel.init = [](uint8_t* state, const AggregateContext&) { new (state) State(); };
  kernel.merge = [](const AggregateContext&, uint8_t* target, const uint8_t* source) {
    As<State>(target).Merge(As<State>(source));
  };
  if constexpr (!std::is_trivially_destructible_v<State>) {
    kernel.destroy = [](uint8_t* state) { As<State>(state).~State(); };
  }
  kernel.serialize = [](const uint8_t* state, std::string& out) {
    out += kStateVersion;
    As<State>(state).Save(out);
  };
  kernel.deserialize = [](std::string_view& in, uint8_t* state) -> Status {
    if (in.empty() || in[0] != kStateVersion) return DamagedState("version");
    in.remove_prefix(1);
    return As<State>(state).Load(in) ? Status::Ok() : DamagedState("bytes");
  };
  return kernel;
}

/// Calls `body(state, row)` for the rows whose argument is not null.
template <typename State, typename Body>
void ForEachValue(uint8_t* const* states, const Column& argument, const RowSet& rows, Body&& body) {
  if (!argument.has_nulls()) {
    rows.ForEach([&](RowIndex row) { body(As<State>(states[row]), row); });
  } else {
    rows.ForEach([&](RowIndex row) {
      if (!argument.IsNull(row)) body(As<State>(states[row]), row);
    });
  }
}

}  // namespace weir
