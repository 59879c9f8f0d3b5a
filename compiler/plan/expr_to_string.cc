// Expressions as one would write them, with as few parentheses as the grammar needs.
#include <fmt/format.h>

#include "compiler/plan/expr.h"

namespace weir::plan {
namespace {

/// How tightly an expression binds, as in Flow.g4; a looser one inside a tighter one is put in
/// parentheses.
enum Binding : uint8_t {
  kIfBinding,
  kOrBinding,
  kAndBinding,
  kNotBinding,
  kCompareBinding,
  kLikeBinding,
  kIsBinding,
  kInBinding,
  kCoalesceBinding,
  kAddBinding,
  kMultiplyBinding,
  kTryBinding,
  kNegateBinding,
  kPostfixBinding,
  kPrimaryBinding,
};

Binding BindingOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kIf: return kIfBinding;
    case ExprKind::kOr: return kOrBinding;
    case ExprKind::kAnd: return kAndBinding;
    case ExprKind::kNot: return kNotBinding;
    case ExprKind::kCompare: return kCompareBinding;
    case ExprKind::kLike:
    case ExprKind::kMatches: return kLikeBinding;
    case ExprKind::kIsNull: return kIsBinding;
    case ExprKind::kInList:
    case ExprKind::kInRange:
    case ExprKind::kContains: return kInBinding;
    case ExprKind::kCoalesce: return kCoalesceBinding;
    case ExprKind::kArith:
      return expr.arith == ArithOp::kAdd || expr.arith == ArithOp::kSubtract ? kAddBinding
                                                                             : kMultiplyBinding;
    case ExprKind::kTry: return kTryBinding;
    case ExprKind::kNegate: return kNegateBinding;
    case ExprKind::kField:
    case ExprKind::kIndex: return kPostfixBinding;
    default: return kPrimaryBinding;
  }
}

std::string Inside(const ExprPtr& child, int at_least) {
  std::string text = child->ToString();
  return BindingOf(*child) < at_least ? "(" + text + ")" : text;
}

std::string Infix(const Expr& expr, std::string_view op) {
  int binding = BindingOf(expr);
  // `??` leans right, everything else left; comparisons don't chain.
  bool right = expr.kind == ExprKind::kCoalesce;
  bool loose_left = !right && expr.kind != ExprKind::kCompare;
  return fmt::format("{} {} {}", Inside(expr.children[0], loose_left ? binding : binding + 1), op,
                     Inside(expr.children[1], right ? binding : binding + 1));
}

std::string Joined(const std::vector<ExprPtr>& exprs, size_t from = 0) {
  std::string out;
  for (size_t i = from; i < exprs.size(); ++i) {
    if (i > from) out += ", ";
    out += exprs[i]->ToString();
  }
  return out;
}

std::string_view ArithText(ArithOp op) {
  constexpr std::string_view kTexts[] = {"+", "-", "*", "/", "%"};
  return kTexts[static_cast<size_t>(op)];
}

std::string_view CompareText(CompareOp op) {
  constexpr std::string_view kTexts[] = {"==", "!=", "<", "<=", ">", ">="};
  return kTexts[static_cast<size_t>(op)];
}

std::string_view HiddenText(HiddenField field) {
  constexpr std::string_view kTexts[] = {"event_time()", "ingest_time()", "watermark()",
                                         "origin()",     "offset()",      "payload()"};
  return kTexts[static_cast<size_t>(field)];
}

std::string StructText(const Expr& expr) {
  std::string out = "{ ";
  const auto& fields = expr.type.fields();
  for (size_t i = 0; i < expr.children.size(); ++i) {
    out +=
        fmt::format("{}{}: {}", i == 0 ? "" : ", ", fields[i].name, expr.children[i]->ToString());
  }
  return out + " }";
}

std::string CaseText(const Expr& expr) {
  std::string out = "match " + expr.children[0]->ToString() + " {";
  size_t i = 1;
  for (; i + 1 < expr.children.size(); i += 2) {
    out +=
        fmt::format(" {} -> {},", expr.children[i]->ToString(), expr.children[i + 1]->ToString());
  }
  if (i < expr.children.size()) out += " else -> " + expr.children[i]->ToString();
  return out + " }";
}

std::string FormatText(const Expr& expr) {
  std::string out = "f\"";
  for (const ExprPtr& child : expr.children) {
    bool text = child->kind == ExprKind::kLiteral && child->type.is(TypeKind::kString) &&
                !child->value.is_null();
    if (!text) {
      out += "{" + child->ToString() + "}";
      continue;
    }
    std::string quoted = child->value.ToString();
    out += quoted.substr(1, quoted.size() - 2);
  }
  return out + "\"";
}

std::string InListText(const Expr& expr) {
  std::string out = Inside(expr.children[0], kInBinding + 1);
  out += expr.negated ? " not in [" : " in [";
  for (size_t i = 0; i < expr.values.size(); ++i) {
    out += (i == 0 ? "" : ", ") + expr.values[i].ToString();
  }
  return out + "]";
}

std::string Word(const Expr& expr, std::string_view word, const std::string& right) {
  return fmt::format("{} {}{} {}", Inside(expr.children[0], BindingOf(expr) + 1),
                     expr.negated ? "not " : "", word, right);
}

}  // namespace

std::string Expr::ToString() const {
  switch (kind) {
    case ExprKind::kLiteral: return value.ToString();
    case ExprKind::kColumn: return name.empty() ? fmt::format("#{}", index) : name;
    case ExprKind::kHidden: return std::string(HiddenText(hidden));
    case ExprKind::kCall: return function->name + "(" + Joined(children) + ")";
    case ExprKind::kArith: return Infix(*this, ArithText(arith));
    case ExprKind::kNegate: return "-" + Inside(children[0], kNegateBinding);
    case ExprKind::kCompare: return Infix(*this, CompareText(compare));
    case ExprKind::kAnd: return Infix(*this, "and");
    case ExprKind::kOr: return Infix(*this, "or");
    case ExprKind::kNot: return "not " + Inside(children[0], kNotBinding);
    case ExprKind::kIsNull:
      return Inside(children[0], kIsBinding) + (negated ? " is not null" : " is null");
    case ExprKind::kCoalesce: return Infix(*this, "??");
    case ExprKind::kIf:
      return fmt::format("if {} then {} else {}", children[0]->ToString(), children[1]->ToString(),
                         children[2]->ToString());
    case ExprKind::kCase: return CaseText(*this);
    case ExprKind::kSubject: return "subject";
    case ExprKind::kCast:
      return fmt::format("cast({} as {})", children[0]->ToString(), type.ToString());
    case ExprKind::kTry: return "try " + Inside(children[0], kTryBinding);
    case ExprKind::kField: return Inside(children[0], kPostfixBinding) + "." + name;
    case ExprKind::kIndex:
      return Inside(children[0], kPostfixBinding) + "[" + children[1]->ToString() + "]";
    case ExprKind::kMakeStruct: return StructText(*this);
    case ExprKind::kMakeList: return "[" + Joined(children) + "]";
    case ExprKind::kInList: return InListText(*this);
    case ExprKind::kInRange:
      return Word(*this, "in", children[1]->ToString() + ".." + children[2]->ToString());
    case ExprKind::kContains: return Word(*this, "in", Inside(children[1], kInBinding + 1));
    case ExprKind::kLike: return Word(*this, "like", value.ToString());
    case ExprKind::kMatches: return Word(*this, "matches", "r\"" + value.as_string() + "\"");
    case ExprKind::kFormat: return FormatText(*this);
  }
  return "?";
}

}  // namespace weir::plan
