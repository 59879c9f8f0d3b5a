#include "runtime/connectors/file/byte_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

constexpr size_t kPackedBlock = 256 * 1024;
/// A writer that is at work fills a pipe in less; one that rests must not hold up the worker.
constexpr int kPipeWaitMs = 1;

bool IsStream(mode_t mode) { return S_ISFIFO(mode) || S_ISCHR(mode) || S_ISSOCK(mode); }

class PlainReader final : public ByteReader {
 public:
  PlainReader(std::string path, int file) : path_(std::move(path)), file_(file) {
    struct stat info {};
    stream_ = ::fstat(file_, &info) == 0 && IsStream(info.st_mode);
  }
  PlainReader(const PlainReader&) = delete;
  PlainReader& operator=(const PlainReader&) = delete;
  ~PlainReader() override { ::close(file_); }

  Result<size_t> Read(char* buffer, size_t size) override {
    waiting_ = false;
    while (true) {
      if (stream_ && !HasInput()) {
        waiting_ = true;
        return size_t{0};
      }
      const ssize_t got = ::read(file_, buffer, size);
      if (got > 0) {
        offset_ += got;
        return static_cast<size_t>(got);
      }
      if (got == 0) {
        WEIR_TRY(CheckNotCut());
        return size_t{0};
      }
      if (errno == EAGAIN) {
        waiting_ = true;
        return size_t{0};
      }
      if (errno != EINTR) return FileError("read", path_, errno);
    }
  }

  bool waiting() const override { return waiting_; }

  Status Seek(int64_t offset) override {
    struct stat info {};
    if (::fstat(file_, &info) != 0) return FileError("read", path_, errno);
    if (S_ISREG(info.st_mode) && offset > info.st_size) return Cut(offset, info.st_size);
    if (::lseek(file_, offset, SEEK_SET) < 0) return FileError("seek in", path_, errno);
    offset_ = offset;
    return Status::Ok();
  }

  bool can_follow() const override { return true; }

 private:
  /// Bytes, or the end: a pipe without a writer so far has neither.
  bool HasInput() const {
    pollfd wanted{file_, POLLIN, 0};
    return ::poll(&wanted, 1, kPipeWaitMs) > 0;
  }
  Status Cut(int64_t offset, int64_t size) const {
    return DataLossError(
        "{} is shorter ({} bytes) than what has been read of it ({}): was it replaced?", path_,
        size, offset);
  }
  Status CheckNotCut() const {
    struct stat info {};
    if (::fstat(file_, &info) != 0) return FileError("read", path_, errno);
    if (S_ISREG(info.st_mode) && info.st_size < offset_) return Cut(offset_, info.st_size);
    return Status::Ok();
  }

  std::string path_;
  int file_;
  bool stream_ = false;
  bool waiting_ = false;
  int64_t offset_ = 0;
};

/// Common to packed files: input blocks, and seeking by unpacking again.
class PackedReader : public ByteReader {
 public:
  PackedReader(std::string path, std::unique_ptr<ByteReader> file)
      : path_(std::move(path)), file_(std::move(file)), input_(kPackedBlock) {}

  Result<size_t> Read(char* buffer, size_t size) override {
    while (true) {
      if (used_ == filled_) {
        WEIR_ASSIGN(filled_, file_->Read(input_.data(), input_.size()));
        used_ = 0;
        if (filled_ == 0) {
          if (file_->waiting()) return size_t{0};
          if (inside_) return DataLossError("{} ends inside its compressed data", path_);
          return size_t{0};
        }
      }
      WEIR_ASSIGN(const size_t produced, Unpack(buffer, size));
      if (produced > 0) {
        offset_ += static_cast<int64_t>(produced);
        return produced;
      }
    }
  }

  Status Seek(int64_t offset) override {
    if (offset < offset_) {
      WEIR_TRY(file_->Seek(0));
      used_ = filled_ = 0;
      offset_ = 0;
      inside_ = false;
      Restart();
    }
    std::vector<char> skipped(kPackedBlock);
    while (offset_ < offset) {
      const size_t want = static_cast<size_t>(std::min<int64_t>(offset - offset_, kPackedBlock));
      WEIR_ASSIGN(const size_t got, Read(skipped.data(), want));
      if (got == 0) {
        return DataLossError(
            "{} is shorter than what has been read of it ({} bytes): was it replaced?", path_,
            offset);
      }
    }
    return Status::Ok();
  }

  bool waiting() const override { return file_->waiting(); }
  bool can_follow() const override { return false; }

 protected:
  /// Unpacks from input_[used_, filled_) on; advances `used_` and keeps `inside_`.
  virtual Result<size_t> Unpack(char* buffer, size_t size) = 0;
  virtual void Restart() = 0;
  Status Damaged(std::string_view why) const {
    return DataLossError("{}: damaged compressed data ({})", path_, why);
  }

  std::string path_;
  std::unique_ptr<ByteReader> file_;
  std::vector<char> input_;
  size_t used_ = 0, filled_ = 0;
  bool inside_ = false;  ///< in the middle of a frame

 private:
  int64_t offset_ = 0;
};

class GzipReader final : public PackedReader {
 public:
  GzipReader(std::string path, std::unique_ptr<ByteReader> file)
      : PackedReader(std::move(path), std::move(file)) {
    inflateInit2(&stream_, 15 + 16);
  }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;
  ~GzipReader() override { inflateEnd(&stream_); }

 private:
  Result<size_t> Unpack(char* buffer, size_t size) override {
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data() + used_);
    stream_.avail_in = static_cast<uInt>(filled_ - used_);
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(size);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    used_ = filled_ - stream_.avail_in;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return Damaged(stream_.msg == nullptr ? "gzip" : stream_.msg);
    }
    inside_ = code != Z_STREAM_END;
    if (code == Z_STREAM_END) inflateReset(&stream_);  // further members may follow
    return size - stream_.avail_out;
  }
  void Restart() override { inflateReset(&stream_); }

  z_stream stream_{};
};

class ZstdReader final : public PackedReader {
 public:
  ZstdReader(std::string path, std::unique_ptr<ByteReader> file)
      : PackedReader(std::move(path), std::move(file)), stream_(ZSTD_createDStream()) {}
  ZstdReader(const ZstdReader&) = delete;
  ZstdReader& operator=(const ZstdReader&) = delete;
  ~ZstdReader() override { ZSTD_freeDStream(stream_); }

 private:
  Result<size_t> Unpack(char* buffer, size_t size) override {
    ZSTD_inBuffer in{input_.data(), filled_, used_};
    ZSTD_outBuffer out{buffer, size, 0};
    const size_t code = ZSTD_decompressStream(stream_, &out, &in);
    if (ZSTD_isError(code) != 0) return Damaged(ZSTD_getErrorName(code));
    used_ = in.pos;
    inside_ = code != 0;
    return out.pos;
  }
  void Restart() override { ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only); }

  ZSTD_DStream* stream_;
};

}  // namespace

bool IsConsumedByReading(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && IsStream(info.st_mode);
}

Result<std::unique_ptr<ByteReader>> OpenByteReader(const std::string& path) {
  // Without O_NONBLOCK a pipe that nobody writes yet would be waited for here.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return FileError("open", path, errno);
  auto plain = std::make_unique<PlainReader>(path, file);
  unsigned char magic[4] = {};
  if (::pread(file, magic, sizeof(magic), 0) == 4) {
    if (magic[0] == 0x1f && magic[1] == 0x8b) {
      return std::unique_ptr<ByteReader>(new GzipReader(path, std::move(plain)));
    }
    if (std::memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0) {
      return std::unique_ptr<ByteReader>(new ZstdReader(path, std::move(plain)));
    }
  }
  return std::unique_ptr<ByteReader>(std::move(plain));
}

}  // namespace weir
