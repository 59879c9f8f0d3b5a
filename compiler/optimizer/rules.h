#pragma once

#include <memory>

#include "compiler/optimizer/rule.h"

namespace weir {

std::unique_ptr<Rule> MakeConstantFolding();
std::unique_ptr<Rule> MakeTrivialFilters();
std::unique_ptr<Rule> MakeSharedSubplans();
std::unique_ptr<Rule> MakeFilterPushdown();
std::unique_ptr<Rule> MakeProjectionPushdown();
std::unique_ptr<Rule> MakePreAggregation();

}  // namespace weir
