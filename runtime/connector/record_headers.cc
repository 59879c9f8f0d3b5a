#include "runtime/connector/record_headers.h"

#include <cstdint>
#include <cstring>

namespace weir {
namespace {

constexpr uint32_t kNull = 0xffffffff;

void PutSize(uint32_t size, std::string& list) {
  list.append(reinterpret_cast<const char*>(&size), sizeof(size));
}

bool TakeSize(std::string_view& list, uint32_t& size) {
  if (list.size() < sizeof(size)) return false;
  std::memcpy(&size, list.data(), sizeof(size));
  list.remove_prefix(sizeof(size));
  return size == kNull || list.size() >= size;
}

}  // namespace

void AppendRecordHeader(std::string_view name, std::optional<std::string_view> value,
                        std::string& list) {
  PutSize(static_cast<uint32_t>(name.size()), list);
  list += name;
  PutSize(value ? static_cast<uint32_t>(value->size()) : kNull, list);
  if (value) list += *value;
}

bool NextRecordHeader(std::string_view& list, RecordHeader& header) {
  uint32_t size = 0;
  if (!TakeSize(list, size) || size == kNull) return false;
  header.name = list.substr(0, size);
  list.remove_prefix(size);
  if (!TakeSize(list, size)) return false;
  header.value.reset();
  if (size == kNull) return true;
  header.value = list.substr(0, size);
  list.remove_prefix(size);
  return true;
}

}  // namespace weir
