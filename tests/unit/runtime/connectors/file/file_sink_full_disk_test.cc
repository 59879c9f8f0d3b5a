#include <fmt/format.h>
#include <gmock/gmock.h>

#include "runtime/connectors/file/byte_reader.h"
#include "tests/unit/runtime/connectors/file/file_sink_fixture.h"
#include "tests/unit/runtime/connectors/full_disk.h"

namespace weir {
namespace {

class FileSinkFullDiskTest : public FileSinkTest,
                             public ::testing::WithParamInterface<const char*> {
 protected:
  /// All rows that readers see in `folder`.
  std::string ReadAll(const std::string& folder) {
    std::string all;
    for (const std::string& name : Parts(folder)) {
      auto reader = OpenByteReader(folder + "/" + name);
      EXPECT_TRUE(reader.ok());
      std::vector<char> block(1 << 20);
      for (size_t n = 1; n > 0;) {
        auto read = (*reader)->Read(block.data(), block.size());
        EXPECT_TRUE(read.ok());
        n = read.ok() ? *read : 0;
        all.append(block.data(), n);
      }
    }
    return all;
  }
};

TEST_P(FileSinkFullDiskTest, APartGoesOnWhenThereIsRoom) {
  const std::string folder = Path("full");
  Result<std::unique_ptr<SinkConnector>> sink =
      Make({{"path", Value::String(folder)}, {"compression", Value::String(GetParam())}});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  std::string expected;
  int64_t next = 0;
  const auto append = [&] {
    ASSERT_TRUE(writer->Append(Rows(next, 2000)).ok());
    for (int i = 0; i < 2000; ++i) expected += fmt::format("{{\"n\":{}}}\n", next++);
  };
  {
    const FullDisk full(20'000);
    while ((*sink)->HasRoom()) append();
    append();  // rows that are inside the job come all the same
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
    EXPECT_FALSE((*sink)->HasRoom());
    ASSERT_TRUE(writer->Freeze(++epoch_).ok());
    EXPECT_EQ((*sink)->Prepare(epoch_).status().code(), StatusCode::kResourceExhausted);
    append();  // of the next checkpoint
    EXPECT_EQ((*sink)->Prepare(epoch_).status().code(), StatusCode::kResourceExhausted);
    EXPECT_THAT(Parts(folder), ::testing::Each(::testing::StartsWith(".")));
  }
  ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  EXPECT_TRUE((*sink)->HasRoom());
  Commit(**sink, *writer);
  EXPECT_TRUE(ReadAll(folder) == expected);
}

INSTANTIATE_TEST_SUITE_P(Packed, FileSinkFullDiskTest, ::testing::Values("none", "gzip", "zstd"));

}  // namespace
}  // namespace weir
