#include "runtime/eval/column_caster.h"
#include "runtime/eval/nodes.h"

namespace weir {
namespace {

class CastNode final : public EvalNode {
 public:
  CastNode(EvalNodePtr child, std::unique_ptr<ColumnCaster> caster)
      : EvalNode(caster->type()), child_(std::move(child)), caster_(std::move(caster)) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override {
    live_.Begin(rows, *context.errors);
    ColumnPtr column = child_->Eval(context, rows);
    live_.DropFailed(*context.errors);
    return caster_->Cast(column, live_.rows(), context.capacity(), *context.errors);
  }

 private:
  EvalNodePtr child_;
  std::unique_ptr<ColumnCaster> caster_;
  LiveRows live_;
};

}  // namespace

Result<EvalNodePtr> MakeCastNode(const DataType& to, EvalNodePtr child) {
  WEIR_ASSIGN(std::unique_ptr<ColumnCaster> caster, ColumnCaster::Make(child->type(), to));
  return EvalNodePtr(std::make_unique<CastNode>(std::move(child), std::move(caster)));
}

}  // namespace weir
