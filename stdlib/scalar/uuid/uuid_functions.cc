#include "stdlib/scalar/uuid/uuid_functions.h"

#include <openssl/rand.h>

#include "runtime/vector/column_text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/hash/digest.h"

namespace weir {
namespace {

void AppendBigEndian(uint64_t value, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

/// RFC 4122, 4.3: SHA-1 over the namespace's bytes and the name. Several values are joined by
/// U+001F, so that ("ab", "c") and ("a", "bc") differ.
void Uuid5(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
           Column& out) {
  const kernel::Reader<Fixed16> spaces(*arguments[0]);
  auto* values = out.mutable_data<Fixed16>();
  std::string name;
  rows.ForEach([&](RowIndex row) {
    name.clear();
    AppendBigEndian(spaces[row].high, name);
    AppendBigEndian(spaces[row].low, name);
    for (size_t i = 1; i < arguments.size(); ++i) {
      if (i > 1) name += '\x1f';
      AppendColumnText(*arguments[i], row, name);
    }
    values[row] = UuidFromDigest(ComputeDigest(DigestKind::kSha1, name), 5);
  });
}

Fixed16 RandomUuid(KernelRow& row) {
  Digest bytes;
  if (RAND_bytes(bytes.bytes.data(), 16) != 1) {
    row.Fail(RowErrorCode::kLimit, "the system has no random bytes");
  }
  return UuidFromDigest(bytes, 4);
}

Fixed16 NilUuid() { return {}; }

}  // namespace

const std::vector<FunctionDef>& UuidFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("uuid5", "uuid",
                      "The UUID that a namespace and values always give (RFC 4122, version 5): the "
                      "same in every run, so replays change nothing. The name is the text of the "
                      "values, several joined by U+001F.")
          .Takes({Param("namespace", DataType::Uuid(), "any UUID"),
                  Variadic(Param("value", TypePattern::Any(), "what to name"))},
                 DataType::Uuid(), &Uuid5)
          .Example("to_string(uuid5(\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\", \"python.org\"))",
                   "\"886313e1-3b8a-5372-9b90-0c9aee199e5d\""),
      FunctionBuilder("random_uuid", "uuid",
                      "A new random UUID (version 4) for each row. Not the same after a replay: "
                      "uuid5() is.")
          .Takes({}, DataType::Uuid(), &RowKernel<RandomUuid>)
          .DependsOn(Volatility::kVolatile)
          .Example("random_uuid() == random_uuid()", "false"),
      FunctionBuilder("nil_uuid", "uuid", "The UUID of all zeros.")
          .Takes({}, DataType::Uuid(), &RowKernel<NilUuid>)
          .Example("to_string(nil_uuid())", "\"00000000-0000-0000-0000-000000000000\""),
  };
  return functions;
}

}  // namespace weir
