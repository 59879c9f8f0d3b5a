// Bits of an int64 in two's complement.
#include <bit>

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/math/math_functions.h"

namespace weir {
namespace {

int64_t BitAnd(int64_t a, int64_t b) { return a & b; }
int64_t BitOr(int64_t a, int64_t b) { return a | b; }
int64_t BitXor(int64_t a, int64_t b) { return a ^ b; }
int64_t BitNot(int64_t a) { return ~a; }
int64_t BitCount(int64_t a) { return std::popcount(static_cast<uint64_t>(a)); }

int64_t ShiftLeft(int64_t value, int64_t count) {
  if (count < 0 || count > 63) return 0;
  return static_cast<int64_t>(static_cast<uint64_t>(value) << count);
}
/// Copies of the sign bit come in from the left.
int64_t ShiftRight(int64_t value, int64_t count) {
  if (count < 0 || count > 63) return value < 0 ? -1 : 0;
  return value >> count;
}

FunctionDef Bits(const char* name, const char* doc, const char* second, ScalarKernel kernel,
                 const char* arguments, const char* result) {
  return FunctionBuilder(name, "math", doc)
      .Takes({Param("value", DataType::Int64(), "an integer"),
              Param(second, DataType::Int64(), "an integer")},
             DataType::Int64(), kernel)
      .Example(std::string(name) + arguments, result);
}

FunctionDef OneValue(const char* name, const char* doc, ScalarKernel kernel, const char* argument,
                     const char* result) {
  return FunctionBuilder(name, "math", doc)
      .Takes({Param("value", DataType::Int64(), "an integer")}, DataType::Int64(), kernel)
      .Example(std::string(name) + argument, result);
}

}  // namespace

std::vector<FunctionDef> BitFunctions() {
  std::vector<FunctionDef> list;
  list.push_back(
      Bits("bit_and", "Bits that are set in both.", "other", &RowKernel<BitAnd>, "(12, 10)", "8"));
  list.push_back(
      Bits("bit_or", "Bits that are set in either.", "other", &RowKernel<BitOr>, "(12, 10)", "14"));
  list.push_back(
      Bits("bit_xor", "Bits that differ.", "other", &RowKernel<BitXor>, "(12, 10)", "6"));
  list.push_back(OneValue("bit_not", "All bits turned round.", &RowKernel<BitNot>, "(0)", "-1"));
  list.push_back(OneValue("bit_count", "How many bits are set.", &RowKernel<BitCount>, "(7)", "3"));
  list.push_back(Bits("shift_left", "Bits moved to the left; those beyond bit 63 are lost.",
                      "count", &RowKernel<ShiftLeft>, "(1, 4)", "16"));
  list.push_back(Bits("shift_right", "Bits moved to the right; the sign stays.", "count",
                      &RowKernel<ShiftRight>, "(-16, 2)", "-4"));
  return list;
}

}  // namespace weir
