#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

/// Where things are in the store. Big-endian numbers, so that the entries of an operator, of one of
/// its slots and of a key group of it are ranges, in this order:
///   01 <text>                                         the store itself: format, commits
///   02 'o'|'s' <name>                                 number of an operator's or slot's name
///   10 <operator:4> <slot:4> <key group:2> <key>      an entry
/// Numbers stand for names for good; a name that comes back finds its state.
inline constexpr std::string_view kFormatKey =
    "\x01"
    "format";
inline constexpr std::string_view kCommitsKey =
    "\x01"
    "commits";
inline constexpr char kNamesTag = '\x02';
inline constexpr char kEntriesTag = '\x10';

enum class NameKind : char { kOperator = 'o', kSlot = 's' };

inline void AppendBigEndian(std::string& out, uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

inline uint32_t ReadBigEndian32(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < sizeof(value); ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

inline uint64_t ReadBigEndian64(std::string_view bytes) {
  return uint64_t{ReadBigEndian32(bytes)} << 32 | ReadBigEndian32(bytes.substr(4));
}

inline std::string NameKey(NameKind kind, std::string_view name) {
  std::string key{kNamesTag, static_cast<char>(kind)};
  key.append(name);
  return key;
}

inline std::string OperatorPrefix(uint32_t operator_id) {
  std::string key(1, kEntriesTag);
  AppendBigEndian(key, operator_id, 4);
  return key;
}

inline std::string SlotPrefix(uint32_t operator_id, uint32_t slot_id) {
  std::string key = OperatorPrefix(operator_id);
  AppendBigEndian(key, slot_id, 4);
  return key;
}

inline std::string GroupPrefix(uint32_t operator_id, uint32_t slot_id, uint32_t key_group) {
  std::string key = SlotPrefix(operator_id, slot_id);
  AppendBigEndian(key, key_group, 2);
  return key;
}

inline constexpr size_t kSlotPrefixSize = 1 + 4 + 4;
inline constexpr size_t kGroupPrefixSize = kSlotPrefixSize + 2;

/// The first key behind all that begin with `prefix`, which must not be all 0xff.
inline std::string EndOfPrefix(std::string prefix) {
  while (static_cast<uint8_t>(prefix.back()) == 0xff) prefix.pop_back();
  prefix.back() = static_cast<char>(static_cast<uint8_t>(prefix.back()) + 1);
  return prefix;
}

}  // namespace weir
