#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "compiler/jsonschema/json_node.h"

namespace weir::jsonschema {

/// A schema object together with what it takes over by `$ref` and `allOf`: a value must satisfy all
/// of them, so each keyword may stand in one of them only.
struct SchemaView {
  std::vector<const JsonNode*> layers;   ///< the object itself first
  std::vector<const JsonNode*> targets;  ///< objects that a `$ref` led to
  std::vector<const JsonNode*> path;     ///< those of them that are being added right now
  bool or_null = false;                  ///< `anyOf: [T, {type: null}]` was taken as T

  const JsonNode* Find(std::string_view keyword) const;
  const JsonNode::Member* FindMember(std::string_view keyword) const;
  const JsonNode& self() const { return *layers.front(); }
};

/// One schema file: resolves references inside it and checks which keywords it uses.
class SchemaFile {
 public:
  /// The arguments must outlive it.
  SchemaFile(const SourceFile& source, const JsonNode& root, DiagnosticEngine& diagnostics);

  const SourceFile& source() const { return source_; }
  const JsonNode& root() const { return root_; }
  DiagnosticEngine& diagnostics() const { return diagnostics_; }
  /// None after a report. `active`: objects that are being read; a reference to one is a circle.
  std::optional<SchemaView> View(const JsonNode& schema,
                                 const std::vector<const JsonNode*>& active);

  /// "`minimum` at /properties/n": F0710, F0711, W0710 with the place in words.
  DiagnosticBuilder Report(Code code, const JsonNode::Member& keyword, const JsonNode& owner);

 private:
  bool AddLayer(const JsonNode& schema, const std::vector<const JsonNode*>& active,
                SchemaView& view);
  bool AddReference(const JsonNode::Member& ref, const JsonNode& owner,
                    const std::vector<const JsonNode*>& active, SchemaView& view);
  bool AddUnion(const JsonNode::Member& keyword, const JsonNode& owner,
                const std::vector<const JsonNode*>& active, SchemaView& view);
  const JsonNode* Locate(std::string_view reference) const;
  bool CheckKeywords(const JsonNode& schema);
  bool CheckClashes(const SchemaView& view);

  const SourceFile& source_;
  const JsonNode& root_;
  DiagnosticEngine& diagnostics_;
  bool siblings_count_ = true;  ///< from 2019-09 on, keywords beside `$ref` apply as well
  std::set<const JsonNode*> checked_;
};

}  // namespace weir::jsonschema
