#pragma once

namespace weir {

// Simple case mapping of one code point (Unicode's one-to-one mappings) for Latin, Greek, Cyrillic
// and Armenian letters; other characters stay, also ß, which has no single capital. Independent of
// locales, so the same on every machine.
char32_t LowerOf(char32_t c);
char32_t UpperOf(char32_t c);

}  // namespace weir
