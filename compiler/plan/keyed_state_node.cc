#include "compiler/plan/keyed_state_node.h"

#include <fmt/format.h>

#include "compiler/plan/describe.h"
#include "compiler/plan/visit.h"

namespace weir::plan {
namespace {

void VisitBlock(Block& block, const std::function<void(ExprPtr&)>& visit) {
  for (Statement& statement : block) {
    VisitExpr(statement.value, visit);
    VisitExpr(statement.key, visit);
    VisitAll(statement.row, visit);
    VisitBlock(statement.then_block, visit);
    VisitBlock(statement.else_block, visit);
  }
}

std::string DescribeState(const StateProgram& program) {
  std::string out = " state {";
  for (size_t i = 0; i < program.fields.size(); ++i) {
    const StateField& field = program.fields[i];
    out += fmt::format("{} {}: {}", i == 0 ? "" : ",", field.name, field.type.ToString());
  }
  return out + " }";
}

}  // namespace

void StateProgram::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitAll(keys, visit);
  VisitBlock(on_event, visit);
  for (Block& block : on_timer) VisitBlock(block, visit);
  VisitResultExprs(visit);
}

void StateProgram::VisitResultExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitBlock(on_close, visit);
  VisitAll(output, visit);
}

std::string SessionNode::Describe() const {
  return fmt::format("session{} gap {}{}{}{}{}", DescribeKeys("by", program.keys),
                     DescribeDuration(gap), max ? " max " + DescribeDuration(*max) : "",
                     DescribeState(program), DescribeEmit(emit), DescribeLate(lateness, late));
}

std::string ProcessNode::Describe() const {
  return fmt::format("process{} ttl {}{}{}", DescribeKeys("by", program.keys),
                     DescribeDuration(ttl), DescribeState(program), DescribeEmit(emit));
}

}  // namespace weir::plan
