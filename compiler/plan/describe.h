#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/expr.h"
#include "compiler/plan/route.h"
#include "runtime/base/clock.h"
#include "runtime/types/schema.h"

namespace weir::plan {

// Parts of the one-line descriptions of nodes (`LogicalNode::Describe`), written as in a `.flow`.

std::string DescribeDuration(Micros duration);                 ///< `1h30m`
std::string DescribeExprs(const std::vector<ExprPtr>& exprs);  ///< `a, b + 1`
/// `name = expr, …` for what is not a column passed on under its own name; `schema` names them.
std::string DescribeColumns(const std::vector<ExprPtr>& exprs, const SchemaPtr& schema);
/// ` else -> name`, with `word` in front; "" when the route is not set.
std::string DescribeRoute(std::string_view word, const Route& route);
std::string DescribeWindow(const WindowSpec& window);  ///< ` over tumbling 5m` or ""
std::string DescribeEmit(const EmitSpec& emit);        ///< ` emit on close, every 10s` or ""
std::string DescribeKeys(std::string_view word, const std::vector<ExprPtr>& keys);  ///< ` by a, b`
/// ` late after 1h -> name`; "" without a route.
std::string DescribeLate(Micros lateness, const Route& late);

}  // namespace weir::plan
