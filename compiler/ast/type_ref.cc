#include "compiler/ast/type_ref.h"

namespace weir::ast {

TypeRef::TypeRef() = default;
TypeRef::~TypeRef() = default;

}  // namespace weir::ast
