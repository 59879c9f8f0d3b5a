#include "stdlib/aggregate/aggregate_state.h"

namespace weir {

void PutBytes(std::string_view bytes, std::string& out) {
  PutRaw(static_cast<uint32_t>(bytes.size()), out);
  out += bytes;
}

bool TakeBytes(std::string_view& in, std::string_view& bytes) {
  uint32_t size = 0;
  if (!TakeRaw(in, size) || in.size() < size) return false;
  bytes = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

Status DamagedState(std::string_view what) {
  return DataLossError("the stored state of an aggregate is damaged ({})", what);
}

}  // namespace weir
