#include "runtime/state/state_access.h"

namespace weir {

Status StateReader::ForEach(
    std::string_view slot,
    const std::function<Status(uint32_t, std::string_view, std::string_view)>& visit) const {
  for (uint32_t group = first_; group < end_; ++group) {
    WEIR_TRY(backend_.Scan(
        operator_name_, slot, group,
        [&](std::string_view key, std::string_view value) { return visit(group, key, value); }));
  }
  return Status::Ok();
}

Status StateReader::ForEachUnkeyed(
    std::string_view slot,
    const std::function<Status(std::string_view, std::string_view)>& visit) const {
  return backend_.Scan(operator_name_, slot, kUnkeyedGroup, visit);
}

}  // namespace weir
