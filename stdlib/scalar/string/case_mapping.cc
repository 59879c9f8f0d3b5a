#include "stdlib/scalar/string/case_mapping.h"

namespace weir {
namespace {

/// Capitals at a fixed distance from their small letters.
struct Shift {
  char32_t first, last;  ///< capitals
  char32_t distance;
};
constexpr Shift kShifts[] = {
    {0x41, 0x5A, 0x20},   {0xC0, 0xD6, 0x20},   {0xD8, 0xDE, 0x20},   {0x388, 0x38A, 37},
    {0x391, 0x3A1, 0x20}, {0x3A3, 0x3AB, 0x20}, {0x400, 0x40F, 0x50}, {0x410, 0x42F, 0x20},
    {0x531, 0x556, 48},   {0x38E, 0x38F, 63},   {0x386, 0x386, 38},   {0x38C, 0x38C, 64},
};

/// Capital and small letter side by side; `parity` is that of the capitals.
struct Pairs {
  char32_t first, last;
  char32_t parity;
};
constexpr Pairs kPairs[] = {
    {0x100, 0x12F, 0}, {0x132, 0x137, 0}, {0x139, 0x148, 1},   {0x14A, 0x177, 0},
    {0x179, 0x17E, 1}, {0x1CD, 0x1DC, 1}, {0x1DE, 0x1EF, 0},   {0x1F8, 0x21F, 0},
    {0x222, 0x233, 0}, {0x3D8, 0x3EF, 0}, {0x460, 0x481, 0},   {0x48A, 0x4BF, 0},
    {0x4C1, 0x4CE, 1}, {0x4D0, 0x52F, 0}, {0x1E00, 0x1E95, 0}, {0x1EA0, 0x1EFF, 0},
};

constexpr char32_t kCapitalYDiaeresis = 0x178;
constexpr char32_t kSmallYDiaeresis = 0xFF;

}  // namespace

char32_t LowerOf(char32_t c) {
  for (const Shift& shift : kShifts) {
    if (c >= shift.first && c <= shift.last) return c + shift.distance;
  }
  for (const Pairs& pairs : kPairs) {
    if (c >= pairs.first && c <= pairs.last) return c % 2 == pairs.parity ? c + 1 : c;
  }
  return c == kCapitalYDiaeresis ? kSmallYDiaeresis : c;
}

char32_t UpperOf(char32_t c) {
  if (c == 0x3C2) return 0x3A3;  // final sigma
  for (const Shift& shift : kShifts) {
    const char32_t capital = c - shift.distance;
    if (c >= shift.distance && capital >= shift.first && capital <= shift.last) return capital;
  }
  for (const Pairs& pairs : kPairs) {
    if (c >= pairs.first && c <= pairs.last) return c % 2 != pairs.parity ? c - 1 : c;
  }
  return c == kSmallYDiaeresis ? kCapitalYDiaeresis : c;
}

}  // namespace weir
