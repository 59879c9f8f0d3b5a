#include <fmt/format.h>

#include "compiler/ast/dump.h"
#include "compiler/ast/dump_text.h"

namespace weir::ast {
namespace dump {

std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Text(const ExprPtr& expr) { return expr == nullptr ? "-" : Dump(*expr); }

std::string Text(const Name& name) { return name.empty() ? "-" : name.text; }

std::string Text(const CallArgs& args) {
  std::string out;
  for (const CallArg& arg : args.args) {
    out += ' ';
    if (arg.name) out += arg.name->text + ": ";
    out += Text(arg.value);
  }
  if (args.where != nullptr) out += " (where " + Dump(*args.where) + ")";
  return out;
}

std::string Text(const Pattern& pattern) {
  if (pattern.is_else) return "else";
  std::string out = Text(pattern.value);
  if (pattern.high != nullptr) out += ".." + Dump(*pattern.high);
  return out;
}

std::string Text(const StructExpr& value) {
  std::string out = "{";
  for (const StructEntry& entry : value.entries) {
    out += ' ';
    if (entry.kind == StructEntry::Kind::kSpread) {
      out += "..." + Text(entry.value);
    } else {
      out += entry.name.text;
      if (entry.kind == StructEntry::Kind::kField) out += ": " + Text(entry.value);
    }
  }
  return out + " }";
}

namespace {

std::string FStringText(const FStringLiteral& literal) {
  std::string out = "(f";
  for (const FStringPart& part : literal.parts) {
    out += ' ' + (part.expr == nullptr ? Quote(part.text) : Dump(*part.expr));
  }
  return out + ')';
}

std::string LiteralText(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kInt: return std::to_string(expr.As<IntLiteral>().value);
    case ExprKind::kDecimal: {
      const auto& decimal = expr.As<DecimalLiteral>();
      return fmt::format("{}@{}", decimal.digits, decimal.scale);
    }
    case ExprKind::kFloat: return fmt::format("float({})", expr.As<FloatLiteral>().value);
    case ExprKind::kString: return Quote(expr.As<StringLiteral>().value);
    case ExprKind::kFString: return FStringText(expr.As<FStringLiteral>());
    case ExprKind::kDuration: return fmt::format("{}us", expr.As<DurationLiteral>().micros);
    case ExprKind::kSize: return fmt::format("{}B", expr.As<SizeLiteral>().bytes);
    case ExprKind::kTimestamp: return fmt::format("@{}", expr.As<TimestampLiteral>().micros);
    case ExprKind::kBool: return expr.As<BoolLiteral>().value ? "true" : "false";
    default: return "null";
  }
}

std::string MemberText(const MemberExpr& member) {
  std::string out =
      fmt::format("({} {} {}", member.safe ? "?." : ".", Text(member.object), member.member.text);
  if (member.call) out += " (args" + Text(*member.call) + ")";
  return out + ')';
}

std::string IsText(const IsExpr& is) {
  static constexpr const char* kWhat[] = {"null", "true", "false"};
  return fmt::format("(is{} {} {})", is.negated ? "-not" : "", Text(is.operand),
                     kWhat[static_cast<int>(is.what)]);
}

std::string MatchText(const MatchExpr& match) {
  std::string out = "(match " + Text(match.subject);
  for (const MatchExprArm& arm : match.arms) {
    out += " [";
    for (const Pattern& pattern : arm.patterns) out += Text(pattern) + ' ';
    out += "-> " + Text(arm.value) + "]";
  }
  return out + ')';
}

std::string ListText(const ListExpr& list) {
  std::string out = "[";
  for (const ExprPtr& element : list.elements) out += ' ' + Text(element);
  return out + " ]";
}

std::string BinaryText(const BinaryExpr& binary) {
  return fmt::format("({}{} {} {})", binary.negated ? "not-" : "", BinaryOpText(binary.op),
                     Text(binary.left), Text(binary.right));
}

}  // namespace
}  // namespace dump

std::string Dump(const Expr& expr) {
  using dump::Text;
  switch (expr.kind) {
    case ExprKind::kParam: return "$" + expr.As<ParamExpr>().name.text;
    case ExprKind::kName: return expr.As<NameExpr>().name.text;
    case ExprKind::kMember: return dump::MemberText(expr.As<MemberExpr>());
    case ExprKind::kIndex: {
      const auto& index = expr.As<IndexExpr>();
      return "(index " + Text(index.object) + ' ' + Text(index.index) + ')';
    }
    case ExprKind::kUnary: {
      const auto& unary = expr.As<UnaryExpr>();
      return (unary.op == UnaryOp::kNot ? "(not " : "(neg ") + Text(unary.operand) + ')';
    }
    case ExprKind::kBinary: return dump::BinaryText(expr.As<BinaryExpr>());
    case ExprKind::kRange: {
      const auto& range = expr.As<RangeExpr>();
      return "(range " + Text(range.low) + ' ' + Text(range.high) + ')';
    }
    case ExprKind::kIs: return dump::IsText(expr.As<IsExpr>());
    case ExprKind::kIf: {
      const auto& choice = expr.As<IfExpr>();
      return "(if " + Text(choice.condition) + ' ' + Text(choice.then_value) + ' ' +
             Text(choice.else_value) + ')';
    }
    case ExprKind::kMatch: return dump::MatchText(expr.As<MatchExpr>());
    case ExprKind::kCast: {
      const auto& cast = expr.As<CastExpr>();
      return "(cast " + Text(cast.operand) + ' ' + Text(cast.type) + ')';
    }
    case ExprKind::kTry: return "(try " + Text(expr.As<TryExpr>().operand) + ')';
    case ExprKind::kWith: {
      const auto& with = expr.As<WithExpr>();
      return "(with " + Text(with.base) + ' ' + Text(*with.changes) + ')';
    }
    case ExprKind::kCall: {
      const auto& call = expr.As<CallExpr>();
      return "(call " + call.callee.text + Text(call.args) + ')';
    }
    case ExprKind::kList: return dump::ListText(expr.As<ListExpr>());
    case ExprKind::kStruct: return Text(expr.As<StructExpr>());
    case ExprKind::kError: return "<error>";
    default: return dump::LiteralText(expr);
  }
}

}  // namespace weir::ast
