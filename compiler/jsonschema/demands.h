#pragma once

#include <map>
#include <memory>
#include <vector>

#include "compiler/plan/expr.h"
#include "compiler/plan/source_node.h"

namespace weir::jsonschema {

/// A constraint of a field, taken apart: what it demands of the value itself, of fields of a
/// struct, of elements. Each condition is over the value as column 0.
struct Demands {
  std::vector<plan::ExprPtr> own;
  std::map<int, Demands> fields;      ///< of a struct, by position
  std::unique_ptr<Demands> elements;  ///< of a list, or the values of a map

  /// `constraint` may be null.
  static Demands Of(const plan::ExprPtr& constraint, const std::vector<plan::PartDemand>& parts);

 private:
  void Add(const plan::ExprPtr& condition);
};

}  // namespace weir::jsonschema
