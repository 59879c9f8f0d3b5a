#include "runtime/exec/state_slot.h"

#include "runtime/state/state_access.h"

namespace weir {

Result<std::map<std::string, std::string>> ReadStateSlot(const StateBackend* state,
                                                         const char* operator_name,
                                                         const char* slot) {
  std::map<std::string, std::string> entries;
  if (state == nullptr) return entries;
  const StateReader reader(*state, operator_name, 0, 0, true);
  WEIR_TRY(reader.ForEachUnkeyed(slot, [&](std::string_view name, std::string_view value) {
    entries[std::string(name)] = value;
    return Status::Ok();
  }));
  return entries;
}

}  // namespace weir
