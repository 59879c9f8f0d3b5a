#include "runtime/eval/json_text.h"

namespace weir {
namespace {

std::string_view Trim(std::string_view text) {
  auto space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

/// For texts that are not the container that was asked for.
JsonLookup Refuse(std::string_view text) {
  switch (JsonKindOf(text)) {
    case JsonKind::kNull: return JsonLookup::kAbsent;
    case JsonKind::kNothing: return JsonLookup::kMalformed;
    default: return JsonLookup::kScalar;
  }
}

bool SameKey(const JsonStringToken& key, std::string_view name) {
  if (!key.escaped) return key.text == name;
  StringArena arena(256);
  return UnescapeJson(key, arena) == name;
}

}  // namespace

JsonKind JsonKindOf(std::string_view text) {
  text = Trim(text);
  if (text.empty()) return JsonKind::kNothing;
  switch (text.front()) {
    case '{': return JsonKind::kObject;
    case '[': return JsonKind::kArray;
    case '"': return JsonKind::kString;
    case 't':
    case 'f': return JsonKind::kBool;
    case 'n': return text == "null" ? JsonKind::kNull : JsonKind::kNothing;
    default: break;
  }
  char c = text.front();
  return c == '-' || (c >= '0' && c <= '9') ? JsonKind::kNumber : JsonKind::kNothing;
}

std::string_view JsonKindName(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull: return "null";
    case JsonKind::kBool: return "a bool";
    case JsonKind::kNumber: return "a number";
    case JsonKind::kString: return "a string";
    case JsonKind::kArray: return "an array";
    case JsonKind::kObject: return "an object";
    case JsonKind::kNothing: return "no JSON";
  }
  return "no JSON";
}

JsonLookup FindJsonMember(std::string_view text, std::string_view name, std::string_view* value) {
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (!scanner.Consume('{')) return Refuse(text);
  scanner.SkipSpace();
  if (scanner.Consume('}')) return JsonLookup::kAbsent;
  do {
    JsonStringToken key;
    scanner.SkipSpace();
    if (!scanner.ScanString(key)) return JsonLookup::kMalformed;
    scanner.SkipSpace();
    if (!scanner.Expect(':')) return JsonLookup::kMalformed;
    scanner.SkipSpace();
    if (!scanner.SkipValue(*value)) return JsonLookup::kMalformed;
    if (SameKey(key, name)) return *value == "null" ? JsonLookup::kAbsent : JsonLookup::kFound;
    scanner.SkipSpace();
  } while (scanner.Consume(','));
  return scanner.Consume('}') ? JsonLookup::kAbsent : JsonLookup::kMalformed;
}

JsonLookup FindJsonElement(std::string_view text, int64_t index, std::string_view* value) {
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (!scanner.Consume('[')) return Refuse(text);
  scanner.SkipSpace();
  if (scanner.Consume(']')) return JsonLookup::kAbsent;
  int64_t at = 0;
  do {
    scanner.SkipSpace();
    if (!scanner.SkipValue(*value)) return JsonLookup::kMalformed;
    if (at++ == index) return *value == "null" ? JsonLookup::kAbsent : JsonLookup::kFound;
    scanner.SkipSpace();
  } while (scanner.Consume(','));
  return scanner.Consume(']') ? JsonLookup::kAbsent : JsonLookup::kMalformed;
}

bool JsonScalarText(std::string_view text, StringArena& arena, std::string_view* out) {
  *out = Trim(text);
  JsonScanner scanner(*out);
  switch (JsonKindOf(*out)) {
    case JsonKind::kBool: return *out == "true" || *out == "false";
    case JsonKind::kNumber: {
      std::string_view number;
      return scanner.ScanNumber(number) && scanner.AtEnd();
    }
    case JsonKind::kString: {
      JsonStringToken token;
      if (!scanner.ScanString(token) || !scanner.AtEnd()) return false;
      *out = token.escaped ? UnescapeJson(token, arena) : token.text;
      return true;
    }
    default: return false;
  }
}

}  // namespace weir
