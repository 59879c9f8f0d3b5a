#include "compiler/plan/source_node.h"

#include "compiler/plan/describe.h"
#include "compiler/plan/visit.h"

namespace weir::plan {
namespace {

std::string DescribeTime(const TimeSpec& time) {
  if (!time.time) return "";
  std::string out = " time " + time.time->ToString();
  switch (time.watermark) {
    case WatermarkKind::kNone: break;
    case WatermarkKind::kLag: out += " watermark lag " + DescribeDuration(time.lag); break;
    case WatermarkKind::kAscending: out += " watermark ascending"; break;
  }
  if (time.idle) out += " idle " + DescribeDuration(*time.idle);
  return out;
}

}  // namespace

// Connector options are left out: they may hold secrets.
std::string SourceNode::Describe() const {
  std::string out = "source " + source + " from " + connector.connector;
  out += " format " + decode.format + DescribeKeys("key", key) + DescribeTime(time);
  std::string unused;
  for (const DecodedField& field : decode.fields) {
    if (field.output < 0) unused += (unused.empty() ? "" : ", ") + field.name;
  }
  if (!unused.empty()) out += " (checked only: " + unused + ")";
  return out;
}

void SourceNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  for (DecodedField& field : decode.fields) {
    VisitExpr(field.constraint, visit);
    for (PartDemand& part : field.parts) VisitExpr(part.constraint, visit);
  }
  VisitExpr(time.time, visit);
  VisitAll(key, visit);
}

}  // namespace weir::plan
