#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"

namespace weir::jsonschema {

/// One value of a JSON text, with its place.
struct JsonNode {
  enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  struct Member {
    std::string name;
    Span name_span;  ///< with its quotes
    std::unique_ptr<JsonNode> value;
  };

  Kind kind = Kind::kNull;
  Span span;
  std::string text;  ///< kString: unescaped; kNumber, kBool: as written
  std::vector<std::unique_ptr<JsonNode>> elements;
  std::vector<Member> members;  ///< in the order of the text
  std::string pointer;          ///< RFC 6901: `/properties/a~1b`; "" for the whole

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_true() const { return kind == Kind::kBool && text == "true"; }
  bool is_false() const { return kind == Kind::kBool && text == "false"; }
  /// Null when there is none (or this is no object).
  const JsonNode* Find(std::string_view name) const;
  const Member* FindMember(std::string_view name) const;
};

/// `a string`, `an array`, …
std::string_view JsonKindWords(JsonNode::Kind kind);

/// The whole file. Null after a report: it is no JSON (F0702), an object has a key twice.
std::unique_ptr<JsonNode> ReadJson(const SourceFile& source, DiagnosticEngine& diagnostics);

}  // namespace weir::jsonschema
