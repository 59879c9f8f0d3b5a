#include <algorithm>
#include <string>
#include <utility>

#include "compiler/format/printer.h"
#include "compiler/source/utf8.h"

namespace weir::format {
namespace {

constexpr size_t kUnlimited = 10'000;

}  // namespace

Doc Printer::Expr(const ast::ExprPtr& expr) { return Expr(*expr); }

Doc Printer::Expr(const ast::Expr& expr) {
  if (!expr.parenthesized) return Bare(expr);
  return Group(
      Concat({Text("("), Indent(2, Concat({SoftLine(), Bare(expr)})), SoftLine(), Text(")")}));
}

Doc Printer::Bare(const ast::Expr& expr) {
  using ast::ExprKind;
  switch (expr.kind) {
    case ExprKind::kMember: return Member(expr.As<ast::MemberExpr>());
    case ExprKind::kIndex: {
      const auto& index = expr.As<ast::IndexExpr>();
      return Concat({Expr(index.object), Text("["), Expr(index.index), Text("]")});
    }
    case ExprKind::kUnary: {
      const auto& unary = expr.As<ast::UnaryExpr>();
      return Concat({Text(unary.op == ast::UnaryOp::kNot ? "not " : "-"), Expr(unary.operand)});
    }
    case ExprKind::kBinary: return Binary(expr.As<ast::BinaryExpr>());
    case ExprKind::kRange: {
      const auto& range = expr.As<ast::RangeExpr>();
      return Concat({Expr(range.low), Text(".."), Expr(range.high)});
    }
    case ExprKind::kIs: {
      const auto& is = expr.As<ast::IsExpr>();
      static constexpr const char* kWhat[] = {"null", "true", "false"};
      return Concat({Expr(is.operand), Text(is.negated ? " is not " : " is "),
                     Text(kWhat[static_cast<int>(is.what)])});
    }
    case ExprKind::kIf: return If(expr.As<ast::IfExpr>());
    case ExprKind::kMatch: return Match(expr.As<ast::MatchExpr>());
    case ExprKind::kCast: {
      const auto& cast = expr.As<ast::CastExpr>();
      return Concat({Text("cast("), Expr(cast.operand), Text(" as "), Type(cast.type), Text(")")});
    }
    case ExprKind::kTry: return Concat({Text("try "), Expr(expr.As<ast::TryExpr>().operand)});
    case ExprKind::kWith: {
      const auto& with = expr.As<ast::WithExpr>();
      return Concat({Expr(with.base), Text(" with "), Struct(*with.changes)});
    }
    case ExprKind::kCall: {
      const auto& call = expr.As<ast::CallExpr>();
      return Concat({Name(call.callee), Args(call.args)});
    }
    case ExprKind::kList: return List(expr.As<ast::ListExpr>());
    case ExprKind::kStruct: return Struct(expr.As<ast::StructExpr>());
    default: return Literal(expr);
  }
}

Doc Printer::Literal(const ast::Expr& literal) {
  const std::string raw = Raw(literal.span);
  switch (literal.kind) {
    case ast::ExprKind::kInt:
    case ast::ExprKind::kDecimal: return Text(CanonicalNumber(raw));
    case ast::ExprKind::kString:
      return Text(literal.As<ast::StringLiteral>().form == ast::StringLiteral::Form::kQuoted
                      ? CanonicalString(raw)
                      : raw);
    default: return Text(raw);
  }
}

Doc Printer::Binary(const ast::BinaryExpr& binary) {
  std::vector<Doc> parts;
  Chain(binary, binary.op, parts);
  return Group(Indent(2, Concat(std::move(parts))));
}

/// a and b and c share one level: each operator starts a line once the chain is broken.
void Printer::Chain(const ast::Expr& expr, ast::BinaryOp op, std::vector<Doc>& out) {
  const auto* binary = expr.Try<ast::BinaryExpr>();
  const bool same = binary != nullptr && binary->op == op;
  if (!same || (expr.parenthesized && !out.empty())) {
    out.push_back(Expr(expr));
    return;
  }
  const auto* left = binary->left->Try<ast::BinaryExpr>();
  if (left != nullptr && left->op == op && !left->parenthesized) {
    Chain(*left, op, out);
  } else {
    out.push_back(Expr(binary->left));
  }
  out.push_back(Line());
  out.push_back(Text(std::string(binary->negated ? "not " : "") + ast::BinaryOpText(op) + " "));
  out.push_back(Expr(binary->right));
}

Doc Printer::Member(const ast::MemberExpr& member) {
  std::vector<Doc> parts{Expr(member.object), Text(member.safe ? "?." : "."), Name(member.member)};
  if (member.call) parts.push_back(Args(*member.call));
  return Concat(std::move(parts));
}

Doc Printer::If(const ast::IfExpr& choice) {
  Doc condition = Expr(choice.condition);
  Doc then_value = Expr(choice.then_value);
  Doc else_value = Expr(choice.else_value);
  return Group(Concat({Text("if "), std::move(condition),
                       Indent(2, Concat({Line(), Text("then "), std::move(then_value), Line(),
                                         Text("else "), std::move(else_value)}))}));
}

Doc Printer::Pattern(const ast::Pattern& pattern) {
  if (pattern.is_else) return Text("else");
  Doc value = Expr(pattern.value);
  if (pattern.high == nullptr) return value;
  return Concat({std::move(value), Text(".."), Expr(pattern.high)});
}

std::string Printer::Flat(const std::function<Doc()>& print) {
  comments_.Mute(true);
  std::string text = Print(print(), kUnlimited);
  comments_.Mute(false);
  if (!text.empty()) text.pop_back();  // the line break at the end
  return text;
}

std::string Printer::PatternsText(const std::vector<ast::Pattern>& patterns) {
  std::string out;
  for (const ast::Pattern& pattern : patterns) {
    out += (out.empty() ? "" : ", ") + Flat([&] { return Pattern(pattern); });
  }
  return out;
}

Doc Printer::Match(const ast::MatchExpr& match) {
  Doc subject = Expr(match.subject);
  std::vector<std::string> heads;
  size_t width = 0;
  for (const ast::MatchExprArm& arm : match.arms) {
    heads.push_back(PatternsText(arm.patterns));
    width = std::max(width, CountCodePoints(heads.back()));
  }
  std::vector<Entry> entries;
  for (size_t i = 0; i < match.arms.size(); ++i) {
    const ast::MatchExprArm& arm = match.arms[i];
    const std::string pad(width - CountCodePoints(heads[i]), ' ');
    entries.push_back({arm.span, [this, &arm, head = heads[i] + pad] {
                         return Concat({Text(head + " -> "), Expr(arm.value)});
                       }});
  }
  return Concat(
      {Text("match "), std::move(subject), Text(" "), BraceBlock(std::move(entries), match.span)});
}

Doc Printer::Args(const ast::CallArgs& args) {
  std::vector<Entry> entries;
  for (const ast::CallArg& arg : args.args) {
    entries.push_back({arg.span, [this, &arg] {
                         if (!arg.name) return Expr(arg.value);
                         return Concat({Name(*arg.name), Text(": "), Expr(arg.value)});
                       }});
  }
  if (args.where == nullptr) return Bracketed("(", ")", std::move(entries), args.span);
  std::vector<Doc> parts{CommaLines(std::move(entries))};
  if (!args.args.empty()) parts.push_back(Line());
  parts.push_back(Text("where "));
  parts.push_back(Expr(args.where));
  return Group(Concat({Text("("), Indent(2, Concat({SoftLine(), Concat(std::move(parts))})),
                       SoftLine(), Text(")")}));
}

Doc Printer::Struct(const ast::StructExpr& value) {
  std::vector<Entry> entries;
  for (const ast::StructEntry& entry : value.entries) {
    entries.push_back({entry.span, [this, &entry] {
                         if (entry.kind == ast::StructEntry::Kind::kSpread) {
                           return Concat({Text("..."), Expr(entry.value)});
                         }
                         Doc name = Text(CanonicalString(Raw(entry.name.span)));
                         if (entry.value == nullptr) return name;
                         return Concat({std::move(name), Text(": "), Expr(entry.value)});
                       }});
  }
  return Bracketed("{", "}", std::move(entries), value.span, true);
}

Doc Printer::List(const ast::ListExpr& list) {
  std::vector<Entry> entries;
  for (const ast::ExprPtr& element : list.elements) {
    entries.push_back({element->span, [this, &element] { return Expr(element); }});
  }
  return Bracketed("[", "]", std::move(entries), list.span);
}

}  // namespace weir::format
