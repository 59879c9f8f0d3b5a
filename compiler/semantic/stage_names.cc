#include "compiler/semantic/stage_names.h"

namespace weir::semantic {

std::string StageNames::Claim(const std::string& owner, const ast::Stage& stage, bool stateful,
                              const std::string& suffix) {
  const std::string own = stage.label ? stage.label->text : ast::StageWord(stage.kind);
  const std::string name = owner + "/" + own + suffix;
  const Span span = stage.label ? stage.label->span : stage.keyword;
  const bool alone = stateful || stage.label.has_value();
  auto [found, is_new] = taken_.try_emplace(name, Taken{span, alone});
  if (is_new) return name;
  if (alone && found->second.must_be_alone) {
    const std::string word = ast::StageWord(stage.kind);
    diagnostics_.Report(Code::kF0417, span)
        .Arg(owner)
        .Arg(own)
        .Label(found->second.span, "the first one")
        .Note("their names decide which saved state is whose after a restart")
        .Help("give each a label: `|> first: " + word + " …` and `|> second: " + word + " …`");
    return name;
  }
  return ClaimPlain(name, span);
}

std::string StageNames::ClaimPlain(const std::string& name, Span span) {
  const auto [first, is_new] = taken_.try_emplace(name, Taken{span, false});
  if (is_new) return name;
  Taken& known = first->second;  // stays where it is when the table grows
  while (true) {
    std::string numbered = name + "_" + std::to_string(known.next++);
    if (taken_.try_emplace(numbered, Taken{span, false}).second) return numbered;
  }
}

}  // namespace weir::semantic
