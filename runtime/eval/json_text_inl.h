#pragma once

// Loops of json_text.h.

#include "runtime/eval/json_text.h"
#include "runtime/format/json/json_scanner.h"

namespace weir {

template <typename Visit>
bool ForEachJsonElement(std::string_view text, Visit&& visit) {
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (!scanner.Expect('[')) return false;
  scanner.SkipSpace();
  if (scanner.Consume(']')) return true;
  do {
    std::string_view value;
    scanner.SkipSpace();
    if (!scanner.SkipValue(value)) return false;
    visit(value);
    scanner.SkipSpace();
  } while (scanner.Consume(','));
  return scanner.Expect(']');
}

template <typename Visit>
bool ForEachJsonMember(std::string_view text, StringArena& arena, Visit&& visit) {
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (!scanner.Expect('{')) return false;
  scanner.SkipSpace();
  if (scanner.Consume('}')) return true;
  do {
    JsonStringToken key;
    std::string_view value;
    scanner.SkipSpace();
    if (!scanner.ScanString(key)) return false;
    scanner.SkipSpace();
    if (!scanner.Expect(':')) return false;
    scanner.SkipSpace();
    if (!scanner.SkipValue(value)) return false;
    visit(key.escaped ? UnescapeJson(key, arena) : key.text, value);
    scanner.SkipSpace();
  } while (scanner.Consume(','));
  return scanner.Expect('}');
}

}  // namespace weir
