#include "compiler/syntax/comments.h"

#include "compiler/syntax/tokens.h"

namespace weir {

std::vector<Comment> ListComments(const SourceFile& source) {
  syntax::Tokens tokens(source, source.Whole());
  std::vector<Comment> comments;
  for (const antlr4::Token* token : tokens.stream().getTokens()) {
    if (token->getChannel() == antlr4::Token::DEFAULT_CHANNEL) continue;
    comments.push_back(
        {tokens.SpanOf(token), token->getType() == syntax::FlowParser::BLOCK_COMMENT});
  }
  return comments;
}

}  // namespace weir
