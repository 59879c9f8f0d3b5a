#pragma once

#include "compiler/plan/expr.h"
#include "runtime/base/result.h"
#include "runtime/eval/eval_node.h"

namespace weir {

// Makers of nodes, by expression kind. `children` are the compiled children of `expr`, already cast
// to the types that the operation works on (compile.cc).

// leaf_nodes.cc
EvalNodePtr MakeLiteralNode(DataType type, Value value);
EvalNodePtr MakeColumnNode(const plan::Expr& expr);
EvalNodePtr MakeHiddenNode(const plan::Expr& expr);
EvalNodePtr MakeSubjectNode(const plan::Expr& expr);

// integer_arithmetic.cc, float_arithmetic.cc, decimal_arithmetic.cc, time_arithmetic.cc
EvalNodePtr MakeIntegerArithNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeFloatArithNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeDecimalArithNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeTimeArithNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeNegateNode(const plan::Expr& expr, EvalNodes children);

// compare_nodes.cc
Result<EvalNodePtr> MakeCompareNode(const plan::Expr& expr, EvalNodes children);
Result<EvalNodePtr> MakeInRangeNode(const plan::Expr& expr, EvalNodes children);

// logic_nodes.cc
EvalNodePtr MakeAndNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeOrNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeNotNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeIsNullNode(const plan::Expr& expr, EvalNodes children);

// conditional_nodes.cc
EvalNodePtr MakeCoalesceNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeIfNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeCaseNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeTryNode(const plan::Expr& expr, EvalNodes children);

// cast_node.cc
Result<EvalNodePtr> MakeCastNode(const DataType& to, EvalNodePtr child);

// json_access_nodes.cc
EvalNodePtr MakeJsonFieldNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeJsonIndexNode(const plan::Expr& expr, EvalNodes children);

// collection_nodes.cc, membership_nodes.cc
EvalNodePtr MakeStructFieldNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeListIndexNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeMapIndexNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeStructNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeListNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeInListNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeContainsNode(const plan::Expr& expr, EvalNodes children);

// text_nodes.cc
EvalNodePtr MakeLikeNode(const plan::Expr& expr, EvalNodes children);
Result<EvalNodePtr> MakeMatchesNode(const plan::Expr& expr, EvalNodes children);
EvalNodePtr MakeFormatNode(const plan::Expr& expr, EvalNodes children);

// call_node.cc
/// `constants`: values of constant arguments, null pointers for the others.
Result<EvalNodePtr> MakeCallNode(const plan::Expr& expr, EvalNodes children,
                                 const std::vector<const Value*>& constants);

}  // namespace weir
