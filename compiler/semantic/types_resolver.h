#pragma once

#include <map>
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
  /// The element of a list or the value of a map, with what fields of a struct in it demand.
  TypeUse ResolvePart(const ast::TypeRef& type);
  /// `collection` with what `part` demands of each element.
  static TypeUse Collection(DataType collection, const TypeUse& part);

  // types_schema.cc
  std::vector<FieldInfo> ResolveFields(const std::vector<ast::FieldDecl>& fields);
  FieldInfo ResolveField(const ast::FieldDecl& field);
  /// What the fields of a struct demand and carry, added to the field that holds it.
  void AddNested(const SchemaInfo& nested, const DataType& type, FieldInfo& info);
  void ReadAnnotations(const ast::FieldDecl& field, FieldInfo& info, TypeUse& use);
  void ReadPii(const ast::Annotation& annotation, FieldInfo& info);
  void ReadDefault(const ast::FieldDecl& field, FieldInfo& info);
  void ReadExtra(const ast::SchemaDecl& decl, SchemaInfo& info);
  void AddBase(const ast::SchemaDecl& decl, SchemaInfo& info);
  /// The imported declaration; null after a report.
  const ast::SchemaDecl* AddImported(const ast::SchemaDecl& decl, SchemaInfo& info);

  const Catalog& catalog_;
  DiagnosticEngine& diagnostics_;
  std::map<const ast::TypeRef*, const ast::Expr*> demands_;  ///< ImportedSchema::demands
};

/// Fills `schema` and `row_type` from the fields.
void FinishSchema(SchemaInfo& info);

}  // namespace weir::semantic
