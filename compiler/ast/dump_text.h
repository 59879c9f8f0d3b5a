#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/ast/keyed_state.h"
#include "compiler/ast/stage.h"

/// Pieces of the dump, one line each. Private to this folder.
namespace weir::ast::dump {

std::string Quote(std::string_view text);
/// "-" for null.
std::string Text(const ExprPtr& expr);
std::string Text(const TypeRefPtr& type);
std::string Text(const Name& name);
std::string Text(const std::optional<Name>& name);
std::string Text(const std::optional<StringValue>& text);
std::string Text(const std::vector<Name>& names);
std::string Text(const CallArgs& args);
std::string Text(const CallOnly& call);
std::string Text(const Pattern& pattern);
std::string Text(const Route& route);
std::string Text(const Connector& connector);
std::string Text(const KeyList& keys);
std::string Text(const std::vector<Assignment>& assignments);
std::string Text(const std::vector<Annotation>& annotations);
std::string Text(const FieldDecl& field);
std::string Text(const EmitClause& emit);
std::string Text(const LateClause& late);
std::string Text(const PiiClause& pii);
std::string Text(const FormatClause& format);
std::string Text(const ErrorClause& error);
std::string Text(const AmountClause& amount);
std::string Text(const WindowSpec& window);
std::string Text(const Block& block);
std::string Text(const Statement& statement);
std::string Text(const StructExpr& value);

/// "(word text)" if the clause is there, else nothing.
template <typename T>
std::string Clause(std::string_view word, const std::optional<T>& clause) {
  return clause ? " (" + std::string(word) + " " + Text(*clause) + ")" : std::string();
}

std::string Text(const Stage& stage);
void Append(const Pipeline& pipeline, int indent, std::string& out);

}  // namespace weir::ast::dump
