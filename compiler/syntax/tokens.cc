#include "compiler/syntax/tokens.h"

#include <algorithm>

namespace weir::syntax {
namespace {

/// Byte offset of every code point and of the end; empty if each code point is one byte.
std::vector<uint32_t> CodePointOffsets(std::string_view text) {
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<uint8_t>(c) < 0x80; });
  if (ascii) return {};
  std::vector<uint32_t> offsets;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xC0) != 0x80) offsets.push_back(static_cast<uint32_t>(i));
  }
  offsets.push_back(static_cast<uint32_t>(text.size()));
  return offsets;
}

}  // namespace

Tokens::Tokens(const SourceFile& source, Span part)
    : source_(source),
      part_(part),
      byte_offsets_(CodePointOffsets(source.Text(part))),
      input_(std::string(source.Text(part))),
      lexer_(&input_),
      stream_(&lexer_) {
  lexer_.removeErrorListeners();  // Every character is a token: there is nothing to report.
  stream_.fill();
  MakeList();
}

void Tokens::MakeList() {
  list_.clear();
  index_of_.clear();
  uint32_t last_line = 0;
  for (antlr4::Token* token : stream_.getTokens()) {
    index_of_.push_back(list_.size());
    if (token->getChannel() != antlr4::Token::DEFAULT_CHANNEL) continue;
    Token entry;
    entry.type = token->getType();
    entry.span = SpanOf(token);
    const uint32_t line = source_.lines().LineOf(entry.span.begin);
    entry.line = line;
    entry.column = entry.span.begin - source_.lines().LineStart(line);
    entry.first_on_line = line != last_line;
    entry.antlr = static_cast<antlr4::CommonToken*>(token);
    last_line = line;
    list_.push_back(entry);
  }
}

std::string_view Tokens::text(size_t index) const {
  return index < list_.size() ? text(list_[index]) : std::string_view();
}

size_t Tokens::IndexOf(const antlr4::Token& token) const {
  const size_t index = token.getTokenIndex();
  return index < index_of_.size() ? std::min(index_of_[index], list_.size() - 1) : list_.size() - 1;
}

void Tokens::Retype(size_t index, size_t type) {
  list_[index].type = type;
  list_[index].antlr->setType(type);
}

void Tokens::Hide(size_t index) { list_[index].antlr->setChannel(antlr4::Token::HIDDEN_CHANNEL); }

bool Tokens::IsHidden(size_t index) const {
  return list_[index].antlr->getChannel() == antlr4::Token::HIDDEN_CHANNEL;
}

void Tokens::DropHidden() {
  MakeList();
  stream_.seek(0);  // A cursor on a hidden token would still show it.
}

Span Tokens::SpanOf(const antlr4::Token* token) const {
  const auto length = part_.size();
  auto offset = [&](size_t code_point) {
    if (!byte_offsets_.empty()) {
      return byte_offsets_[std::min(code_point, byte_offsets_.size() - 1)];
    }
    return std::min(static_cast<uint32_t>(code_point), length);
  };
  if (token == nullptr || token->getType() == kEndOfFile) {
    return {source_.id(), part_.begin + length, part_.begin + length};
  }
  return {source_.id(), part_.begin + offset(token->getStartIndex()),
          part_.begin + offset(token->getStopIndex() + 1)};
}

Span Tokens::SpanOf(const antlr4::ParserRuleContext& context) const {
  const antlr4::Token* start = const_cast<antlr4::ParserRuleContext&>(context).getStart();
  const antlr4::Token* stop = const_cast<antlr4::ParserRuleContext&>(context).getStop();
  const Span begin = SpanOf(start);
  if (stop == nullptr || stop->getTokenIndex() < start->getTokenIndex()) return begin.Before();
  return begin.To(SpanOf(stop));
}

}  // namespace weir::syntax
