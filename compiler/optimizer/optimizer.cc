#include "compiler/optimizer/optimizer.h"

#include <algorithm>

#include "compiler/optimizer/rules.h"

namespace weir {
namespace {

/// Rules enable each other (a folded condition makes a filter trivial); this many rounds are more
/// than any plan has needed and keep compile time bounded.
constexpr int kMaxRounds = 8;

std::vector<std::unique_ptr<Rule>> AllRules() {
  std::vector<std::unique_ptr<Rule>> rules;
  rules.push_back(MakeConstantFolding());
  rules.push_back(MakeTrivialFilters());
  rules.push_back(MakeSharedSubplans());
  rules.push_back(MakeFilterPushdown());
  rules.push_back(MakeProjectionPushdown());
  rules.push_back(MakePreAggregation());
  return rules;
}

}  // namespace

void Optimize(plan::LogicalPlan& plan, const OptimizerOptions& options) {
  if (!options.enabled) return;
  std::vector<std::unique_ptr<Rule>> rules = AllRules();
  std::erase_if(rules, [&](const std::unique_ptr<Rule>& rule) {
    return std::find(options.off.begin(), options.off.end(), rule->name()) != options.off.end();
  });
  for (int round = 0; round < kMaxRounds; ++round) {
    bool changed = false;
    for (const auto& rule : rules) changed |= rule->Apply(plan);
    if (!changed) return;
  }
}

std::vector<std::string> OptimizerRuleNames() {
  std::vector<std::string> names;
  for (const auto& rule : AllRules()) names.emplace_back(rule->name());
  return names;
}

}  // namespace weir
