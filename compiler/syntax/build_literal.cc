#include <limits>
#include <string>
#include <utility>

#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/literals.h"
#include "compiler/syntax/parse.h"

namespace weir::syntax {
ast::ExprPtr AstBuilder::Literal(const antlr4::Token* token) {
  const Span span = SpanOf(token);
  switch (token->getType()) {
    case FlowParser::INT: return IntOf(token);
    case FlowParser::DECIMAL: return DecimalOf(token);
    case FlowParser::FLOAT: return FloatOf(token);
    case FlowParser::DURATION: return DurationOf(token);
    case FlowParser::SIZE: return SizeOf(token);
    case FlowParser::TIMESTAMP: return TimestampOf(token);
    case FlowParser::FSTRING: return FStringOf(token);
    case FlowParser::STRING:
    case FlowParser::RAW_STRING:
    case FlowParser::TEXT_BLOCK: return StringOf(token);
    case FlowParser::K_NULL: return NodeAt<ast::NullLiteral>(span);
    case FlowParser::K_TRUE:
    case FlowParser::K_FALSE: {
      auto node = NodeAt<ast::BoolLiteral>(span);
      node->value = token->getType() == FlowParser::K_TRUE;
      return node;
    }
    default: return NodeAt<ast::ErrorExpr>(span);
  }
}

ast::ExprPtr AstBuilder::IntOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::IntLiteral>(SpanOf(token));
  const auto value = DecodeInt(Text(node->span));
  if (!value) {
    diagnostics_.Report(Code::kF0011, node->span)
        .Arg(Text(node->span))
        .Help("the largest whole number is 18446744073709551615 (uint64)");
  }
  node->value = value.value_or(0);
  return node;
}

ast::ExprPtr AstBuilder::DecimalOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::DecimalLiteral>(SpanOf(token));
  auto value = DecodeDecimal(Text(node->span));
  if (!value) {
    diagnostics_.Report(Code::kF0011, node->span)
        .Arg(Text(node->span))
        .Help("a decimal has at most 38 digits; a float is written with an exponent: 1.5e0");
    value = DecodedDecimal{"0", 0};
  }
  node->digits = std::move(value->digits);
  node->scale = value->scale;
  return node;
}

ast::ExprPtr AstBuilder::FloatOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::FloatLiteral>(SpanOf(token));
  const auto value = DecodeFloat(Text(node->span));
  if (!value) {
    diagnostics_.Report(Code::kF0011, node->span)
        .Arg(Text(node->span))
        .Help("a float64 lies between 2.2e-308 and 1.8e308");
  }
  node->value = value.value_or(0);
  return node;
}

ast::ExprPtr AstBuilder::DurationOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::DurationLiteral>(SpanOf(token));
  const DecodedDuration decoded = DecodeDuration(Text(node->span));
  node->micros = decoded.micros;
  if (decoded.problem == DurationProblem::kTooLong) {
    diagnostics_.Report(Code::kF0011, node->span)
        .Arg(Text(node->span))
        .Help("a duration lasts at most 292 000 years");
  } else if (decoded.problem == DurationProblem::kSubMicrosecond) {
    diagnostics_.Report(Code::kF0007, node->span)
        .Arg(Text(node->span))
        .Here("time is counted in whole microseconds")
        .Help("use at least 1us (1000ns)");
  }
  // A bad unit was reported when the tokens were read.
  return node;
}

ast::ExprPtr AstBuilder::SizeOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::SizeLiteral>(SpanOf(token));
  const auto bytes = DecodeSize(Text(node->span));
  if (!bytes) {
    diagnostics_.Report(Code::kF0011, node->span)
        .Arg(Text(node->span))
        .Help("a size has at most 9223372036854775807 bytes");
  }
  node->bytes = bytes.value_or(0);
  return node;
}

ast::ExprPtr AstBuilder::TimestampOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::TimestampLiteral>(SpanOf(token));
  const auto micros = DecodeTimestamp(Text(node->span));
  if (!micros) {
    diagnostics_.Report(Code::kF0023, node->span)
        .Arg(Text(node->span))
        .Help(
            "write @2026-01-31, @2026-01-31T10:00:00Z or @2026-01-31T10:00:00.250+02:00; "
            "at most 6 digits of a second");
  }
  node->micros = micros.value_or(0);
  return node;
}

ast::ExprPtr AstBuilder::StringOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::StringLiteral>(SpanOf(token));
  Span inner = node->span;
  const std::string_view text = Text(inner);
  const size_t type = token->getType();
  const uint32_t open = type == FlowParser::TEXT_BLOCK ? 3 : type == FlowParser::RAW_STRING ? 2 : 1;
  const uint32_t close = type == FlowParser::TEXT_BLOCK ? 3 : 1;
  inner.begin = std::min(inner.begin + open, inner.end);
  // A string without its end was reported; it has no closing quotes to cut off.
  const bool closed = inner.size() >= close && text.back() == text[open - 1];
  if (closed) inner.end -= close;
  if (type == FlowParser::TEXT_BLOCK) {
    node->form = ast::StringLiteral::Form::kBlock;
    node->value = DecodeTextBlock(Text(inner));
  } else if (type == FlowParser::RAW_STRING) {
    node->form = ast::StringLiteral::Form::kRaw;
    node->value = Text(inner);
  } else {
    node->value = UnescapeAt(inner);
  }
  return node;
}

std::string AstBuilder::UnescapeAt(Span text) {
  DecodedString decoded = Unescape(Text(text));
  for (const BadEscape& bad : decoded.bad) {
    const auto begin = text.begin + static_cast<uint32_t>(bad.offset);
    const Span span{text.file, begin, begin + static_cast<uint32_t>(bad.length)};
    diagnostics_.Report(Code::kF0017, span)
        .Arg(Text(span))
        .Help(
            "escapes: \\n \\t \\r \\0 \\\\ \\\" \\' \\{ \\} \\u{1F600}; "
            "in a regular expression use r\"…\"");
  }
  return std::move(decoded.value);
}

ast::ExprPtr AstBuilder::FStringOf(const antlr4::Token* token) {
  auto node = NodeAt<ast::FStringLiteral>(SpanOf(token));
  Span inner{node->span.file, node->span.begin + 2, node->span.end};
  if (inner.size() > 0 && Text(inner).back() == '"') --inner.end;
  const FStringPieces split = SplitFString(Text(inner));
  auto part_span = [&](size_t begin, size_t end) {
    return Span{inner.file, inner.begin + static_cast<uint32_t>(begin),
                inner.begin + static_cast<uint32_t>(end)};
  };
  if (const auto stray = split.unclosed ? split.unclosed : split.stray) {
    const Span span = part_span(*stray, *stray + 1);
    diagnostics_.Report(Code::kF0024, span)
        .Arg(Text(span))
        .Here(split.unclosed ? "this `{` has no `}`" : "this `}` has no `{`")
        .Help("a brace as text is written twice: {{ }}");
  }
  for (const FStringPiece& piece : split.pieces) {
    ast::FStringPart part;
    part.span = part_span(piece.begin, piece.end);
    if (piece.is_hole) {
      part.expr = ParseExpression(tokens_.source(), part.span, diagnostics_);
      if (part.expr == nullptr) part.expr = NodeAt<ast::ErrorExpr>(part.span);
    } else {
      std::string text = UnescapeAt(part.span);
      for (const char* twice : {"{{", "}}"}) {
        for (size_t at = 0; (at = text.find(twice, at)) != std::string::npos; ++at)
          text.erase(at, 1);
      }
      part.text = std::move(text);
    }
    node->parts.push_back(std::move(part));
  }
  return node;
}

int64_t AstBuilder::WholeNumber(antlr4::tree::TerminalNode* node) {
  const Span span = SpanOf(node);
  const auto value = DecodeInt(Text(span));
  if (value && *value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return static_cast<int64_t>(*value);
  }
  diagnostics_.Report(Code::kF0011, span).Arg(Text(span)).Help("it must be below 2^63");
  return 0;
}

}  // namespace weir::syntax
