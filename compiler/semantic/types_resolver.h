#pragma once

#include <string>
#include <vector>

#include "compiler/semantic/declare_data.h"

namespace weir::semantic {

/// Types as written to DataType, with constraints and schemas. Reports what is wrong.
class TypeResolver {
 public:
  explicit TypeResolver(const Catalog& catalog)
      : catalog_(catalog), diagnostics_(catalog.diagnostics()) {}

  TypeUse Resolve(const ast::TypeRef& type);
  /// `type X = …` and `schema X …`.
  TypeUse ResolveAlias(const ast::TypeDecl& decl);
  SchemaInfoPtr ResolveSchema(const ast::SchemaDecl& decl);

 private:
  TypeUse ResolveNamed(const ast::TypeRef& type);
  TypeUse ResolveQualified(const ast::TypeRef& type);
  TypeUse UnknownType(const ast::Name& name);
  DataType ResolveDecimal(const ast::TypeRef& type);
  TypeUse ResolveGeneric(const ast::TypeRef& type);
  DataType ResolveEnum(const ast::TypeRef& type);
  TypeUse ResolveStruct(const ast::TypeRef& type);
  /// The part of a list or map; its own `where` could not be checked there.
  DataType ResolvePart(const ast::TypeRef& type);

  // types_schema.cc
  std::vector<FieldInfo> ResolveFields(const std::vector<ast::FieldDecl>& fields);
  FieldInfo ResolveField(const ast::FieldDecl& field);
  void ReadAnnotations(const ast::FieldDecl& field, FieldInfo& info, TypeUse& use);
  void ReadPii(const ast::Annotation& annotation, FieldInfo& info);
  void ReadDefault(const ast::FieldDecl& field, FieldInfo& info);
  void ReadExtra(const ast::SchemaDecl& decl, SchemaInfo& info);
  void AddBase(const ast::SchemaDecl& decl, SchemaInfo& info);
  bool AddImported(const ast::SchemaDecl& decl, SchemaInfo& info);

  const Catalog& catalog_;
  DiagnosticEngine& diagnostics_;
};

/// Fills `schema` and `row_type` from the fields.
void FinishSchema(SchemaInfo& info);

}  // namespace weir::semantic
