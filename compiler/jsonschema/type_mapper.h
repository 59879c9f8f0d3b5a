#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/jsonschema/mapped_type.h"
#include "compiler/jsonschema/schema_view.h"
#include "runtime/types/data_type.h"

namespace weir::jsonschema {

/// The fields of an object as .flow text, with what the text can't say.
struct MappedFields {
  std::string doc;  ///< of the row: `/// …` lines
  std::string text;
  std::vector<std::string> names;
  std::vector<ValueRulesPtr> rules;
  std::vector<FieldPlace> places;
};

/// JSON Schema to types of .flow. Reports everything it can't map, at its place in the file.
class TypeMapper {
 public:
  explicit TypeMapper(SchemaFile& file) : file_(file) {}

  /// The whole file as a row; `skipped`: fields that the .flow file declares itself. None after a
  /// report.
  std::optional<MappedFields> MapRow(const std::set<std::string>& skipped);
  /// What elements of lists and values of maps must satisfy, each as a field of .flow with a
  /// `where`: .flow has no place for it inside a type.
  const std::vector<std::string>& demands() const { return demands_; }

 private:
  using Kind = JsonNode::Kind;

  std::optional<MappedType> Map(const JsonNode& schema);
  std::optional<MappedType> MapView(const SchemaView& view);
  /// The JSON type that values have: "string", "object", …, "" for any.
  std::optional<std::string> TypeOf(const SchemaView& view, bool& or_null);
  std::string ImpliedType(const SchemaView& view) const;

  // map_scalar.cc
  std::optional<MappedType> MapFlowType(const SchemaView& view);
  std::optional<MappedType> MapString(const SchemaView& view);
  std::optional<MappedType> MapFormat(const SchemaView& view, const std::string& format);
  std::optional<MappedType> MapNumber(const SchemaView& view, bool integer);
  std::optional<MappedType> MapBool(const SchemaView& view);
  static DataType DecimalOf(std::string_view type);
  /// A number as a literal of `type`: a float or decimal.
  static std::string NumberText(std::string_view text, std::string_view type);
  bool AddBounds(const SchemaView& view, bool integer, std::string_view type, MappedType& mapped);
  bool AddNumbers(const SchemaView& view, bool integer, MappedType& mapped);
  bool AddLengths(const SchemaView& view, std::string_view low, std::string_view high,
                  MappedType& mapped);
  bool AddPattern(const SchemaView& view, MappedType& mapped);
  /// The values of `enum` or `const` without null; none when neither is there.
  std::optional<std::vector<const JsonNode*>> Choices(const SchemaView& view);

  // map_object.cc
  /// `description`, and for a part `title` before it, as `/// …` lines.
  static std::string DocLines(const SchemaView& view, bool with_title);
  /// Makes `element` the part of the list or map `mapped`.
  void SetElement(MappedType element, MappedType& mapped);
  std::optional<MappedType> MapArray(const SchemaView& view);
  std::optional<MappedType> MapObject(const SchemaView& view);
  std::optional<MappedFields> MapMembers(const SchemaView& view, bool nested,
                                         const std::set<std::string>& skipped);
  bool MapMember(const SchemaView& view, const JsonNode::Member& property, bool nested,
                 MappedFields& fields);
  bool AddRest(const SchemaView& view, MappedFields& fields);
  /// Whether unknown keys are refused; none: they have a schema (`rest`).
  std::optional<bool> Closed(const SchemaView& view, const JsonNode*& rest);
  std::string DefaultText(const JsonNode& value, Notation notation, std::string_view type);
  std::string FlowLiteral(const JsonNode& value) const;

  DiagnosticBuilder Unsupported(const SchemaView& view, std::string_view keyword,
                                std::string message);
  /// W0710 for a keyword that is there.
  void NotChecked(const SchemaView& view, std::string_view keyword, std::string note);
  DiagnosticBuilder Malformed(const SchemaView& view, std::string_view keyword,
                              std::string_view wanted);
  static void Demand(MappedType& mapped, const std::string& condition);

  SchemaFile& file_;
  std::vector<const JsonNode*> active_;  ///< what is being read
  size_t fields_ = 0;
  std::vector<std::string> demands_;
};

}  // namespace weir::jsonschema
