#include "runtime/chdb/chdb_library.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "runtime/chdb/chdb_status.h"

namespace weir {
namespace {

using testing::HasSubstr;

TEST(ChdbLibrary, AnAbsentLibraryIsNamedWithTheCommandThatFetchesIt) {
  const char* before = std::getenv("WEIR_CHDB");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("WEIR_CHDB", "/nowhere/libchdb.so", 1);
  EXPECT_FALSE(ChdbLibrary::IsInstalled());
  EXPECT_EQ(ChdbLibrary::Path(), "/nowhere/libchdb.so");
  ::setenv("WEIR_CHDB", saved.c_str(), 1);  // empty counts as not set
  EXPECT_THAT(ChdbLibrary::Path(), testing::EndsWith("libchdb.so"));
  EXPECT_NE(ChdbLibrary::Path(), "/nowhere/libchdb.so");
}

TEST(ChdbStatus, SaysWhatCanPassByWaiting) {
  const auto code = [](std::string_view error) { return StatusFromChdb(error).code(); };
  EXPECT_EQ(code("Code: 243. DB::Exception: Cannot reserve 1.00 MiB (NOT_ENOUGH_SPACE)"),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(code("Code: 75. DB::Exception: Cannot write, errno: 28, strerror: No space left on "
                 "device. (CANNOT_WRITE_TO_FILE_DESCRIPTOR)"),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(code("Code: 252. DB::Exception: Too many parts (TOO_MANY_PARTS)"),
            StatusCode::kUnavailable);
  EXPECT_TRUE(StatusFromChdb("Code: 252. DB::Exception: x").IsRetryable());
  EXPECT_EQ(code("Code: 60. DB::Exception: x"), StatusCode::kNotFound);
  EXPECT_EQ(code("Code: 62. DB::Exception: x"), StatusCode::kInvalidArgument);
  EXPECT_EQ(code("what"), StatusCode::kIoError);
}

TEST(ChdbStatus, KeepsTheMessageAndDropsTheRest) {
  EXPECT_EQ(StatusFromChdb("Code: 60. DB::Exception: Table t does not exist. (UNKNOWN_TABLE) "
                           "(version 26.7.2.1)")
                .message(),
            "Table t does not exist. (UNKNOWN_TABLE)");
  EXPECT_EQ(StatusFromChdb("Code: 164. DB::Exception: default: no. (READONLY)").message(),
            "no. (READONLY)");
  EXPECT_EQ(ChdbErrorCode("Code: 164. DB::Exception"), 164);
  EXPECT_EQ(ChdbErrorCode("164"), 0);
}

}  // namespace
}  // namespace weir
