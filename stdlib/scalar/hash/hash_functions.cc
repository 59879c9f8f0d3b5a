#include "stdlib/scalar/hash/hash_functions.h"

#include <xxhash.h>

#include "runtime/types/hex_digits.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/hash/digest.h"

namespace weir {
namespace {

template <DigestKind kKind>
Text HexDigest(KernelRow& row, std::string_view bytes) {
  const Digest digest = ComputeDigest(kKind, bytes);
  for (size_t i = 0; i < digest.size; ++i) {
    row.text += kHexDigits[digest.bytes[i] >> 4];
    row.text += kHexDigits[digest.bytes[i] & 0xF];
  }
  return {};
}

uint64_t Xxh64(std::string_view bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

/// CRC-32 of IEEE 802.3, as zlib and gzip compute it.
int64_t Crc32(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFFu;
  for (char c : bytes) crc = (crc >> 8) ^ kCrcTable[(crc ^ static_cast<uint8_t>(c)) & 0xFF];
  return crc ^ 0xFFFFFFFFu;
}

FunctionDef Hash(const char* name, const char* doc, const DataType& result, ScalarKernel kernel,
                 const char* hash_of_abc) {
  return FunctionBuilder(name, "hash", doc)
      .Takes({Param("text", DataType::String(), "a text, hashed as UTF-8")}, result, kernel)
      .Takes({Param("bytes", DataType::Bytes(), "bytes")}, result, kernel)
      .Example(std::string(name) + "(\"abc\")", hash_of_abc);
}

}  // namespace

const std::vector<FunctionDef>& HashFunctions() {
  const DataType text = DataType::String();
  static const std::vector<FunctionDef> functions = {
      Hash("md5", "MD5 in hex. Not for secrets: it is broken.", text,
           &RowKernel<HexDigest<DigestKind::kMd5>>, "\"900150983cd24fb0d6963f7d28e17f72\""),
      Hash("sha1", "SHA-1 in hex. Not for secrets: it is broken.", text,
           &RowKernel<HexDigest<DigestKind::kSha1>>,
           "\"a9993e364706816aba3e25717850c26c9cd0d89d\""),
      Hash("sha256", "SHA-256 in hex.", text, &RowKernel<HexDigest<DigestKind::kSha256>>,
           "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
      Hash("xxh64", "XXH64 with seed 0: fast, for sampling and sharding, not for secrets.",
           DataType::Of(TypeKind::kUInt64), &RowKernel<Xxh64>, "4952883123889572249"),
      Hash("crc32", "CRC-32 as zlib computes it.", DataType::Int64(), &RowKernel<Crc32>,
           "891568578"),
  };
  return functions;
}

}  // namespace weir
