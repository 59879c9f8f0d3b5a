#include "runtime/connectors/file/line_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/connectors/file/byte_writer.h"
#include "tests/unit/runtime/connectors/file/file_fixture.h"

namespace weir {
namespace {

class LineReaderTest : public FileTest {
 protected:
  LineReader Open(const std::string& name, LineOptions options = {}, int64_t start = 0,
                  bool skip = false) {
    Result<std::unique_ptr<ByteReader>> bytes = OpenByteReader(Path(name));
    EXPECT_TRUE(bytes.ok()) << bytes.status().ToString();
    LineReader lines(*std::move(bytes), options);
    EXPECT_TRUE(lines.Open(start, skip).ok());
    return lines;
  }
  RecordChunk ReadToEnd(LineReader& lines, size_t at_a_time = 1000) {
    RecordChunk chunk;
    while (true) {
      const Result<bool> more = lines.Read(at_a_time, chunk);
      EXPECT_TRUE(more.ok()) << more.status().ToString();
      if (!more.ok() || !*more) return chunk;
    }
  }
};

TEST_F(LineReaderTest, LinesOffsetsAndTheLastOneWithoutBreak) {
  Write("a", "one\r\n\ntwo\nlast");
  LineReader lines = Open("a");
  const RecordChunk chunk = ReadToEnd(lines, 2);
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"one", "", "two", "last"}));
  EXPECT_EQ(chunk.offsets, (std::vector<int64_t>{0, 5, 6, 10}));
  EXPECT_TRUE(lines.at_end());
}

TEST_F(LineReaderTest, GoesOnAfterAPosition) {
  Write("a", "one\ntwo\nthree\n");
  LineReader lines = Open("a", {}, 4, /*skip=*/true);
  const RecordChunk chunk = ReadToEnd(lines);
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"three"}));
  EXPECT_EQ(chunk.offsets, (std::vector<int64_t>{8}));
}

TEST_F(LineReaderTest, APositionBeyondTheFileIsAnError) {
  Write("a", "one\n");
  Result<std::unique_ptr<ByteReader>> bytes = OpenByteReader(Path("a"));
  LineReader lines(*std::move(bytes), {});
  EXPECT_EQ(lines.Open(100, true).code(), StatusCode::kDataLoss);
}

TEST_F(LineReaderTest, ManyBlocksKeepEveryLineAlive) {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 40'000; ++i) {
    expected.push_back(std::to_string(i) + std::string(static_cast<size_t>(i % 200), 'x'));
    text += expected.back() + "\n";
  }
  Write("a", text);
  LineReader lines = Open("a");
  const RecordChunk chunk = ReadToEnd(lines, 2048);
  EXPECT_EQ(Texts(chunk), expected);
}

TEST_F(LineReaderTest, OverlongLinesAreCutAndTheirNeighboursPass) {
  LineOptions options;
  options.max_line = 1000;
  Write("a", "before\n" + std::string(5'000'000, 'x') + "\nbetween\n" + std::string(2000, 'y') +
                 "\nafter");
  LineReader lines = Open("a", options);
  const RecordChunk chunk = ReadToEnd(lines);
  ASSERT_EQ(chunk.size(), 5u);
  EXPECT_EQ(chunk.records[0], "before");
  EXPECT_EQ(chunk.records[1], std::string(kOverlongPrefix, 'x'));
  EXPECT_EQ(chunk.records[2], "between");
  EXPECT_EQ(chunk.records[4], "after");
  ASSERT_EQ(chunk.truncated.size(), 2u);
  EXPECT_EQ(chunk.truncated[0], (std::pair<size_t, int64_t>{1, 5'000'000}));
  EXPECT_EQ(chunk.truncated[1], (std::pair<size_t, int64_t>{3, 2000}));
  EXPECT_EQ(chunk.offsets[2], 5'000'008);
}

TEST_F(LineReaderTest, ALineWithoutEndIsReadInSteps) {
  Result<std::unique_ptr<ByteReader>> bytes = OpenByteReader("/dev/zero");
  ASSERT_TRUE(bytes.ok()) << bytes.status().ToString();
  LineReader lines(*std::move(bytes), {});
  ASSERT_TRUE(lines.Open(0, /*skip_line=*/false).ok());
  RecordChunk chunk;
  for (int step = 0; step < 20; ++step) {
    const Result<bool> more = lines.Read(10, chunk);
    ASSERT_TRUE(more.ok());
    EXPECT_TRUE(*more);
    EXPECT_EQ(chunk.size(), 0u);
    EXPECT_LE(chunk.owners.size(), 20u);
  }
}

TEST_F(LineReaderTest, AHeaderWithoutEndIsAnError) {
  LineOptions options;
  options.header = true;
  Result<std::unique_ptr<ByteReader>> bytes = OpenByteReader("/dev/zero");
  LineReader lines(*std::move(bytes), options);
  EXPECT_EQ(lines.Open(0, /*skip_line=*/false).code(), StatusCode::kDataLoss);
}

TEST_F(LineReaderTest, APipeIsNeverWaitedFor) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  LineOptions options;
  options.max_line = 1000;
  LineReader lines = Open("pipe", options);
  RecordChunk chunk;
  Result<bool> more = lines.Read(10, chunk);  // nobody writes yet
  ASSERT_TRUE(more.ok());
  EXPECT_FALSE(*more);
  EXPECT_FALSE(lines.at_end());
  const int writer = ::open(Path("pipe").c_str(), O_WRONLY | O_NONBLOCK);
  ASSERT_GE(writer, 0);
  ASSERT_FALSE(*lines.Read(10, chunk));  // a writer that rests
  ASSERT_EQ(::write(writer, "one\ntw", 6), 6);
  ASSERT_TRUE(*lines.Read(10, chunk));
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"one"}));
  ASSERT_FALSE(*lines.Read(10, chunk));
  const std::string endless(5000, 'x');  // then the writer goes away inside a line
  ASSERT_EQ(::write(writer, endless.data(), endless.size()), 5000);
  ::close(writer);
  while (*lines.Read(10, chunk)) {
  }
  EXPECT_TRUE(lines.at_end());
  ASSERT_EQ(chunk.size(), 2u);
  ASSERT_EQ(chunk.truncated.size(), 1u);
  EXPECT_EQ(chunk.truncated[0], (std::pair<size_t, int64_t>{1, 5002}));
}

TEST_F(LineReaderTest, TheHeaderOfAPipeMayComeLater) {
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  LineOptions options;
  options.header = true;
  LineReader lines = Open("pipe", options);
  RecordChunk chunk;
  ASSERT_FALSE(*lines.Read(10, chunk));
  const int writer = ::open(Path("pipe").c_str(), O_WRONLY | O_NONBLOCK);
  ASSERT_EQ(::write(writer, "id,na", 5), 5);
  ASSERT_FALSE(*lines.Read(10, chunk));
  ASSERT_EQ(::write(writer, "me\n1,a\n", 7), 7);
  ::close(writer);
  while (*lines.Read(10, chunk)) {
  }
  EXPECT_EQ(chunk.header, "id,name");
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"1,a"}));
}

TEST_F(LineReaderTest, FollowsAGrowingFileByWholeLines) {
  LineOptions options;
  options.follow = true;
  Write("a", "one\ntw");
  LineReader lines = Open("a", options);
  EXPECT_EQ(Texts(ReadToEnd(lines)), (std::vector<std::string>{"one"}));
  EXPECT_FALSE(lines.at_end());
  Write("a", "o\nthree", /*append=*/true);
  EXPECT_EQ(Texts(ReadToEnd(lines)), (std::vector<std::string>{"two"}));
  Write("a", "\n", /*append=*/true);
  EXPECT_EQ(Texts(ReadToEnd(lines)), (std::vector<std::string>{"three"}));
}

TEST_F(LineReaderTest, AFollowedFileThatShrinksIsAnError) {
  LineOptions options;
  options.follow = true;
  Write("a", "one\ntwo\n");
  LineReader lines = Open("a", options);
  ReadToEnd(lines);
  Write("a", "x\n");
  RecordChunk chunk;
  EXPECT_EQ(lines.Read(10, chunk).status().code(), StatusCode::kDataLoss);
}

TEST_F(LineReaderTest, CsvHeaderAndBreaksInsideQuotes) {
  LineOptions options;
  options.quoted = true;
  options.header = true;
  Write("a", "id,text\n1,\"two\nlines\"\n2,x\n");
  LineReader lines = Open("a", options);
  RecordChunk chunk = ReadToEnd(lines);
  EXPECT_EQ(chunk.header, "id,text");
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"1,\"two\nlines\"", "2,x"}));
  LineReader later = Open("a", options, chunk.offsets[0], /*skip=*/true);
  chunk = ReadToEnd(later);
  EXPECT_EQ(chunk.header, "id,text");
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"2,x"}));
}

TEST_F(LineReaderTest, PackedFilesReadTheSame) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "line " + std::to_string(i) + "\n";
  Write("plain", text);
  LineReader plain = Open("plain");
  const std::vector<std::string> expected = Texts(ReadToEnd(plain));
  for (const char* compression : {"gzip", "zstd"}) {
    Result<std::unique_ptr<ByteWriter>> writer = OpenByteWriter(Path(compression), compression);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write(text).ok());
    ASSERT_TRUE((*writer)->Finish().ok());
    EXPECT_LT(std::filesystem::file_size(Path(compression)), text.size() / 3);
    LineReader lines = Open(compression);
    const RecordChunk chunk = ReadToEnd(lines);
    EXPECT_EQ(Texts(chunk), expected);
    LineReader later = Open(compression, {}, chunk.offsets[150'000], /*skip=*/true);
    RecordChunk next;
    ASSERT_TRUE(later.Read(1, next).ok());
    EXPECT_EQ(next.records[0], "line 150001");
  }
}

TEST_F(LineReaderTest, ADamagedPackedFileIsAnError) {
  Result<std::unique_ptr<ByteWriter>> writer = OpenByteWriter(Path("a"), "gzip");
  ASSERT_TRUE((*writer)->Write(std::string(100'000, 'x') + "\n").ok());
  ASSERT_TRUE((*writer)->Finish().ok());
  std::filesystem::resize_file(Path("a"), std::filesystem::file_size(Path("a")) / 2);
  LineReader lines = Open("a");
  RecordChunk chunk;
  Result<bool> more = lines.Read(10, chunk);
  EXPECT_EQ(more.status().code(), StatusCode::kDataLoss) << more.status().ToString();
}

}  // namespace
}  // namespace weir
