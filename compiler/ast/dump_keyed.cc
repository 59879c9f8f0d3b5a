#include <fmt/format.h>

#include "compiler/ast/dump_text.h"

namespace weir::ast::dump {
namespace {

std::string IfText(const IfStatement& statement) {
  std::string out = "if " + Text(statement.condition) + ' ' + Text(statement.then_block);
  if (statement.else_block) out += " else " + Text(*statement.else_block);
  if (statement.else_if != nullptr) out += " else " + Text(*statement.else_if);
  return out;
}

std::string MatchText(const MatchStatement& statement) {
  std::string out = "match " + Text(statement.subject) + " {";
  for (const StatementArm& arm : statement.arms) {
    for (const Pattern& pattern : arm.patterns) out += ' ' + Text(pattern);
    out += " -> " + Text(arm.block) + ';';
  }
  return out + " }";
}

std::string AssignText(const AssignStatement& statement) {
  std::string out = Text(statement.target);
  if (statement.index != nullptr) out += '[' + Text(statement.index) + ']';
  return fmt::format("{} {} {}", out, AssignOpText(statement.op), Text(statement.value));
}

}  // namespace

std::string Text(const Block& block) {
  std::string out = "{";
  for (const StatementPtr& statement : block.statements) out += ' ' + Text(*statement) + ';';
  return out + " }";
}

std::string Text(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kAssign: return AssignText(statement.As<AssignStatement>());
    case StatementKind::kLet: {
      const auto& let = statement.As<LetStatement>();
      return "let " + Text(let.name) + " = " + Text(let.value);
    }
    case StatementKind::kIf: return IfText(statement.As<IfStatement>());
    case StatementKind::kMatch: return MatchText(statement.As<MatchStatement>());
    case StatementKind::kEmit: {
      const auto& emit = statement.As<EmitStatement>();
      return "emit " + Text(*emit.row) + (emit.route ? " " + Text(*emit.route) : "");
    }
    case StatementKind::kSetTimer: {
      const auto& timer = statement.As<SetTimerStatement>();
      return "set timer " + Text(timer.timer) + " = " + Text(timer.at);
    }
    case StatementKind::kCancelTimer:
      return "cancel timer " + Text(statement.As<CancelTimerStatement>().timer);
    case StatementKind::kClear: return "clear";
  }
  return {};
}

}  // namespace weir::ast::dump
