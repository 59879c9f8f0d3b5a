#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

/// The vocabulary of the language and of its neighbours, as data for messages and recovery.
namespace weir::syntax {

/// Words that start a stage, a top-level declaration.
std::span<const std::string_view> StageWords();
std::span<const std::string_view> ItemWords();

/// What another system calls a stage and what it is called here.
struct ForeignStage {
  std::string_view word;     ///< "filter"
  std::string_view ours;     ///< "where"
  std::string_view example;  ///< "|> where x > 0"
};
/// Ignores case.
const ForeignStage* FindForeignStage(std::string_view word);

/// A clause as SQL writes it.
struct SqlClause {
  std::string_view word;  ///< First word: "group".
  std::string_view sql;   ///< "GROUP BY"
  std::string_view ours;  ///< "`by` after the aggregates"
  std::string_view example;
};
const SqlClause* FindSqlClause(std::string_view word);

/// A declaration as another language spells it: "function" -> "fn".
struct ForeignItem {
  std::string_view word;
  std::string_view ours;
};
const ForeignItem* FindForeignItem(std::string_view word);

/// True for the first words of SQL statements: select, insert, create, …
bool IsSqlStatement(std::string_view word);

/// The words that introduce the clauses of a declaration or stage ("source", "aggregate"); empty
/// for those without clauses.
std::span<const std::string_view> ClauseWords(std::string_view of);

// ---------------------------------------------------------------- token types

/// Can be a name: identifiers and contextual words.
bool IsNameToken(size_t type);
bool IsReservedWord(size_t type);
bool IsItemWord(size_t type);
bool IsStageWord(size_t type);
/// May be the last / the first token of an expression.
bool EndsExpression(size_t type);
bool StartsExpression(size_t type);
/// An operator that needs something on its right.
bool IsBinaryOperator(size_t type);

}  // namespace weir::syntax
