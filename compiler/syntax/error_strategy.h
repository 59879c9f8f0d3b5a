#pragma once

#include <exception>
#include <functional>

#include "compiler/syntax/syntax_error.h"

namespace weir::syntax {

/// Hands each syntax error to a listener once and goes on at the next stage, entry or clause; if
/// there is none, gives up the declaration. Never invents tokens and never guesses what to skip,
/// as ANTLR's own strategy does.
class ErrorStrategy final : public antlr4::ANTLRErrorStrategy {
 public:
  using Listener = std::function<void(SyntaxError)>;

  ErrorStrategy(const Tokens& tokens, Listener listener)
      : tokens_(tokens), listener_(std::move(listener)) {}

  void reset(antlr4::Parser* parser) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  void sync(antlr4::Parser*) override {}
  bool inErrorRecoveryMode(antlr4::Parser*) override { return recovering_; }
  void reportMatch(antlr4::Parser*) override { recovering_ = false; }
  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;

 private:
  const Tokens& tokens_;
  Listener listener_;
  bool recovering_ = false;
};

}  // namespace weir::syntax
