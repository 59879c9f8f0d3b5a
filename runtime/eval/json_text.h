#pragma once

#include <string>
#include <string_view>

#include "runtime/vector/string_arena.h"

namespace weir {

/// What a JSON text is; told by its first character (null by all four).
enum class JsonKind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject, kNothing };
JsonKind JsonKindOf(std::string_view text);
std::string_view JsonKindName(JsonKind kind);  ///< `an object`, `a number`

/// Outcome of looking into a JSON text. Values are views of the text: members keep their bytes.
enum class JsonLookup : uint8_t {
  kFound,
  kAbsent,  ///< no such member, or the text is null
  kScalar,  ///< the text has no members
  kMalformed,
};

/// Member `name` of an object (of several with one name the first). The text behind the member is
/// not read: json columns hold checked text.
JsonLookup FindJsonMember(std::string_view text, std::string_view name, std::string_view* value);
/// Element `index` (from 0; negative is absent) of an array.
JsonLookup FindJsonElement(std::string_view text, int64_t index, std::string_view* value);

/// Calls `visit(value)` for each element of an array, or `visit(key, value)` for each member of an
/// object; the key is unescaped, into `arena` where it must be. False when the text is not one.
template <typename Visit>
bool ForEachJsonElement(std::string_view text, Visit&& visit);
template <typename Visit>
bool ForEachJsonMember(std::string_view text, StringArena& arena, Visit&& visit);

/// Text of a JSON scalar as casts read it: the characters of a string (unescaped into `arena` where
/// needed), the number's own text, true, false. False for anything else.
bool JsonScalarText(std::string_view text, StringArena& arena, std::string_view* out);

}  // namespace weir

#include "runtime/eval/json_text_inl.h"
