#include "stdlib/scalar/list/list_functions.h"

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/string/utf8.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

int64_t LengthOfText(std::string_view text) { return CountCodePoints(text); }
int64_t LengthOfBytes(std::string_view bytes) { return static_cast<int64_t>(bytes.size()); }
int64_t LengthOfList(ListArg list) { return list.entry.length; }

}  // namespace

const std::vector<FunctionDef>& ListFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("length", "list",
                      "Characters (code points) of a text, bytes of bytes, elements of a list or "
                      "map.")
          .Takes({Param("text", DataType::String(), "a text")}, DataType::Int64(),
                 &RowKernel<LengthOfText>)
          .Takes({Param("bytes", DataType::Bytes(), "bytes")}, DataType::Int64(),
                 &RowKernel<LengthOfBytes>)
          .Takes({Param("list", TypePattern::Any(Class::kList), "a list")}, DataType::Int64(),
                 &RowKernel<LengthOfList>)
          .Takes({Param("map", TypePattern::Any(Class::kMap), "a map")}, DataType::Int64(),
                 &RowKernel<LengthOfList>)
          .Example("length(\"héllo\")", "5")
          .Example("length([1, 2, 3])", "3")
          .Example("length(null)", "null"),
  };
  return functions;
}

}  // namespace weir
