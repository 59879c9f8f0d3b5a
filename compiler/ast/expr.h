#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/name.h"
#include "compiler/source/span.h"

namespace weir::ast {

struct TypeRef;

enum class ExprKind : uint8_t {
  kInt,
  kDecimal,
  kFloat,
  kString,
  kFString,
  kDuration,
  kSize,
  kTimestamp,
  kBool,
  kNull,
  kParam,
  kName,
  kMember,
  kIndex,
  kUnary,
  kBinary,
  kRange,
  kIs,
  kIf,
  kMatch,
  kCast,
  kTry,
  kWith,
  kCall,
  kList,
  kStruct,
  kError,
};

/// Base of all expressions. Each derived struct has `static constexpr ExprKind kKind`; use
/// `expr.As<BinaryExpr>()` after a switch over `kind`, or `expr.Try<NameExpr>()` to ask.
struct Expr {
  ExprKind kind;
  Span span;                   ///< Without surrounding parentheses.
  bool parenthesized = false;  ///< Written in parentheses (kept by fmt; no meaning).

  explicit Expr(ExprKind k) : kind(k) {}
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;
  virtual ~Expr() = default;

  template <typename T>
  const T& As() const {
    return static_cast<const T&>(*this);
  }
  template <typename T>
  const T* Try() const {
    return kind == T::kKind ? static_cast<const T*>(this) : nullptr;
  }
};

using ExprPtr = std::unique_ptr<Expr>;

template <ExprKind kind_of>
struct ExprOf : Expr {
  static constexpr ExprKind kKind = kind_of;
  ExprOf() : Expr(kind_of) {}
};

// ---------------------------------------------------------------- literals, decoded

/// Never negative: a sign is a UnaryExpr around it.
struct IntLiteral : ExprOf<ExprKind::kInt> {
  uint64_t value = 0;
};

/// 10.50 -> digits "1050", scale 2. At most 38 digits, no leading zeros ("0" for zero).
struct DecimalLiteral : ExprOf<ExprKind::kDecimal> {
  std::string digits;
  int scale = 0;
};

struct FloatLiteral : ExprOf<ExprKind::kFloat> {
  double value = 0;
};

/// "a", 'a', r"a", """a""": unescaped.
struct StringLiteral : ExprOf<ExprKind::kString> {
  enum class Form : uint8_t { kQuoted, kRaw, kBlock };
  std::string value;
  Form form = Form::kQuoted;
};

/// Either text (expr is null) or an expression.
struct FStringPart {
  std::string text;
  ExprPtr expr;
  Span span;
};

/// f"user:{user_id}"
struct FStringLiteral : ExprOf<ExprKind::kFString> {
  std::vector<FStringPart> parts;
};

/// 1h30m in microseconds.
struct DurationLiteral : ExprOf<ExprKind::kDuration> {
  int64_t micros = 0;
};

/// 1MiB in bytes.
struct SizeLiteral : ExprOf<ExprKind::kSize> {
  int64_t bytes = 0;
};

/// @2026-01-01T10:00:00Z in microseconds since 1970 UTC. Without an offset UTC is meant.
struct TimestampLiteral : ExprOf<ExprKind::kTimestamp> {
  int64_t micros = 0;
};

struct BoolLiteral : ExprOf<ExprKind::kBool> {
  bool value = false;
};

struct NullLiteral : ExprOf<ExprKind::kNull> {};

// ---------------------------------------------------------------- names and access

/// $name, without the dollar sign.
struct ParamExpr : ExprOf<ExprKind::kParam> {
  Name name;
};

struct NameExpr : ExprOf<ExprKind::kName> {
  Name name;
};

struct CallArg {
  std::optional<Name> name;  ///< `limit: 10`.
  ExprPtr value;
  Span span;
};

/// What stands in the parentheses of a call.
struct CallArgs {
  std::vector<CallArg> args;
  ExprPtr where;  ///< Filter of an aggregate, `count(where x > 0)`; null without one.
  Span span;      ///< With the parentheses.
};

/// a.b, a?.b, a.b(args)
struct MemberExpr : ExprOf<ExprKind::kMember> {
  ExprPtr object;
  bool safe = false;  ///< `?.`: null if the object is null.
  Name member;
  std::optional<CallArgs> call;  ///< Set for a.b(…).
};

/// a[b]
struct IndexExpr : ExprOf<ExprKind::kIndex> {
  ExprPtr object;
  ExprPtr index;
};

/// name(args)
struct CallExpr : ExprOf<ExprKind::kCall> {
  Name callee;
  CallArgs args;
};

// ---------------------------------------------------------------- operators

enum class UnaryOp : uint8_t { kNegate, kNot };

struct UnaryExpr : ExprOf<ExprKind::kUnary> {
  UnaryOp op = UnaryOp::kNegate;
  Span op_span;
  ExprPtr operand;
};

enum class BinaryOp : uint8_t {
  kMultiply,
  kDivide,
  kModulo,
  kAdd,
  kSubtract,
  kCoalesce,  ///< `??`
  kIn,        ///< Right side: a RangeExpr or any expression.
  kLike,
  kMatches,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
};

/// The operator as it is written in .flow: "==", "and", "in".
const char* BinaryOpText(BinaryOp op);

struct BinaryExpr : ExprOf<ExprKind::kBinary> {
  BinaryOp op = BinaryOp::kAdd;
  bool negated = false;  ///< `not in`, `not like`, `not matches`.
  Span op_span;
  ExprPtr left;
  ExprPtr right;
};

/// low..high, both inside; only on the right of `in`.
struct RangeExpr : ExprOf<ExprKind::kRange> {
  ExprPtr low;
  ExprPtr high;
};

/// x is [not] null|true|false
struct IsExpr : ExprOf<ExprKind::kIs> {
  enum class What : uint8_t { kNull, kTrue, kFalse };
  ExprPtr operand;
  bool negated = false;
  What what = What::kNull;
};

// ---------------------------------------------------------------- forms

/// if c then a else b
struct IfExpr : ExprOf<ExprKind::kIf> {
  ExprPtr condition;
  ExprPtr then_value;
  ExprPtr else_value;
};

/// A value, a range of values, or `else`.
struct Pattern {
  ExprPtr value;  ///< A literal, maybe negated; null for `else`.
  ExprPtr high;   ///< Upper end of `value..high`; else null.
  bool is_else = false;
  Span span;
};

struct MatchExprArm {
  std::vector<Pattern> patterns;
  ExprPtr value;
  Span span;
};

/// match x { "a", "b" -> 1  else -> 2 }
struct MatchExpr : ExprOf<ExprKind::kMatch> {
  ExprPtr subject;
  std::vector<MatchExprArm> arms;
};

/// cast(x as T)
struct CastExpr : ExprOf<ExprKind::kCast> {
  ExprPtr operand;
  std::unique_ptr<TypeRef> type;

  CastExpr();
  ~CastExpr() override;
};

/// try x
struct TryExpr : ExprOf<ExprKind::kTry> {
  ExprPtr operand;
};

/// [a, b]
struct ListExpr : ExprOf<ExprKind::kList> {
  std::vector<ExprPtr> elements;
};

struct StructEntry {
  enum class Kind : uint8_t {
    kField,      ///< name: value
    kSpread,     ///< ...value
    kShorthand,  ///< name, short for name: name (value is null)
  };
  Kind kind = Kind::kField;
  Name name;
  bool quoted = false;  ///< The name was written as a string.
  ExprPtr value;
  Span span;
};

/// {a: 1, ...b, c}
struct StructExpr : ExprOf<ExprKind::kStruct> {
  std::vector<StructEntry> entries;
};

/// base with {a: 1}
struct WithExpr : ExprOf<ExprKind::kWith> {
  ExprPtr base;
  std::unique_ptr<StructExpr> changes;
};

/// Stands where an expression could not be read; a diagnostic was already reported.
struct ErrorExpr : ExprOf<ExprKind::kError> {};

}  // namespace weir::ast
