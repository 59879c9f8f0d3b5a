#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/semantic/connect_resolved.h"
#include "compiler/semantic/types_schema_info.h"
#include "runtime/types/value.h"

/// Declarations of a file with their names and types resolved. The AST node is there for what the
/// stage checks read themselves (clauses, pipelines).
namespace weir::semantic {

class Catalog;

struct ParamInfo {
  std::string name;
  const ast::ParamDecl* decl = nullptr;
  DataType type;
  /// Value under the active profile and --param; none after an error.
  std::optional<Value> value;
  bool stand_in = false;  ///< env() without a value: an empty string or zero takes its place
};

struct SecretInfo {
  std::string name;
  const ast::SecretDecl* decl = nullptr;
  std::optional<std::string> value;  ///< none: not set now
};

struct FunctionInfo {
  struct Param {
    std::string name;
    DataType type;
    std::optional<Value> default_value;
  };
  std::string name;
  const ast::FunctionDecl* decl = nullptr;
  const Catalog* module = nullptr;  ///< where the body's names live
  std::vector<Param> params;
  DataType result;      ///< as declared; the error type if the body decides
  bool broken = false;  ///< something in it was reported: calls give the error type
};

struct TemplateInfo {
  std::string name;
  const ast::TemplateDecl* decl = nullptr;
  const Catalog* module = nullptr;
};

struct SourceInfo {
  std::string name;
  const ast::SourceDecl* decl = nullptr;
  SchemaInfoPtr schema;  ///< null after an error
  ResolvedConnector connector;
  ResolvedFormat format;
};

struct TableInfo {
  std::string name;
  const ast::TableDecl* decl = nullptr;
  SchemaInfoPtr schema;
  ResolvedConnector connector;
  ResolvedFormat format;
};

struct SinkInfo {
  std::string name;
  const ast::SinkDecl* decl = nullptr;
  SchemaInfoPtr schema;  ///< null if no type was written
  bool typed = false;    ///< a type was written
  ResolvedConnector connector;
  ResolvedFormat format;
};

struct StreamInfo {
  std::string name;
  const ast::StreamDecl* decl = nullptr;
  SchemaInfoPtr schema;  ///< of the written type; null without one
  bool typed = false;
};

struct ViewInfo {
  std::string name;
  const ast::ViewDecl* decl = nullptr;
  ResolvedConnector connector;  ///< `exists` is false without `to`
};

struct FixtureInfo {
  std::string name;
  const ast::FixtureDecl* decl = nullptr;
  SchemaInfoPtr schema;
};

/// What a name of the dataflow is: the right side of `from`, `into` and `->`.
enum class FlowKind : uint8_t { kNone, kSource, kTable, kSink, kStream, kView };
const char* FlowKindWord(FlowKind kind);

struct FlowName {
  FlowKind kind = FlowKind::kNone;
  size_t index = 0;  ///< into the Catalog's list of that kind
  Span declared;
};

}  // namespace weir::semantic
