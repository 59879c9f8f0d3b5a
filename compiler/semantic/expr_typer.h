#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/expr.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/expr.h"
#include "compiler/semantic/declare_catalog.h"
#include "compiler/semantic/expr_binder.h"
#include "compiler/semantic/expr_convert.h"
#include "compiler/semantic/expr_retype.h"
#include "compiler/semantic/expr_scope.h"

namespace weir::semantic {

/// Where env() and secrets may be read (parameters, connector arguments) and what came of it.
struct ExternalValues {
  bool allow_secrets = false;
  bool stand_in = false;     ///< out: something was not set, an empty string took its place
  bool secret_used = false;  ///< out
  bool env_used = false;     ///< out
};

/// Arguments of a call against the parameters of one overload.
struct ArgumentMatch {
  std::vector<plan::ExprPtr> arguments;         ///< in the order of parameters, variadic ones last
  std::vector<std::optional<Value>> constants;  ///< by parameter
  std::vector<bool> variadic_tail;
  int cost = 0;
};

/// Arguments as typed, before an overload is chosen.
struct TypedArg {
  const ast::CallArg* arg = nullptr;
  plan::ExprPtr expr;
};

/// The work of ExprBinder: types one expression after the other. `Type` may use `hint` (the type
/// that the place expects) but converts nothing; callers convert.
class ExprTyper {
 public:
  ExprTyper(const Catalog& catalog, DiagnosticEngine& diagnostics,
            ExternalValues* external = nullptr, int depth = 0)
      : catalog_(catalog), diagnostics_(diagnostics), external_(external), depth_(depth) {}

  plan::ExprPtr Type(const ast::Expr& expr, const Scope& scope, const DataType* hint = nullptr);
  plan::ExprPtr TypeAs(const ast::Expr& expr, const Scope& scope, const DataType& expected);
  plan::ExprPtr Condition(const ast::Expr& expr, const Scope& scope, std::string_view place);
  plan::ExprPtr PartialRow(const ast::Expr& expr, const Scope& scope, const DataType& type);
  plan::AggregateCall Aggregate(const ast::Expr& expr, const Scope& scope);
  MatchTests Match(const plan::ExprPtr& subject,
                   std::span<const std::vector<ast::Pattern>* const> arms, Span whole);
  plan::ExprPtr Convert(plan::ExprPtr expr, const DataType& target, Span span);
  plan::ExprPtr Arithmetic(plan::ArithOp op, plan::ExprPtr left, plan::ExprPtr right, Span span,
                           Span op_span);
  /// Constant arguments only; none after a report.
  std::optional<Value> Evaluate(const plan::ExprPtr& expr, std::string_view what);
  bool IsAggregateCall(const ast::Expr& expr) const;

 private:
  using ExprPtr = plan::ExprPtr;

  // expr_literals.cc
  ExprPtr TypeLiteral(const ast::Expr& expr);
  ExprPtr TypeFString(const ast::FStringLiteral& text, const Scope& scope);
  ExprPtr TypeList(const ast::ListExpr& list, const Scope& scope, const DataType* hint);
  ExprPtr TypeStruct(const ast::StructExpr& row, const Scope& scope, const DataType* hint);
  ExprPtr TypeWith(const ast::WithExpr& with, const Scope& scope, const DataType* hint);
  /// Entries of a struct literal as (name, value); spreads opened.
  struct Entry {
    std::string name;
    ExprPtr value;
    Span span;
  };
  std::vector<Entry> Entries(const ast::StructExpr& row, const Scope& scope, const DataType* hint);
  void OpenSpread(const ast::StructEntry& entry, const Scope& scope, std::vector<Entry>& entries);
  Entry TypeEntry(const ast::StructEntry& entry, const Scope& scope, const DataType* hint);
  ExprPtr MakeAnonymousStruct(std::vector<Entry> entries, Span span);
  bool ReportUnknownFields(const std::vector<Entry>& entries, const DataType& type);
  ExprPtr MakeStruct(std::vector<Entry> entries, const DataType* type, Span span, bool partial);

  // expr_names.cc
  ExprPtr TypeName(const ast::NameExpr& name, const Scope& scope, const DataType* hint);
  ExprPtr TypeParam(const ast::ParamExpr& param, const Scope& scope);
  ExprPtr TypeMember(const ast::MemberExpr& member, const Scope& scope);
  ExprPtr TypeMethod(const ast::MemberExpr& member, const Scope& scope);
  ExprPtr TypeRowMember(const ast::MemberExpr& member, const Scope& scope, const Scope::Row& row);
  ExprPtr TypeStructMember(const ast::MemberExpr& member, ExprPtr object, const Scope& scope);
  void ReportHiddenMember(const ast::MemberExpr& member);
  ExprPtr TypeIndex(const ast::IndexExpr& index, const Scope& scope);
  ExprPtr UnknownName(const ast::Name& name, const Scope& scope, const DataType* hint);
  ExprPtr Known(ExprPtr expr, const Scope& scope) const;

  // expr_operators.cc
  ExprPtr TypeUnary(const ast::UnaryExpr& unary, const Scope& scope);
  ExprPtr TypeBinary(const ast::BinaryExpr& binary, const Scope& scope, const DataType* hint);
  ExprPtr TypeLogic(const ast::BinaryExpr& binary, const Scope& scope);
  ExprPtr TypeCoalesce(const ast::BinaryExpr& binary, const Scope& scope, const DataType* hint);
  ExprPtr TypeArithmetic(const ast::BinaryExpr& binary, const Scope& scope, const DataType* hint);
  ExprPtr Numbers(plan::ArithOp op, ExprPtr left, ExprPtr right, Span span, Span op_span);
  ExprPtr Times(plan::ArithOp op, ExprPtr left, ExprPtr right, Span span, Span op_span);
  ExprPtr OperatorMisfit(std::string_view op, const ExprPtr& left, const ExprPtr& right,
                         Span op_span, std::string help);

  // expr_comparisons.cc
  ExprPtr TypeComparison(const ast::BinaryExpr& binary, const Scope& scope);
  ExprPtr Compare(plan::CompareOp op, ExprPtr left, ExprPtr right, Span span, Span op_span,
                  std::string_view op_text);
  ExprPtr TypeIs(const ast::IsExpr& is, const Scope& scope);
  ExprPtr TypeIn(const ast::BinaryExpr& in, const Scope& scope);
  ExprPtr TypeInList(const ast::BinaryExpr& in, ExprPtr subject, const Scope& scope);
  ExprPtr TypeInRange(const ast::BinaryExpr& in, ExprPtr subject, const Scope& scope);
  ExprPtr TypeLike(const ast::BinaryExpr& like, const Scope& scope);
  /// Brings both to one type; false after a report.
  bool Unify(ExprPtr& left, ExprPtr& right, std::string_view op, Span op_span);

  // expr_forms.cc
  ExprPtr TypeIf(const ast::IfExpr& form, const Scope& scope, const DataType* hint);
  ExprPtr TypeMatch(const ast::MatchExpr& match, const Scope& scope, const DataType* hint);
  ExprPtr TypeCast(const ast::CastExpr& cast, const Scope& scope);
  ExprPtr TypeTry(const ast::TryExpr& attempt, const Scope& scope);
  ExprPtr PatternTest(const ExprPtr& subject, const ast::Pattern& pattern);
  /// One type for all branches; false after a report.
  bool UnifyBranches(std::vector<ExprPtr>& branches, const DataType* hint);

  // expr_calls.cc
  ExprPtr TypeCall(const ast::CallExpr& call, const Scope& scope);
  ExprPtr CallFunction(const FunctionInfo& function, const ast::Name& name,
                       const ast::CallArgs& args, const Scope& scope, Span span);
  ExprPtr CallScalar(const FunctionDef& function, const ast::Name& name, const ast::CallArgs& args,
                     const Scope& scope, Span span);
  ExprPtr SpecialCall(const ast::CallExpr& call, const Scope& scope);
  ExprPtr EnvironmentCall(const ast::CallExpr& call);
  ExprPtr UnknownFunction(const ast::Name& name);
  std::vector<TypedArg> TypeArgs(const ast::CallArgs& args, const Scope& scope, bool* poisoned);

  // expr_overloads.cc
  std::optional<ArgumentMatch> MatchArguments(const std::vector<ParamDef>& params,
                                              const std::vector<TypedArg>& args, std::string* why);
  ExprPtr MatchArgument(const ParamDef& param, const ExprPtr& arg, const ArgumentMatch& match,
                        int* cost);
  void ReportArguments(std::string_view function, std::string signatures, std::string why,
                       Span span);

  void ReportMisfit(const Conversion& conversion, const DataType& target, const ExprPtr& expr,
                    Span span);
  void ReportText(const plan::Expr& literal, const DataType& target, Span span);
  void ReportMaybeNull(const plan::Expr& condition, const ast::Expr& expr, const Scope& scope,
                       std::string_view place);
  std::string TextOf(Span span) const { return catalog_.TextOf(span); }

  const Catalog& catalog_;
  DiagnosticEngine& diagnostics_;
  ExternalValues* external_;
  ExprPtr TooLarge(const std::string& function, Span span);

  int depth_;  ///< of inlined functions
  /// Functions inlined for the outermost call so far; shared with the typers of their bodies.
  std::shared_ptr<int> expansions_;
};

/// "an EventType", "a uuid", "one of the values of this enum".
std::string WithArticle(const DataType& type);
/// `truncate(text: string, length: int64)`, one line per overload.
template <typename Def>
std::string SignaturesOf(const Def& def);
std::string SignatureOf(std::string_view name, const std::vector<ParamDef>& params);

template <typename Def>
std::string SignaturesOf(const Def& def) {
  std::string text;
  for (const auto& overload : def.overloads) {
    if (!text.empty()) text += "\n";
    text += SignatureOf(def.name, overload.params);
  }
  return text;
}

}  // namespace weir::semantic
