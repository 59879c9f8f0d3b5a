#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/semantic/state_program.h"

namespace weir::semantic {

/// Statements of a block to plan::Statement: `+=`, `-=` and `?=` become assignments, `match`
/// becomes ifs, `let` a register of its own.
class StatementLowering {
 public:
  explicit StatementLowering(StateCompiler& state) : state_(state) {}

  plan::Block Lower(const ast::Block& block, Scope& scope);

 private:
  void LowerInto(const ast::Block& block, Scope& scope, plan::Block& out);
  void LowerStatement(const ast::Statement& statement, Scope& scope, plan::Block& out);
  void Assign(const ast::AssignStatement& statement, Scope& scope, plan::Block& out);
  void Put(const ast::AssignStatement& statement, const ScopeColumn& field, Scope& scope,
           plan::Block& out);
  void Let(const ast::LetStatement& statement, Scope& scope, plan::Block& out);
  void If(const ast::IfStatement& statement, Scope& scope, plan::Block& out);
  void Match(const ast::MatchStatement& statement, Scope& scope, plan::Block& out);
  void Emit(const ast::EmitStatement& statement, Scope& scope, plan::Block& out);
  void Timer(const ast::Name& timer, const ast::Expr* at, Span span, Scope& scope,
             plan::Block& out);
  /// W0203 for `+=` of a decimal into one that is no wider.
  void WarnNarrowSum(const ast::AssignStatement& statement, const DataType& sum,
                     const DataType& term);
  plan::ExprPtr NewValue(const ast::AssignStatement& statement, const plan::ExprPtr& old,
                         const DataType& type, Scope& scope);
  EmitPort PortOf(const ast::EmitStatement& statement, Scope& scope);
  /// Facts about registers that `block` writes no longer hold after it.
  void ForgetWritten(const plan::Block& block, Scope& scope);
  const ScopeColumn* Target(const ast::Name& name, const Scope& scope);

  StageContext& context() { return state_.context_; }
  ExprBinder& binder() { return state_.context_.binder(); }

  StateCompiler& state_;
};

}  // namespace weir::semantic
