#include <array>

#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kInvalid = 0xff;

constexpr std::array<uint8_t, 256> MakeReverse() {
  std::array<uint8_t, 256> reverse{};
  for (uint8_t& value : reverse) value = kInvalid;
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    reverse[static_cast<unsigned char>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return reverse;
}

constexpr auto kReverse = MakeReverse();

char Digit(uint32_t bits) { return kAlphabet[bits & 63]; }

}  // namespace

void AppendBase64(std::string_view bytes, std::string& out) {
  const auto byte = [&](size_t i) { return uint32_t{static_cast<unsigned char>(bytes[i])}; };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    const char group[] = {Digit(bits >> 18), Digit(bits >> 12), Digit(bits >> 6), Digit(bits)};
    out.append(group, sizeof(group));
  }
  const size_t left = bytes.size() - i;
  if (left == 0) return;
  const uint32_t bits = byte(i) << 16 | (left == 2 ? byte(i + 1) << 8 : 0);
  out += Digit(bits >> 18);
  out += Digit(bits >> 12);
  out += left == 2 ? Digit(bits >> 6) : '=';
  out += '=';
}

std::optional<std::string> ParseBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && !text.empty() && text.back() == '=') {
    text.remove_suffix(1);
    ++padding;
  }
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int available = 0;
  for (const char c : text) {
    const uint8_t digit = kReverse[static_cast<unsigned char>(c)];
    if (digit == kInvalid) return std::nullopt;
    bits = (bits << 6 | digit) & 0xfff'ffff;
    available += 6;
    if (available < 8) continue;
    available -= 8;
    out += static_cast<char>(bits >> available & 0xff);
  }
  // Bits beyond the last byte must be zero, so that each byte string has one text.
  if ((bits & ((1U << available) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace weir
