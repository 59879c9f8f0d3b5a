#include "stdlib/scalar/hash/digest.h"

#include <openssl/evp.h>

#include <memory>

#include "runtime/base/check.h"

namespace weir {
namespace {

/// Algorithms are fetched once (a look-up by name under a lock), contexts once per thread.
const EVP_MD* Algorithm(DigestKind kind) {
  static const EVP_MD* const algorithms[] = {EVP_MD_fetch(nullptr, "MD5", nullptr),
                                             EVP_MD_fetch(nullptr, "SHA1", nullptr),
                                             EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  return algorithms[static_cast<size_t>(kind)];
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

uint64_t BigEndian64(const uint8_t* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

Digest ComputeDigest(DigestKind kind, std::string_view bytes) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const EVP_MD* algorithm = Algorithm(kind);
  WEIR_CHECK(algorithm != nullptr && context != nullptr, "OpenSSL has no digest {}",
             static_cast<int>(kind));
  Digest digest;
  unsigned size = 0;
  const bool done = EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.bytes.data(), &size) == 1;
  WEIR_CHECK(done, "OpenSSL failed to compute digest {}", static_cast<int>(kind));
  digest.size = size;
  return digest;
}

Fixed16 UuidFromDigest(const Digest& digest, int version) {
  Fixed16 uuid{BigEndian64(digest.bytes.data()), BigEndian64(digest.bytes.data() + 8)};
  uuid.high = (uuid.high & ~uint64_t{0xF000}) | static_cast<uint64_t>(version) << 12;
  uuid.low = (uuid.low & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
  return uuid;
}

}  // namespace weir
