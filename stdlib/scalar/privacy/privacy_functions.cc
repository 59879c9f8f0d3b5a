#include "stdlib/scalar/privacy/privacy_functions.h"

#include "runtime/types/hex_digits.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/hash/digest.h"
#include "stdlib/scalar/net/ip_bits.h"
#include "stdlib/scalar/string/utf8.h"

namespace weir {
namespace {

/// Salt and value, kept apart by the salt's length.
Digest Salted(std::string_view value, std::string_view salt, std::string& scratch) {
  scratch.assign(salt);
  scratch += '\0';
  scratch += value;
  return ComputeDigest(DigestKind::kSha256, scratch);
}

Text HashText(KernelRow& row, std::string_view value, std::string_view salt) {
  const Digest digest = Salted(value, salt, row.text);
  row.text.clear();
  for (size_t i = 0; i < digest.size; ++i) {
    row.text += kHexDigits[digest.bytes[i] >> 4];
    row.text += kHexDigits[digest.bytes[i] & 0xF];
  }
  return {};
}

Text HashBytesValue(KernelRow& row, std::string_view value, std::string_view salt) {
  const Digest digest = Salted(value, salt, row.text);
  row.text.assign(reinterpret_cast<const char*>(digest.bytes.data()), digest.size);
  return {};
}

/// Version 8 of RFC 9562 is for such own schemes.
Fixed16 HashUuid(KernelRow& row, Fixed16 value, std::string_view salt) {
  char bytes[16];
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(value.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(value.low >> (56 - 8 * i));
  }
  return UuidFromDigest(Salted({bytes, sizeof(bytes)}, salt, row.text), 8);
}

std::string_view TruncateText(std::string_view text, int64_t length) {
  return text.substr(0, OffsetOfCodePoint(text, length));
}

std::string_view Redact(std::string_view) { return "***"; }

ParamDef Salt() {
  return WithDefault(Param("salt", DataType::String(), "a secret that makes guessing harder"),
                     Value::String(""));
}

ParamDef Bits() { return Param("bits", DataType::Int64(), "leading bits to keep"); }

}  // namespace

const std::vector<FunctionDef>& PrivacyFunctions() {
  const DataType ipv4 = DataType::Of(TypeKind::kIpv4);
  const DataType ipv6 = DataType::Of(TypeKind::kIpv6);
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder(
          "mask_hash", "privacy",
          "A pseudonym: SHA-256 of the salt and the value, in hex for a text, as a UUID "
          "for a UUID. Equal values stay equal; without a secret salt, values of a "
          "small set can be guessed.")
          .Takes({Param("value", DataType::String(), "a personal text"), Salt()},
                 DataType::String(), &RowKernel<HashText>)
          .Takes({Param("value", DataType::Uuid(), "a personal UUID"), Salt()}, DataType::Uuid(),
                 &RowKernel<HashUuid>)
          .Takes({Param("value", DataType::Bytes(), "personal bytes"), Salt()}, DataType::Bytes(),
                 &RowKernel<HashBytesValue>)
          .Example("length(mask_hash(\"ann@example.org\"))", "64")
          .Example("mask_hash(\"a\", \"s\") == mask_hash(\"a\", \"t\")", "false")
          .Example("mask_hash(null)", "null"),
      FunctionBuilder("mask_truncate", "privacy",
                      "The beginning of a value: the network of an address, the first characters "
                      "of a text.")
          .Takes({Param("address", ipv4, "an address"), Bits()}, ipv4, &RowKernel<TruncateIpv4>)
          .Takes({Param("address", ipv6, "an address"), Bits()}, ipv6, &RowKernel<TruncateIpv6>)
          .Takes({Param("text", DataType::String(), "a text"),
                  Param("length", DataType::Int64(), "characters to keep")},
                 DataType::String(), &RowKernel<TruncateText>)
          .Example("to_string(mask_truncate(cast(\"203.0.113.77\" as ipv4), 24))",
                   "\"203.0.113.0\"")
          .Example("mask_truncate(\"12345\", 2)", "\"12\""),
      FunctionBuilder("mask_redact", "privacy", "Three asterisks in place of the text.")
          .Takes({Param("value", DataType::String(), "a personal text")}, DataType::String(),
                 &RowKernel<Redact>)
          .Example("mask_redact(\"secret\")", "\"***\"")
          .Example("mask_redact(null)", "null"),
  };
  return functions;
}

}  // namespace weir
