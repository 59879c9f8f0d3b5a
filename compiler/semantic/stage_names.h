#pragma once

#include <string>
#include <unordered_map>

#include "compiler/ast/stage.h"
#include "compiler/diagnostics/diagnostic_engine.h"

namespace weir::semantic {

/// Hands out the identities of stages: `stream/label`, else `stream/kind`. State, metrics and
/// reload go by them, so two stages with state may not share one (F0417); stages without state get
/// a number.
class StageNames {
 public:
  explicit StageNames(DiagnosticEngine& diagnostics) : diagnostics_(diagnostics) {}

  /// `suffix` is for the second and further nodes that one stage becomes.
  std::string Claim(const std::string& owner, const ast::Stage& stage, bool stateful,
                    const std::string& suffix = "");
  /// For nodes that no stage stands for: `name`, with a number if it is taken.
  std::string ClaimPlain(const std::string& name, Span span);

 private:
  struct Taken {
    Span span;
    bool must_be_alone = false;
    int next = 2;  ///< number to try for the next one of this name
  };
  DiagnosticEngine& diagnostics_;
  std::unordered_map<std::string, Taken> taken_;
};

}  // namespace weir::semantic
