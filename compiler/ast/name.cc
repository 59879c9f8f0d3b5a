#include "compiler/ast/name.h"

namespace weir::ast {

std::string QualifiedName::Joined() const {
  std::string joined;
  for (const Name& part : parts) {
    if (!joined.empty()) joined += '.';
    joined += part.text;
  }
  return joined;
}

}  // namespace weir::ast
